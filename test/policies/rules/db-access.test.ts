import { describe, expect, it } from "vitest";
import { DB } from "#policies/rules/db";
import { describeRule } from "../conformance.ts";
import { faultsIn } from "../faults.ts";

const database = "tracking-database";
const at = `foundation-prod/${database}`;
const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const faults = faultsIn(DB);

describeRule("DB-02", [
  {
    what: "a public address",
    layer: "foundation",
    environment: "dev",
    resource: database,
    change: (inputs) => (inputs.publiclyAccessible = true),
    says: "foundation-dev/tracking-database: 'publiclyAccessible' must be false, got 'true'",
    unknown: "publiclyAccessible",
  },
  {
    what: "the default VPC's subnets",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.dbSubnetGroupName,
    says: `${at}: 'dbSubnetGroupName' must be a group of private subnets, got 'nothing'`,
    unknown: "dbSubnetGroupName",
  },
  {
    what: "a public member of a cluster",
    layer: "foundation",
    add: { type: MEMBER, name: "writer", inputs: { publiclyAccessible: true } },
    says: "foundation-prod/writer: 'publiclyAccessible' must be false, got 'true'",
    unknown: "publiclyAccessible",
  },
]);

describe("DB-02", () => {
  it("accepts what takes its subnets from elsewhere", () => {
    expect(faults("DB-02", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
    expect(faults("DB-02", { type: MEMBER, inputs: { clusterIdentifier: "aurora" } })).toEqual([]);
  });
});

describeRule("DB-06", [
  {
    what: "a password from the program",
    layer: "foundation",
    environment: "dev",
    resource: database,
    change: (inputs) => (inputs.password = "correct horse battery staple"),
    says: "foundation-dev/tracking-database: 'password' must be left out, for 'manageMasterUserPassword', got 'a password'",
  },
  {
    what: "a password that nobody manages",
    layer: "foundation",
    resource: database,
    change: (inputs) => {
      inputs.manageMasterUserPassword = false;
      delete inputs.iamDatabaseAuthenticationEnabled;
    },
    says: `${at}: 'manageMasterUserPassword' must be true, or 'iamDatabaseAuthenticationEnabled', got 'false'`,
    unknown: "manageMasterUserPassword",
  },
  {
    what: "a cluster's password from the program",
    layer: "foundation",
    add: { type: CLUSTER, name: "aurora", inputs: { manageMasterUserPassword: true, masterPassword: "hunter2" } },
    says: "foundation-prod/aurora: 'masterPassword' must be left out, for 'manageMasterUserPassword', got 'a password'",
  },
]);

describe("DB-06", () => {
  it("accepts IAM alone, and what brings its password along", () => {
    expect(faults("DB-06", { type: INSTANCE, inputs: { iamDatabaseAuthenticationEnabled: true } })).toEqual([]);
    expect(faults("DB-06", { type: INSTANCE, inputs: { snapshotIdentifier: "last" } })).toEqual([]);
  });
});

describeRule("DB-07", [
  {
    what: "connections without TLS",
    layer: "foundation",
    resource: "tracking-database-parameters",
    change: (inputs) => (inputs.parameters[0].value = "0"),
    says: "foundation-prod/tracking-database-parameters: 'parameters.rds.force_ssl' must be 1, got '0'",
    unknown: "parameters.0.value",
  },
  {
    what: "a group that leaves it to AWS",
    layer: "foundation",
    environment: "dev",
    resource: "tracking-database-parameters",
    change: (inputs) => inputs.parameters.shift(),
    says: "foundation-dev/tracking-database-parameters: 'parameters.rds.force_ssl' must be 1, got 'nothing'",
    unknown: "parameters",
  },
  {
    what: "a database with AWS's own parameters",
    layer: "foundation",
    resource: database,
    change: (inputs) => delete inputs.parameterGroupName,
    says: `${at}: 'parameterGroupName' must be a parameter group that sets rds.force_ssl, got 'nothing'`,
    unknown: "parameterGroupName",
  },
]);

describe("DB-07", () => {
  it.each([
    [PARAMETERS, "mysql8.4", "require_secure_transport", "1 or ON"],
    [PARAMETERS, "mariadb11.8", "require_secure_transport", "1 or ON"],
    [PARAMETERS, "sqlserver-se-16.0", "rds.force_ssl", "1"],
    [CLUSTER_PARAMETERS, "aurora-postgresql17", "rds.force_ssl", "1"],
    [CLUSTER_PARAMETERS, "aurora-mysql8.0", "require_secure_transport", "1 or ON"],
  ])("asks %s of %s for its own parameter", (type, family, parameter, want) => {
    expect(faults("DB-07", { type, inputs: { family } })).toEqual([`'parameters.${parameter}' must be ${want}, got 'nothing'`]);
    const parameters = [{ name: parameter, value: want === "1" ? 1 : "on" }];
    expect(faults("DB-07", { type, inputs: { family, parameters } })).toEqual([]);
  });

  it("asks nothing of what cannot say it", () => {
    expect(faults("DB-07", { type: PARAMETERS, inputs: { family: "aurora-postgresql17" } })).toEqual([]);
    expect(faults("DB-07", { type: PARAMETERS, inputs: { family: "oracle-ee-19" } })).toEqual([]);
    expect(faults("DB-07", { type: INSTANCE, inputs: { engine: "oracle-ee" } })).toEqual([]);
    expect(faults("DB-07", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
  });

  it("asks a cluster for its own kind of group", () => {
    expect(
      faults("DB-07", { type: CLUSTER, inputs: { engine: "aurora-postgresql", dbClusterParameterGroupName: "own" } }),
    ).toEqual([]);
    expect(faults("DB-07", { type: CLUSTER, inputs: { engine: "aurora-mysql" } })).toEqual([
      "'dbClusterParameterGroupName' must be a parameter group that sets require_secure_transport, got 'nothing'",
    ]);
  });
});
