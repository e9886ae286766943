import { describe, expect, it } from "vitest";
import { DB } from "#policies/rules/db";
import { describeRule } from "../conformance.ts";
import { faultsIn } from "../faults.ts";

const database = "tracking-database";
const at = `foundation-prod/${database}`;
const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
const faults = faultsIn(DB);

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
]);

describe("DB-01", () => {
  it("leaves a replica to its source", () => {
    expect(faults("DB-01", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
    expect(faults("DB-01", { type: CLUSTER, inputs: { replicationSourceIdentifier: "other" } })).toEqual([]);
  });

  it("tells of a missing key although nobody knows yet whether the storage is encrypted", () => {
    expect(faults("DB-01", { type: INSTANCE, inputs: { storageEncrypted: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } })).toEqual([
      "'kmsKeyId' must be the ARN of a key of your own, got 'nothing'",
    ]);
  });
});

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
    says: "foundation-prod/aurora: 'instances' must be two ClusterInstances or more, got '0'",
  },
]);

describe("DB-04", () => {
  const cluster = { type: CLUSTER, name: "aurora", inputs: {} };
  const member = (name: string) => ({ type: MEMBER, name, inputs: {}, dependencies: ["aurora"] });

  it("counts the instances of a cluster", () => {
    expect(faults("DB-04", cluster, member("one"), member("two"))).toEqual([]);
    expect(faults("DB-04", cluster, member("one"), { ...member("two"), dependencies: ["another"] })).toEqual([
      "'instances' must be two ClusterInstances or more, got '1'",
    ]);
  });

  it("accepts a Multi-AZ DB cluster, which has three, and replicas", () => {
    expect(faults("DB-04", { ...cluster, inputs: { dbClusterInstanceClass: "db.m6gd.large" } })).toEqual([]);
    expect(faults("DB-04", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
  });
});

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
