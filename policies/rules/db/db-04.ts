import { DB_CLUSTER, DB_CLUSTER_INSTANCE, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { isSet } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { isReplica, isTrue, wrong } from "./databases.ts";

export const DB_04 = stackRule({
  id: "DB-04",
  title: "A database survives the loss of a zone",
  severity: "medium",
  levels: levels("–/–/M"),
  frameworks: ["FSBP RDS.5", "FSBP RDS.15", "CIS AWS 3.2.4"],
  remediation: "Set `multiAz: true` on an instance; give a cluster two instances or more.",
  peers: ["pulumi compliance-policies", "CKV_AWS_157", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, DB_CLUSTER_INSTANCE],
  relate: (resources) =>
    ofEach(resources, (each) => {
      if (each.type === DB_INSTANCE) {
        return isReplica(each) ? [] : wrong(each, "multiAz", isTrue, "true");
      }
      return each.type === DB_CLUSTER ? tooFew(each, resources) : [];
    }),
});

/** A cluster whose instances have their class from it (Multi-AZ DB cluster) always has three. */
function tooFew(cluster: Resource, resources: readonly Resource[]): Fault[] {
  if (isSet(cluster.inputs, "dbClusterInstanceClass")) {
    return [];
  }
  const own = resources.filter(({ type, dependencies }) => type === DB_CLUSTER_INSTANCE && dependencies.includes(cluster.name));
  const want = "at least two ClusterInstances";
  return own.length >= 2 ? [] : [{ resource: cluster, property: "instances", got: String(own.length), want }];
}
