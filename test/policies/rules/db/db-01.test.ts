import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

describeRule("DB-01", [
  {
    what: "storage in plain text",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.storageEncrypted = false),
    says: `${at}: 'storageEncrypted' must be true, got 'false'`,
    unknown: "storageEncrypted",
  },
  {
    what: "AWS's own key",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.kmsKeyId,
    says: `${at}: 'kmsKeyId' must be the ARN of a key of your own, got 'nothing'`,
    unknown: "kmsKeyId",
  },
  {
    what: "a cluster that is not encrypted",
    layer: "foundation",
    environment: "dev",
    add: { type: CLUSTER, name: "aurora", inputs: { kmsKeyId: "arn" } },
    says: "foundation-dev/aurora: 'storageEncrypted' must be true, got 'nothing'",
    unknown: "storageEncrypted",
  },
  {
    what: "a master password under the key of AWS",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.masterUserSecretKmsKeyId,
    says: `${at}: 'masterUserSecretKmsKeyId' must be the ARN of a key of your own, got 'nothing'`,
    unknown: "manageMasterUserPassword",
  },
  {
    what: "performance data under the key of AWS",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.performanceInsightsKmsKeyId,
    says: `${at}: 'performanceInsightsKmsKeyId' must be the ARN of a key of your own, got 'nothing'`,
    unknown: "performanceInsightsKmsKeyId",
  },
]);

describe("DB-01", () => {
  it("leaves a replica to its source", () => {
    expect(faults("DB-01", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
    expect(faults("DB-01", { type: CLUSTER, inputs: { replicationSourceIdentifier: "other" } })).toEqual([]);
  });

  it("tells of a missing key although nobody knows yet whether the storage is encrypted", () => {
    expect(faults("DB-01", { type: INSTANCE, inputs: { storageEncrypted: UNKNOWN } })).toEqual([
      "open: storageEncrypted",
      "'kmsKeyId' must be the ARN of a key of your own, got 'nothing'",
    ]);
  });
});

it("DB-01 asks for no key of what RDS does not keep", () => {
  const inputs = { storageEncrypted: true, kmsKeyId: "k", manageMasterUserPassword: false, performanceInsightsEnabled: "false" };
  expect(faults("DB-01", { type: INSTANCE, inputs })).toEqual([]);
});
