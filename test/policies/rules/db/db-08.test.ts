import { expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

describeRule("DB-08", [
  {
    what: "a database without logs",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.enabledCloudwatchLogsExports = []),
    says: `${at}: 'enabledCloudwatchLogsExports' must be a list with postgresql, got 'nothing'`,
    unknown: "enabledCloudwatchLogsExports",
  },
  {
    what: "a database that tells only of its upgrades",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.enabledCloudwatchLogsExports = ["upgrade"]),
    says: `${at}: 'enabledCloudwatchLogsExports' must be a list with postgresql, got 'upgrade'`,
    unknown: "engine",
  },
]);

it.each([
  [INSTANCE, "mysql", "error"],
  [INSTANCE, "sqlserver-se", "error"],
  [INSTANCE, "oracle-ee", "alert"],
  [CLUSTER, "aurora-postgresql", "postgresql"],
  [CLUSTER, "aurora-mysql", "error"],
])("DB-08 asks %s of %s for its own log", (type, engine, log) => {
  expect(faults("DB-08", { type, inputs: { engine } })).toHaveLength(1);
  expect(faults("DB-08", { type, inputs: { engine, enabledCloudwatchLogsExports: ["other", log] } })).toEqual([]);
});

it("DB-08 takes any log of a replica, whose engine nobody names, and the audit of other services by their own argument", () => {
  expect(
    faults("DB-08", { type: INSTANCE, inputs: { replicateSourceDb: "a", enabledCloudwatchLogsExports: ["error"] } }),
  ).toEqual([]);
  expect(faults("DB-08", { type: INSTANCE, inputs: { replicateSourceDb: "a" } })).toHaveLength(1);
  const graph = "aws:neptune/cluster:Cluster";
  expect(faults("DB-08", { type: graph, inputs: { enableCloudwatchLogsExports: ["audit"] } })).toEqual([]);
  expect(faults("DB-08", { type: graph, inputs: {} })).toHaveLength(1);
});
