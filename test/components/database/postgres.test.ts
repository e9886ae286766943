import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { connectionsOf } from "#components/database/instance-classes";
import { Postgres, type PostgresArgs } from "#components/database/postgres";
import { record, refusal } from "../../harness/graph.ts";
import { postgres as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const all: PostgresArgs = {
  ...minimal,
  instanceClass: "db.m7g.large",
  multiZone: true,
  backupDays: 35,
  maxStorageGiB: 500,
  databaseName: "registry",
  userName: "owner",
  deletionProtection: false,
};
const postgres = (
  args: Partial<PostgresArgs> = {},
  { preview = false, ...opts }: pulumi.ComponentResourceOptions & { preview?: boolean } = {},
) => record(() => new Postgres("database", { ...minimal, ...args }, opts), { preview });

describe("Postgres", () => {
  it("is private, encrypted and protected unless told otherwise", async () => {
    const graph = await postgres();
    expect(
      graph
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "database",
      "database-access",
      "database-life",
      "database-log-postgresql",
      "database-log-upgrade",
      "database-parameters",
      "database-subnets",
    ]);
    expect(named(graph, "database").inputs).toEqual({
      identifier: "millrace-test-tracking",
      engine: "postgres",
      engineVersion: "17.7",
      autoMinorVersionUpgrade: false,
      instanceClass: "db.t4g.small",
      multiAz: false,
      maintenanceWindow: "sun:03:30-sun:04:30",
      storageType: "gp3",
      allocatedStorage: 20,
      maxAllocatedStorage: 80,
      storageEncrypted: true,
      kmsKeyId: minimal.kmsKeyArn,
      backupRetentionPeriod: 1,
      backupWindow: "01:30-02:30",
      copyTagsToSnapshot: true,
      deletionProtection: true,
      deleteAutomatedBackups: false,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: expect.stringMatching(/^millrace-test-tracking-final-[0-9a-f]{8}$/),
      dbName: "mlflow",
      username: "millrace",
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: minimal.kmsKeyArn,
      iamDatabaseAuthenticationEnabled: true,
      port: 5432,
      publiclyAccessible: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      dbSubnetGroupName: expect.stringMatching(/^database-subnets-/),
      vpcSecurityGroupIds: [expect.stringMatching(/^sg-/)],
      parameterGroupName: expect.stringMatching(/^database-parameters-/),
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: minimal.kmsKeyArn,
      performanceInsightsRetentionPeriod: 7,
      enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    });
  });

  it("takes every argument", async () => {
    const { inputs } = named(await postgres(all), "database");
    expect(inputs).toMatchObject({
      instanceClass: "db.m7g.large",
      multiAz: true,
      backupRetentionPeriod: 35,
      maxAllocatedStorage: 500,
      dbName: "registry",
      username: "owner",
      deletionProtection: false,
      deleteAutomatedBackups: true,
      skipFinalSnapshot: true,
    });
    expect(inputs).not.toHaveProperty("finalSnapshotIdentifier");
  });

  it("draws a new name for the last snapshot whenever a new instance takes its place", async () => {
    const { type, inputs } = named(await postgres(), "database-life");
    expect([type, inputs]).toEqual([
      "random:index/randomId:RandomId",
      {
        byteLength: 4,
        keepers: {
          identifier: "millrace-test-tracking",
          kmsKeyArn: minimal.kmsKeyArn,
          databaseName: "mlflow",
          userName: "millrace",
        },
      },
    ]);
    expect((await postgres(all)).some(({ name }) => name === "database-life")).toBe(false);
  });

  it("takes TLS connections only, and sets how many", async () => {
    expect(named(await postgres(), "database-parameters").inputs).toMatchObject({
      family: "postgres17",
      parameters: [
        { name: "rds.force_ssl", value: "1" },
        { name: "max_connections", value: "225", applyMethod: "pending-reboot" },
      ],
    });
  });

  it("lets no client in until a rule is added", async () => {
    const graph = await postgres();
    expect(named(graph, "database-access").inputs).toEqual({ vpcId: "vpc-1", description: "Who reaches millrace-test-tracking" });
    expect(graph.filter(({ type }) => type.includes("Rule"))).toEqual([]);
  });

  it("has encrypted log groups before its first line", async () => {
    const graph = await postgres();
    expect(named(graph, "database-log-postgresql").inputs).toMatchObject({
      name: "/aws/rds/instance/millrace-test-tracking/postgresql",
      kmsKeyId: minimal.logs.kmsKeyArn,
      retentionInDays: 30,
    });
    expect(named(graph, "database").dependencies).toEqual(
      expect.arrayContaining(["database-log-postgresql", "database-log-upgrade"]),
    );
  });

  it("protects the database, but not the parameters that a new major version replaces", async () => {
    const graph = await postgres({}, { protect: true });
    expect(named(graph, "database").protect).toBe(true);
    expect(named(graph, "database-parameters").protect).toBe(false);
  });

  it("names the secret that RDS made", async () => {
    let secret = "";
    await record(async () => {
      const { secretArn } = new Postgres("database", minimal);
      secret = await new Promise((resolve) => secretArn.apply(resolve));
    });
    expect(secret).toMatch(/^arn:aws:secretsmanager:eu-west-1:111111111111:secret:rds!/);
  });

  it.each<[Partial<PostgresArgs>, string]>([
    [
      { identifier: "Tracking" },
      "'identifier' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Tracking'",
    ],
    [
      { identifier: "a--b" },
      "'identifier' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'a--b'",
    ],
    [{ identifier: "a".repeat(64) }, `'identifier' must be at most 63 characters long, got '${"a".repeat(64)}'`],
    [{ subnetIds: ["subnet-1"] }, "'subnetIds' must be a list of at least 2 entries, got '1'"],
    [
      { logs: { kmsKeyArn: "arn", days: 31 } },
      "'logs.days' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got '31'",
    ],
    [{ storageGiB: 19 }, "'storageGiB' must be a whole number from 20 to 65536, got '19'"],
    [{ storageGiB: 100, maxStorageGiB: 105 }, "'maxStorageGiB' must be a whole number from 110 to 65536, got '105'"],
    [{ backupDays: 0 }, "'backupDays' must be a whole number from 1 to 35, got '0'"],
    [{ backupDays: 36 }, "'backupDays' must be a whole number from 1 to 35, got '36'"],
    [
      { databaseName: "ml-flow" },
      "'databaseName' must be a letter, then letters, digits and underscores, at most 63 in all, got 'ml-flow'",
    ],
    [
      { userName: "rdsadmin" },
      "'userName' must be a letter, then letters, digits and underscores, at most 63 in all, and not rdsadmin, which is RDS's own, got 'rdsadmin'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Postgres("database", { ...minimal, ...args }))).toBe(message);
  });

  it("refuses an unknown class and lists those it knows", async () => {
    expect(await refusal(() => new Postgres("database", { ...minimal, instanceClass: "db.t2.micro" }))).toMatch(
      /^'instanceClass' must be one of db\.t4g\.micro, .*db\.r8g\.4xlarge, got 'db\.t2\.micro'$/,
    );
  });
});

describe("connectionsOf", () => {
  it.each([
    ["db.t4g.small", 225],
    ["db.t4g.medium", 450],
    ["db.m7g.large", 901],
    ["db.r7g.4xlarge", 5_000],
  ])("gives %s %i connections", (instanceClass, connections) => {
    expect(connectionsOf(instanceClass)).toBe(connections);
  });
});
