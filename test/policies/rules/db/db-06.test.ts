import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

describeRule("DB-06", [
  {
    what: "a password from the program",
    layer: "foundation",
    environment: "dev",
    resource: database,
    change: (inputs) => (inputs.password = "correct horse battery staple"),
    says: "foundation-dev/tracking-database: 'password' must be replaced by 'manageMasterUserPassword', got 'a password'",
  },
  {
    what: "a password that nobody manages",
    layer: "foundation",
    resource: database,
    change: (inputs) => {
      inputs.manageMasterUserPassword = false;
      delete inputs.iamDatabaseAuthenticationEnabled;
    },
    says: `${at}: 'manageMasterUserPassword' must be true, unless 'iamDatabaseAuthenticationEnabled' is, got 'false'`,
    unknown: "manageMasterUserPassword",
  },
  {
    what: "a cluster's password from the program",
    layer: "foundation",
    add: { type: CLUSTER, name: "aurora", inputs: { manageMasterUserPassword: true, masterPassword: "hunter2" } },
    says: "foundation-prod/aurora: 'masterPassword' must be replaced by 'manageMasterUserPassword', got 'a password'",
  },
]);

describe("DB-06", () => {
  it("accepts IAM alone, and what brings its password along", () => {
    expect(faults("DB-06", { type: INSTANCE, inputs: { iamDatabaseAuthenticationEnabled: true } })).toEqual([]);
    expect(faults("DB-06", { type: INSTANCE, inputs: { snapshotIdentifier: "last" } })).toEqual([]);
  });
});
