import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

const MEMBER = "aws:rds/clusterInstance:ClusterInstance";

describeRule("DB-04", [
  {
    what: "a database in one zone",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.multiAz = false),
    says: `${at}: 'multiAz' must be true, got 'false'`,
    unknown: "multiAz",
  },
  {
    what: "a cluster of no instances",
    layer: "foundation",
    add: { type: CLUSTER, name: "aurora", inputs: {} },
    says: "foundation-prod/aurora: 'instances' must be at least two ClusterInstances, got '0'",
  },
]);

describe("DB-04", () => {
  const cluster = { type: CLUSTER, name: "aurora", inputs: {} };
  const member = (name: string) => ({ type: MEMBER, name, inputs: {}, dependencies: ["aurora"] });

  it("counts the instances of a cluster", () => {
    expect(faults("DB-04", cluster, member("one"), member("two"))).toEqual([]);
    expect(faults("DB-04", cluster, member("one"), { ...member("two"), dependencies: ["another"] })).toEqual([
      "'instances' must be at least two ClusterInstances, got '1'",
    ]);
  });

  it("accepts a Multi-AZ DB cluster, which has three, and replicas", () => {
    expect(faults("DB-04", { ...cluster, inputs: { dbClusterInstanceClass: "db.m6gd.large" } })).toEqual([]);
    expect(faults("DB-04", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
  });
});
