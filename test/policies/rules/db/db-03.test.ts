import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, database, INSTANCE } from "./samples.ts";

describeRule("DB-03", [
  {
    what: "a database that AWS would delete",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.deletionProtection = false),
    says: `${at}: 'deletionProtection' must be true, got 'false'`,
    unknown: "deletionProtection",
  },
  {
    what: "a database that leaves no snapshot",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.skipFinalSnapshot = true),
    says: `${at}: 'skipFinalSnapshot' must be false, got 'true'`,
    unknown: "skipFinalSnapshot",
  },
  {
    what: "a database that Pulumi would delete",
    layer: "foundation",
    environment: "staging",
    resource: database,
    change: (_inputs, resource) => (resource.protect = false),
    says: "foundation-staging/tracking-database: 'protect' must be true, got 'false'",
  },
  {
    what: "backups that go with their database",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.deleteAutomatedBackups,
    says: `${at}: 'deleteAutomatedBackups' must be false, as AWS deletes them otherwise, got 'nothing'`,
    unknown: "deleteAutomatedBackups",
  },
]);

describe("DB-03", () => {
  it("asks no snapshot of a replica", () => {
    const inputs = { replicateSourceDb: "other", deletionProtection: true, skipFinalSnapshot: true };
    expect(faults("DB-03", { type: INSTANCE, inputs, protect: true })).toEqual([]);
  });
});

it("DB-03 asks a table for its own switch", () => {
  const type = "aws:dynamodb/table:Table";
  expect(faults("DB-03", { type, inputs: {} })).toEqual(["'deletionProtectionEnabled' must be true, got 'nothing'"]);
  expect(faults("DB-03", { type, inputs: { deletionProtectionEnabled: "true" } })).toEqual([]);
});
