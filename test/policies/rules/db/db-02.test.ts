import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";
import { at, database, INSTANCE } from "./samples.ts";

const MEMBER = "aws:rds/clusterInstance:ClusterInstance";

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
  {
    what: "a database in the default group",
    layer: "foundation",
    resource: database,
    change: (inputs) => (inputs.vpcSecurityGroupIds = []),
    says: `${at}: 'vpcSecurityGroupIds' must be a list of security groups of your own, got 'nothing'`,
    unknown: "vpcSecurityGroupIds.0",
  },
]);

describe("DB-02", () => {
  it("accepts what takes its subnets from elsewhere", () => {
    expect(faults("DB-02", { type: INSTANCE, inputs: { replicateSourceDb: "other" } })).toEqual([]);
    expect(faults("DB-02", { type: MEMBER, inputs: { clusterIdentifier: "aurora" } })).toEqual([]);
  });
});
