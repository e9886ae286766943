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
]);

describe("DB-03", () => {
  it("asks no snapshot of a replica", () => {
    const inputs = { replicateSourceDb: "other", deletionProtection: true, skipFinalSnapshot: true };
    expect(faults("DB-03", { type: INSTANCE, inputs, protect: true })).toEqual([]);
  });
});
