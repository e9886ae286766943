import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, CLUSTER, database, INSTANCE } from "./samples.ts";

const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";

const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

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
  {
    what: "an authority that has ended",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.caCertIdentifier = "rds-ca-2019"),
    says: `${at}: 'caCertIdentifier' must be an authority that has not ended, such as rds-ca-rsa2048-g1, got 'rds-ca-2019'`,
    unknown: "caCertIdentifier",
  },
  {
    what: "an old version of TLS",
    layer: "foundation",
    resource: "tracking-database-parameters",
    change: (inputs) => inputs.parameters.push({ name: "ssl_min_protocol_version", value: "TLSv1.1" }),
    says: "foundation-prod/tracking-database-parameters: 'parameters.ssl_min_protocol_version' must be TLS 1.2 or newer only, got 'TLSv1.1'",
    unknown: "parameters",
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

it.each([
  ["tls_version", "TLSv1.2,TLSv1.3", 0],
  ["tls_version", "TLSv1,TLSv1.2", 1],
  ["rds.tls10", "disabled", 0],
  ["rds.tls11", "enabled", 1],
  ["ssl_min_protocol_version", "TLSv1.3", 0],
])("DB-07 reads %s = %s", (name, value, count) => {
  const inputs = { family: "oracle-ee-19", parameters: [{ name, value }] };
  expect(faults("DB-07", { type: PARAMETERS, inputs })).toHaveLength(count);
});

it.each([
  ["docdb/clusterParameterGroup:ClusterParameterGroup", "tls", "disabled"],
  ["neptune/clusterParameterGroup:ClusterParameterGroup", "neptune_enforce_ssl", 0],
  ["redshift/parameterGroup:ParameterGroup", "require_ssl", false],
])("DB-07 reads the parameters of %s", (type, name, value) => {
  const one = (given: unknown) => faults("DB-07", { type: `aws:${type}`, inputs: { parameters: [{ name, value: given }] } });
  expect(one(value)).toHaveLength(1);
  expect(one("enabled")).toEqual([]);
});

it("DB-07 asks a proxy for TLS, which it does not ask for by itself", () => {
  const proxy = (inputs: Record<string, unknown>) => faults("DB-07", { type: "aws:rds/proxy:Proxy", inputs });
  expect(proxy({})).toEqual(["'requireTls' must be true, got 'nothing'"]);
  expect(proxy({ requireTls: "false" })).toHaveLength(1);
  expect(proxy({ requireTls: "true" })).toEqual([]);
});
