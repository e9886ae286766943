import { describe, expect, it } from "vitest";
import { ClusterLogs, type ClusterLogsArgs } from "#components/cluster/cluster-logs";
import { record, refusal } from "../../harness/graph.ts";
import { clusterLogs as minimal } from "../minimal.ts";

describe("ClusterLogs", () => {
  it("is the group that EKS writes to, with key and retention", async () => {
    const graph = await record(() => new ClusterLogs("cluster-logs", minimal));
    expect(graph.filter(({ custom }) => custom).map(({ type, name, inputs }) => [type, name, inputs])).toEqual([
      [
        "aws:cloudwatch/logGroup:LogGroup",
        "cluster-logs-group",
        { name: "/aws/eks/millrace-test/cluster", retentionInDays: 30, kmsKeyId: minimal.kmsKeyArn },
      ],
    ]);
  });

  const days = "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
  it.each<[Partial<ClusterLogsArgs>, string]>([
    [{ days: 31 }, `'days' must be ${days}, got '31'`],
    [
      { clusterName: "mill_race" },
      "'clusterName' must be letters, digits and hyphens, beginning with a letter or digit, got 'mill_race'",
    ],
    [{ clusterName: "m".repeat(101) }, `'clusterName' must be at most 100 characters long, got '${"m".repeat(101)}'`],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ClusterLogs("cluster-logs", { ...minimal, ...args }))).toBe(message);
  });
});
