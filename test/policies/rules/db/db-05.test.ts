import { expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, database } from "./samples.ts";

describeRule("DB-05", [
  {
    what: "backups of a week in prod",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.backupRetentionPeriod = 13),
    says: `${at}: 'backupRetentionPeriod' must be at least 14 days, got '13'`,
    unknown: "backupRetentionPeriod",
  },
  {
    what: "backups of some days in staging",
    layer: "foundation",
    environment: "staging",
    resource: database,
    change: (inputs) => (inputs.backupRetentionPeriod = 6),
    says: "foundation-staging/tracking-database: 'backupRetentionPeriod' must be at least 7 days, got '6'",
    unknown: "backupRetentionPeriod",
  },
  {
    what: "snapshots of nobody",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.copyTagsToSnapshot,
    says: `${at}: 'copyTagsToSnapshot' must be true, got 'nothing'`,
    unknown: "copyTagsToSnapshot",
  },
]);

it("DB-05 asks tables for their own switch, and databases of other services for their days alone", () => {
  const [table, documents] = ["aws:dynamodb/table:Table", "aws:docdb/cluster:Cluster"];
  expect(faults("DB-05", { type: table, inputs: { pointInTimeRecovery: { enabled: false } } })).toHaveLength(1);
  expect(faults("DB-05", { type: table, inputs: { pointInTimeRecovery: { enabled: "true" } } })).toEqual([]);
  expect(faults("DB-05", { type: documents, inputs: { backupRetentionPeriod: 1 } })).toHaveLength(1);
  expect(faults("DB-05", { type: documents, inputs: { backupRetentionPeriod: 35 } })).toEqual([]);
});
