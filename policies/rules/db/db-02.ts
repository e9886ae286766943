import { DB_CLUSTER, DB_CLUSTER_INSTANCE, DB_INSTANCE } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { flag, isSet, list } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isCopy, isReplica } from "./databases.ts";

/** Databases and warehouses of other services, which name their subnets in other ways. */
const OTHERS = [
  "aws:lightsail/database:Database",
  "aws:neptune/clusterInstance:ClusterInstance",
  "aws:redshift/cluster:Cluster",
  "aws:redshiftserverless/workgroup:Workgroup",
];

/** Types that name their security groups. */
const GROUPED = [DB_INSTANCE, DB_CLUSTER, "aws:redshift/cluster:Cluster"];

/**
 * A database without a public address is not on the internet, whatever the routes of its subnets. A database without named subnets is
 * in those of the default VPC, which are public. One without
 * named security groups is in the default group of its VPC, with whatever else names none.
 */
export const DB_02 = rule({
  id: "DB-02",
  title: "Databases have no public address and are in named subnets and security groups",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP RDS.2", "CIS AWS 3.2.3"],
  remediation:
    "Leave `publiclyAccessible` out or set it to `false`, name a group of private subnets in `dbSubnetGroupName`, and groups of your own in `vpcSecurityGroupIds`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_17", "AWS-0180", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, DB_CLUSTER_INSTANCE, ...OTHERS],
  check: (database) => {
    const { type, inputs } = database;
    return together(
      () => unless(flag(inputs, "publiclyAccessible") !== true, { property: "publiclyAccessible", got: "true", want: "false" }),
      () =>
        unless(isSet(inputs, "dbSubnetGroupName") || [DB_CLUSTER_INSTANCE, ...OTHERS].includes(type) || isCopy(database), {
          property: "dbSubnetGroupName",
          got: "nothing",
          want: "a group of private subnets",
        }),
      () =>
        unless(!GROUPED.includes(type) || isReplica(database) || list(inputs, "vpcSecurityGroupIds").length > 0, {
          property: "vpcSecurityGroupIds",
          got: "nothing",
          want: "a list of security groups of your own",
        }),
    );
  },
});
