import { describe, expect, it } from "vitest";
import { TeamQueue, type TeamQueueArgs } from "#components/training/team-queue";
import { record, refusal } from "../../harness/graph.ts";
import { teamQueue as minimal } from "../minimal.ts";

const queue = (args: Partial<TeamQueueArgs> = {}) => record(() => void new TeamQueue("risk-queue", { ...minimal, ...args }));
const share = async (args: Partial<TeamQueueArgs> = {}) =>
  (await queue(args)).find(({ name }) => name === "risk-queue-share")?.inputs["spec"];

describe("TeamQueue", () => {
  it("is a share of the pool, then the queue in the team's namespace", async () => {
    const graph = (await queue()).filter(({ parent }) => parent === "risk-queue");
    expect(graph.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue risk-queue-cpu-share",
      "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue risk-queue-share",
      "kubernetes:kueue.x-k8s.io/v1beta2:LocalQueue risk-queue",
      "kubernetes:kueue.x-k8s.io/v1beta2:LocalQueue risk-queue-cpu",
    ]);
    const local = graph.find(({ name }) => name === "risk-queue");
    expect(local?.dependencies).toEqual(["risk-queue-share"]);
    expect(local?.inputs).toEqual({
      apiVersion: "kueue.x-k8s.io/v1beta2",
      kind: "LocalQueue",
      // The name by which Kueue finds the queue of a Job that names none.
      metadata: { name: "default", namespace: "team-risk" },
      spec: { clusterQueue: "risk" },
    });
  });

  it("guarantees the quota, lends what is idle, and takes it back", async () => {
    expect(await share()).toEqual({
      cohortName: "training",
      namespaceSelector: { matchLabels: { "millrace.dev/team": "risk" } },
      queueingStrategy: "BestEffortFIFO",
      resourceGroups: [
        {
          coveredResources: ["cpu", "memory", "nvidia.com/gpu"],
          flavors: [
            {
              name: "gpu-training",
              resources: [
                { name: "cpu", nominalQuota: "16" },
                { name: "memory", nominalQuota: "64Gi" },
                { name: "nvidia.com/gpu", nominalQuota: "4" },
              ],
            },
          ],
        },
      ],
      preemption: { reclaimWithinCohort: "Any", withinClusterQueue: "LowerPriority", borrowWithinCohort: { policy: "Never" } },
    });
  });

  it("limits what a team may borrow", async () => {
    const groups = (await share({ borrow: 2 }))["resourceGroups"] as { flavors: { resources: object[] }[] }[];
    expect(groups.flatMap(({ flavors }) => flavors.flatMap(({ resources }) => resources))).toEqual([
      { name: "cpu", nominalQuota: "16", borrowingLimit: "8" },
      { name: "memory", nominalQuota: "64Gi", borrowingLimit: "32Gi" },
      { name: "nvidia.com/gpu", nominalQuota: "4", borrowingLimit: "2" },
    ]);
  });

  it("has a queue of its own for jobs without GPUs, so that none of them stands on a GPU node", async () => {
    const graph = await queue();
    const spec = graph.find(({ name }) => name === "risk-queue-cpu-share")?.inputs["spec"];
    expect(spec.resourceGroups).toEqual([
      {
        coveredResources: ["cpu", "memory"],
        flavors: [
          {
            name: "cpu",
            resources: [
              { name: "cpu", nominalQuota: "6" },
              { name: "memory", nominalQuota: "24Gi" },
            ],
          },
        ],
      },
    ]);
    expect(graph.find(({ name }) => name === "risk-queue-cpu")?.inputs).toMatchObject({
      metadata: { name: "cpu", namespace: "team-risk" },
      spec: { clusterQueue: "risk-cpu" },
    });
  });

  it.each<[Partial<TeamQueueArgs>, string]>([
    [{ cpu: { ...minimal.cpu, cpus: 1.5 } }, "'cpu.cpus' must be a whole number of at least 0, got '1.5'"],
    [
      { team: "Risk" },
      "'team' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Risk'",
    ],
    [{ gpus: 9 }, "'gpus' must be a whole number from 0 to 8, got '9'"],
    [{ gpus: 0.5 }, "'gpus' must be a whole number from 0 to 8, got '0.5'"],
    [{ borrow: 5 }, "'borrow' must be a whole number from 0 to 4, got '5'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new TeamQueue("risk-queue", { ...minimal, ...args }))).toBe(message);
  });
});
