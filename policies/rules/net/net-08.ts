import { EGRESS, GROUP, namesNoPorts, openings, shownPorts } from "../../aws/group-rules.ts";
import { isPublic } from "../../aws/networks.ts";
import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** `asked`: whether calls of the internet must name their ports. */
const ASKED = { asked: true };

export const NET_08 = stackRule({
  id: "NET-08",
  title: "Security groups call the internet on named ports, and databases do not call it",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-53 SC-7(5)"],
  remediation:
    "Write the ports of the service into `fromPort` and `toPort`, mostly 443, or name a security group instead of addresses. Leave `egress` of a database's group empty.",
  peers: ["CKV_AWS_382"],
  types: EGRESS,
  parameters: { dev: ASKED, staging: ASKED, prod: ASKED },
  // The groups of most programs keep the rule that AWS gives them.
  elsewhere: { asked: false },
  relate: (resources, { asked }) => {
    const databases = resources.filter(({ type }) => type === DB_INSTANCE || type === DB_CLUSTER);
    const groups = resources.filter(({ type }) => type === GROUP).map(({ name }) => name);
    const isOfDatabase = (resource: Resource): boolean => databases.some((each) => guards(resource, each, groups));
    return asked ? ofEach(resources, (resource) => outside(resource, isOfDatabase)) : [];
  },
});

function outside(resource: Resource, isOfDatabase: (resource: Resource) => boolean): Fault[] {
  const calls = openings(resource, "egress").filter(({ addresses }) => isPublic(addresses));
  const answers = calls.length > 0 && isOfDatabase(resource);
  return calls
    .filter((call) => answers || namesNoPorts(call))
    .map(({ property, addresses, ports }) => ({
      resource,
      property,
      got: `${addresses} on ${shownPorts(ports)}`,
      want: answers ? "left out: a database only answers" : "open on the ports of a service",
    }));
}

/** Whether a group, or the group of a rule, is that of a database. The id of a new group is not known yet, so dependencies decide first. */
function guards({ name, inputs, dependencies }: Resource, database: Resource, groups: readonly string[]): boolean {
  return (
    [name, ...dependencies].some((each) => groups.includes(each) && database.dependencies.includes(each)) ||
    texts(database.inputs, "vpcSecurityGroupIds").includes(text(inputs, "securityGroupId") ?? "-")
  );
}
