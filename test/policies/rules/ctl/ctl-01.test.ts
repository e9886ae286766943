import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("CTL-01", [
  {
    layer: "platform",
    resource: "certificates-controller",
    what: "a webhook that runs once",
    change: ({ values }) => {
      values.webhook.replicaCount = "1";
    },
    says: "platform-prod/certificates-controller: 'values.webhook.replicaCount' must be at least 2, got '1'",
    unknown: "values.webhook.replicaCount",
  },
  {
    layer: "platform",
    resource: "queues-controller",
    what: "a budget that lets nobody go",
    change: ({ values }) => {
      values.controllerManager.podDisruptionBudget.minAvailable = 2;
    },
    says: "platform-prod/queues-controller: 'values.controllerManager.podDisruptionBudget.minAvailable' must be less than the number of replicas, 2, or no node is ever drained, got '2'",
  },
]);

const chart = (name: string, values?: object) => of("kubernetes:helm.sh/v3:Release", "c", { chart: name, values });
const PRIORITY = { priorityClassName: "platform" };
const TWO = { replicas: 2, strict: true, nodes: "" };
const resources = { requests: { cpu: "100m", memory: "1Gi" } };

describe("CTL-01", () => {
  it.each([
    ["oci://public.ecr.aws/karpenter/karpenter", { controller: { resources } }],
    ["istiod", { autoscaleMin: "2", resources, global: PRIORITY }],
    ["istiod", { autoscaleEnabled: "false", replicaCount: 3, resources, global: PRIORITY }],
    [
      "gateway",
      {
        autoscaling: { minReplicas: 2 },
        resources,
        ...PRIORITY,
        podDisruptionBudget: { minAvailable: 1 },
        topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
      },
    ],
    ["argo-rollouts", { controller: { resources, pdb: { enabled: true }, ...PRIORITY } }],
    ["redis", {}],
  ])("accepts %s with %j", (name, values) => expect(found("CTL-01", chart(name, values), TWO)).toEqual([]));

  it("names what a chart without values lacks", () => {
    expect(found("CTL-01", chart("kueue"), TWO)).toEqual([
      "values.controllerManager.replicas: 1",
      "values.controllerManager.podDisruptionBudget: nothing",
      "values.controllerManager.manager.resources.requests.cpu: nothing",
      "values.controllerManager.manager.resources.requests.memory: nothing",
      "values.controllerManager.manager.priorityClassName: nothing",
    ]);
  });

  it("takes no budget without its switch, and no constraint by host for one by zone", () => {
    const pdb = { podDisruptionBudget: { minAvailable: 1 } };
    const of = (name: string, values: object, path: string) =>
      found("CTL-01", chart(name, values)).filter((each) => each.startsWith(`values.${path}:`));
    expect(of("cert-manager", pdb, "podDisruptionBudget")).toHaveLength(1);
    expect(of("gateway", pdb, "podDisruptionBudget")).toEqual([]);
    const hosts = { topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }] };
    expect(of("gateway", hosts, "topologySpreadConstraints")).toEqual([
      "values.topologySpreadConstraints: kubernetes.io/hostname",
    ]);
    expect(of("karpenter", { podDisruptionBudget: { maxUnavailable: 0 } }, "podDisruptionBudget.maxUnavailable")).toHaveLength(1);
  });

  it("judges in programs of others only what they wrote", () => {
    const { elsewhere } = ruleOf("CTL-01");
    expect(found("CTL-01", chart("cert-manager", { installCRDs: true }), elsewhere)).toEqual([]);
    expect(found("CTL-01", chart("cert-manager", { replicaCount: 1 }), elsewhere)).toEqual(["values.replicaCount: 1"]);
  });

  it("wants the nodes that stay", () => {
    const own = (nodeSelector: object) =>
      found("CTL-01", chart("karpenter", { controller: { resources }, nodeSelector }), { ...TWO, nodes: "pool=system" });
    expect(own({ pool: "system", arch: "arm64" })).toEqual([]);
    expect(own({ pool: "cpu" })).toEqual(["values.nodeSelector.pool: cpu"]);
    expect(own({})).toEqual(["values.nodeSelector.pool: nothing"]);
  });
});
