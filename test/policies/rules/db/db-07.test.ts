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
