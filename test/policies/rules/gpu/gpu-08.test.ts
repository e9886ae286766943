import { describe, expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { number } from "#policies/read";
import { ENVIRONMENTS } from "#policies/rule";
import { queuedPools } from "#policies/rules/gpu/pools";
import { stackOf } from "../../../harness/stacks.ts";
import { describeRule, found, ruleOf } from "../../harness.ts";
import { made } from "./samples.ts";

const gpuQuota = ({ spec }: any) => spec.resourceGroups[0].flavors[0].resources[2];

describeRule("GPU-08", [
  {
    what: "more CPUs than the pool has",
    layer: "workloads",
    resource: "risk-queue-cpu-share",
    change: ({ spec }) => (spec.resourceGroups[0].flavors[0].resources[0].nominalQuota = "3200"),
    says: "workloads-prod/risk-queue-cpu-share: 'spec.resourceGroups' must be at most 56 CPUs of 'cpu' together with the quotas of all other queues, got '3200 (risk-cpu 3200)'",
  },
  {
    what: "GPUs in thousands",
    layer: "workloads",
    resource: "risk-queue-share",
    change: ({ spec }) => (spec.resourceGroups[0].flavors[0].resources[2].nominalQuota = "64k"),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be whole GPUs as a plain number, got 'a nominalQuota of 64k'",
  },
  {
    what: "loans beyond the pool",
    layer: "workloads",
    resource: "risk-queue-share",
    change: ({ spec }) => (spec.resourceGroups[0].flavors[0].resources[2].borrowingLimit = "640"),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be at most the 64 GPUs of 'training', got 'a borrowingLimit of 640'",
  },
  {
    what: "a queue that does not count GPUs",
    layer: "workloads",
    resource: "risk-queue-share",
    change: ({ spec }) => spec.resourceGroups[0].flavors[0].resources.splice(2),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be quotas of 'training' with one of nvidia.com/gpu, got 'cpu, memory'",
  },
  {
    layer: "workloads",
    what: "a quota above the pool's GPUs",
    resource: "risk-queue-share",
    change: (inputs) => (gpuQuota(inputs).nominalQuota = "72"),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be at most 64 GPUs of 'training' together with the quotas of all other queues, got '72 (risk 72)'",
    unknown: "spec.resourceGroups",
  },
  {
    layer: "workloads",
    environment: "dev",
    what: "a second team with what the first one has",
    add: {
      type: "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue",
      name: "ads-queue-share",
      inputs: {
        metadata: { name: "ads" },
        spec: {
          resourceGroups: [{ flavors: [{ name: "training", resources: [{ name: "nvidia.com/gpu", nominalQuota: 1 }] }] }],
        },
      },
    },
    says: "workloads-dev/ads-queue-share: 'spec.resourceGroups' must be at most 2 GPUs of 'training' together with the quotas of all other queues, got '3 (risk 2, ads 1)'",
    unknown: "spec.resourceGroups",
  },
]);

describe("GPU-08", () => {
  it.each(ENVIRONMENTS)("knows the limits of the queued pools of %s, which another stack makes", async (environment) => {
    const { resources } = await stackOf("platform", environment);
    const queued = queuedPools(resourcesOf({ layer: "platform", registrations: resources }, environment));
    const parameters = ruleOf("GPU-08").parameters?.[environment];
    expect(queued.map(({ name }) => name).sort()).toEqual(["cpu", "training"]);
    const limit = (pool: string, resource: string) =>
      number(queued.find(({ name }) => name === pool)?.inputs, "spec", "limits", resource);
    expect(parameters).toEqual({ limits: { training: limit("training", "nvidia.com/gpu") }, cpus: { cpu: limit("cpu", "cpu") } });
  });

  it("holds quotas against the pool of the same stack", () => {
    const pool = made("karpenter.sh/v1:NodePool", "l4", {
      spec: { limits: { "nvidia.com/gpu": "4" }, template: { metadata: { labels: { gpu: "l4", zone: "a" } } } },
    });
    const flavor = made("kueue.x-k8s.io/v1beta2:ResourceFlavor", "l4", {
      metadata: { name: "l4" },
      spec: { nodeLabels: { gpu: "l4" } },
    });
    const share = (kind: string, nominalQuota: string) =>
      made(`kueue.x-k8s.io/v1beta2:${kind}`, kind, {
        metadata: { name: kind },
        spec: { resourceGroups: [{ flavors: [{ name: "l4", resources: [{ name: "nvidia.com/gpu", nominalQuota }] }] }] },
      });
    expect(found("GPU-08", [pool, flavor, share("ClusterQueue", "3"), share("Cohort", "1")])).toEqual([]);
    expect(found("GPU-08", [pool, flavor, share("ClusterQueue", "3"), share("Cohort", "2")])).toEqual([
      "spec.resourceGroups: 5 (ClusterQueue 3, Cohort 2)",
    ]);
  });
});
