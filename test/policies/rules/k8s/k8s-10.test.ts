import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const SPEC = "workloads-prod/fraud-rollout: 'spec.template.spec";

describeRule("K8S-10", [
  {
    layer: "workloads",
    resource: "fraud-rollout",
    what: "a model with the priority of the system",
    change: ({ spec }) => (spec.template.spec.priorityClassName = "system-node-critical"),
    says: `${SPEC}.priorityClassName' must be a class of your own, outside of kube-system, got 'system-node-critical'`,
    unknown: "spec.template.spec.priorityClassName",
  },
  {
    layer: "workloads",
    resource: "fraud-rollout",
    what: "a toleration of every taint",
    change: ({ spec }) => (spec.template.spec.tolerations = [{ operator: "Exists" }]),
    says: `${SPEC}.tolerations[0].key' must be the key of one taint, got 'nothing, which is every taint'`,
    unknown: "spec.template.spec.tolerations",
  },
  {
    layer: "platform",
    resource: "platform-priority",
    what: "a priority that every pod has",
    change: (inputs) => (inputs.globalDefault = "true"),
    says: "platform-prod/platform-priority: 'globalDefault' must be false: pods without a class would push out others, got 'true'",
  },
]);

describe("K8S-10", () => {
  const pod = (type: string, spec: object, namespace = "team") =>
    found("K8S-10", of(`kubernetes:${type}`, "w", { metadata: { namespace }, spec: { template: { spec } } }));

  it("leaves agents of nodes and pods of the system alone", () => {
    expect(pod("apps/v1:DaemonSet", { tolerations: [{ operator: "Exists" }] })).toEqual([]);
    expect(pod("apps/v1:Deployment", { priorityClassName: "system-cluster-critical" }, "kube-system")).toEqual([]);
    expect(pod("apps/v1:Deployment", { priorityClassName: "important" })).toEqual([]);
    expect(pod("apps/v1:Deployment", { tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }] })).toEqual([]);
  });

  it("refuses a node by its name, an empty key, and a model on nodes of controllers", () => {
    expect(pod("apps/v1:Deployment", { nodeName: "ip-10-0-0-1" })).toHaveLength(1);
    expect(pod("batch/v1:Job", { tolerations: [{ key: "", operator: "Exists" }] })).toHaveLength(1);
    expect(pod("argoproj.io/v1alpha1:Rollout", { tolerations: [{ key: "CriticalAddonsOnly" }] })).toHaveLength(1);
  });
});
