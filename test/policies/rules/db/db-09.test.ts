import { expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

describeRule("DB-09", [
  {
    what: "a disk that cannot grow",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.maxAllocatedStorage,
    says: `${at}: 'maxAllocatedStorage' must be more than the 100 GiB with which it begins, got 'nothing'`,
    unknown: "maxAllocatedStorage",
  },
  {
    what: "a disk that is full when it is full",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.maxAllocatedStorage = "100"),
    says: `${at}: 'maxAllocatedStorage' must be more than the 100 GiB with which it begins, got '100'`,
    unknown: "allocatedStorage",
  },
  {
    what: "a magnetic disk",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.storageType = "standard"),
    says: `${at}: 'storageType' must be gp3, or one with a promised speed, got 'standard'`,
    unknown: "storageType",
  },
  {
    what: "a class for tests",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.instanceClass = "db.t4g.medium"),
    says: `${at}: 'instanceClass' must be a class without CPU credits, got 'db.t4g.medium'`,
    unknown: "instanceClass",
  },
]);

it("DB-09 asks nothing of disks that grow in any case, and of replicas, which follow their source", () => {
  expect(faults("DB-09", { type: INSTANCE, inputs: { replicateSourceDb: "a", instanceClass: "db.m7g.large" } })).toEqual([]);
  expect(faults("DB-09", { type: CLUSTER, inputs: { engine: "aurora-postgresql" } })).toEqual([]);
  expect(faults("DB-09", { type: CLUSTER, inputs: { dbClusterInstanceClass: "db.t3.medium" } })).toHaveLength(1);
});
