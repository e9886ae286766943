import { describe, expect, it } from "vitest";
import { type Cluster, demandFindings, FINDINGS } from "#rehearsal/training/findings";

const TEAM = { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] };
const POOL = { "millrace.dev/pool": "training" };

/** A cluster in which every finding holds. */
const good = (): Cluster => ({
  pool: {
    spec: {
      limits: { "nvidia.com/gpu": "2" },
      disruption: { budgets: [{ nodes: "100%", reasons: ["Empty"] }] },
      template: {
        metadata: { labels: POOL },
        spec: {
          terminationGracePeriod: "12h",
          requirements: [{ key: "node.kubernetes.io/instance-type", operator: "In", values: ["g6.xlarge"] }],
        },
      },
    },
  },
  queues: [1, 1].map((gpus) => ({
    spec: { resourceGroups: [{ flavors: [{ resources: [{ name: "nvidia.com/gpu", nominalQuota: `${gpus}` }] }] }] },
  })),
  webhooks: [
    { name: "mjob.kb.io", failurePolicy: "Fail", rules: [{ resources: ["jobs"] }] },
    { name: "mpod.kb.io", failurePolicy: "Ignore", rules: [{ resources: ["pods"] }] },
    { name: "vpod.kb.io", failurePolicy: "Fail", rules: [{ resources: ["pods"] }], namespaceSelector: TEAM },
  ],
  configuration: "waitForPodsReady: { requeuingStrategy: {} }",
  nodes: [{ metadata: { name: "n" }, status: { capacity: { "nvidia.com/gpu": "1" } } }],
  pods: [{ metadata: { name: "p" }, spec: { nodeSelector: POOL, tolerations: [{ key: "nvidia.com/gpu" }] } }],
  alerts: ["GpuNodeEmpty"],
  gpusPerNode: 1,
});

const spec = (cluster: Cluster) => cluster.pool["spec"];

const FAULTS: Record<string, [what: string, change: (cluster: Cluster) => void][]> = {
  G1: [
    ["a webhook on pods of all namespaces", ({ webhooks }) => delete webhooks[2]!["namespaceSelector"]],
    [
      "a webhook on a subresource of pods",
      ({ webhooks }) => Object.assign(webhooks[0]!, { rules: [{ resources: ["pods/status"] }] }),
    ],
    ["a webhook on everything", ({ webhooks }) => Object.assign(webhooks[0]!, { rules: [{ resources: ["*"] }] })],
    ["no webhooks at all", (cluster) => Object.assign(cluster, { webhooks: [] })],
  ],
  G2: [["Karpenter's own budget", (cluster) => Object.assign(spec(cluster).disruption, { budgets: [{ nodes: "10%" }] })]],
  G3: [
    ["all sizes but one", (cluster) => Object.assign(spec(cluster).template.spec.requirements[0], { operator: "NotIn" })],
    ["two sizes", (cluster) => spec(cluster).template.spec.requirements[0].values.push("g6.12xlarge")],
  ],
  G5: [
    ["a pool smaller than its quotas", (cluster) => Object.assign(spec(cluster).limits, { "nvidia.com/gpu": "1" })],
    ["no quota", (cluster) => Object.assign(cluster, { queues: [] })],
  ],
  G6: [
    ["an end of trying", (cluster) => Object.assign(cluster, { configuration: "requeuingStrategy: { backoffLimitCount: 1 }" })],
    ["no configuration", (cluster) => Object.assign(cluster, { configuration: "" })],
  ],
  G8: [
    ["no grace", (cluster) => delete spec(cluster).template.spec.terminationGracePeriod],
    ["minutes", (cluster) => Object.assign(spec(cluster).template.spec, { terminationGracePeriod: "90m" })],
  ],
  G10: [["a node that counts requests", ({ nodes }) => Object.assign(nodes[0]!["status"].capacity, { "nvidia.com/gpu": "0" })]],
  G11: [
    ["a pod without toleration", ({ pods }) => Object.assign(pods[0]!["spec"], { tolerations: [] })],
    ["a pod of any pool", ({ pods }) => delete pods[0]!["spec"].nodeSelector],
  ],
  G12: [["no alert", (cluster) => Object.assign(cluster, { alerts: ["Other"] })]],
};

describe("the findings of the harness", () => {
  it("hold in a good cluster", () => expect(demandFindings(good())).toEqual(FINDINGS.map(({ id }) => id)));

  it("each have a fault that is tried", () => expect(Object.keys(FAULTS)).toEqual(FINDINGS.map(({ id }) => id)));

  it.each(Object.entries(FAULTS).flatMap(([id, faults]) => faults.map(([what, change]) => [id, what, change] as const)))(
    "%s is broken by %s",
    (id, _what, change) => {
      const cluster = good();
      change(cluster);
      expect(() => demandFindings(cluster)).toThrow(new RegExp(`^${id}: `));
    },
  );
});
