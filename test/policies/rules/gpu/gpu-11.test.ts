import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { made } from "./samples.ts";

const queue = { layer: "workloads", resource: "risk-queue-share" } as const;
const SHARE = "workloads-prod/risk-queue-share";

describeRule("GPU-11", [
  {
    ...queue,
    what: "a queue that never gets back what it lent",
    change: ({ spec }) => (spec.preemption.reclaimWithinCohort = "Never"),
    says: `${SHARE}: 'spec.preemption.reclaimWithinCohort' must be Any or LowerPriority, or others keep what they borrowed, got 'Never'`,
    unknown: "spec.preemption.reclaimWithinCohort",
  },
  {
    ...queue,
    what: "a queue for every namespace",
    change: ({ spec }) => (spec.namespaceSelector = {}),
    says: `${SHARE}: 'spec.namespaceSelector' must be labels of one team's namespaces, with their values, got '{}'`,
    unknown: "spec.namespaceSelector",
  },
  {
    ...queue,
    what: "a queue that borrows more than there is",
    change: ({ spec }) => (spec.resourceGroups[0].flavors[0].resources[2].borrowingLimit = "1k"),
    says: `${SHARE}: 'spec.resourceGroups.borrowingLimit' must be at most 64, the GPUs of 'training', got '1k'`,
    unknown: "spec.resourceGroups.0.flavors.0.resources.2.borrowingLimit",
  },
  {
    layer: "platform",
    resource: "queues-flavor-training",
    what: "a flavor of every node",
    change: ({ spec }) => delete spec.nodeLabels,
    says: "platform-prod/queues-flavor-training: 'spec.nodeLabels' must be labels of one pool, got 'nothing, which is every node'",
  },
]);

describe("GPU-11", () => {
  const KUEUE = "kueue.x-k8s.io/v1beta2";
  const clusterQueue = (namespaceSelector: object) =>
    made(`${KUEUE}:ClusterQueue`, "risk", { metadata: { name: "risk" }, spec: { namespaceSelector } });
  const localQueue = (name: string) =>
    made(`${KUEUE}:LocalQueue`, "local", { metadata: { name: "local", namespace: "team-risk" }, spec: { clusterQueue: name } });
  const namespace = (labels: object) => made("core/v1:Namespace", "team-risk", { metadata: { name: "team-risk", labels } });
  const risk = { matchLabels: { team: "risk" } };

  it("compares a LocalQueue with the selector of its quota", () => {
    expect(found("GPU-11", [clusterQueue(risk), localQueue("risk"), namespace({ team: "risk" })])).toEqual([]);
    expect(found("GPU-11", [clusterQueue(risk), localQueue("risk"), namespace({})])).toEqual(["spec.clusterQueue: risk"]);
    expect(found("GPU-11", [clusterQueue(risk), localQueue("fraud"), namespace({ team: "risk" })])).toEqual([
      "spec.clusterQueue: fraud",
    ]);
    expect(found("GPU-11", [localQueue("fraud")])).toEqual([]);
  });

  it("accepts selectors in other words", () => {
    const values = { matchExpressions: [{ key: "team", operator: "In", values: ["risk"] }] };
    const byName = { matchLabels: { "kubernetes.io/metadata.name": "team-risk" } };
    expect(found("GPU-11", [clusterQueue(values)])).toEqual([]);
    expect(found("GPU-11", [clusterQueue(byName), localQueue("risk"), namespace({})])).toEqual([]);
    expect(found("GPU-11", [clusterQueue({ matchExpressions: [{ key: "team", operator: "Exists" }] })])).toHaveLength(1);
  });
});
