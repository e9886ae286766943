import { idAt, isAmong, publicSubnets, ROUTING } from "../../aws/subnets.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { list, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const GROUPS = [
  "aws:docdb/subnetGroup:SubnetGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:memorydb/subnetGroup:SubnetGroup",
  "aws:neptune/subnetGroup:SubnetGroup",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:redshift/subnetGroup:SubnetGroup",
];

/** A public address is a matter of DB-02: here the next one who sets it finds no way to the internet. */
export const DB_13 = stackRule({
  id: "DB-13",
  title: "Databases and caches are in subnets without a route to the internet",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.46"],
  remediation: "List subnets in `subnetIds` whose route table has no route to an internet gateway.",
  peers: ["prowler"],
  types: [...GROUPS, ...ROUTING],
  relate: (resources) => {
    const groups = resources.filter(({ type }) => GROUPS.includes(type));
    const open = groups.length === 0 ? undefined : publicSubnets(resources);
    return open === undefined ? [] : ofEach(groups, (group) => openIn(group, open));
  },
});

function openIn(resource: Resource, open: ReturnType<typeof publicSubnets>): Fault[] {
  const want = "a subnet without a route to an internet gateway";
  const property = "subnetIds";
  const known = Object.keys(list(resource.inputs, property)).map((index) => idAt(resource, property, index));
  const named = known.filter((id) => id !== undefined && isAmong(open, resource, id));
  const isUnknown = known.includes(undefined) && isAmong(open, resource, undefined);
  return isUnknown
    ? [{ resource, property, got: "public subnets", want }]
    : named.map((got) => ({ resource, property, got: shown(got), want }));
}
