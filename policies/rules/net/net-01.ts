import { DEFAULT_GROUP, INGRESS, openings, shownPorts } from "../../aws/group-rules.ts";
import { isWideOpen } from "../../aws/networks.ts";
import { VPC } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { list } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Names of the security groups, and of separate rules, through which the internet may reach a load balancer. */
const NOBODY = { internetFacing: [] as string[] };

export const NET_01 = stackRule({
  id: "NET-01",
  title: "The internet reaches only port 443 of named load balancers; each network has an empty default security group",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP EC2.2", "FSBP EC2.13", "FSBP EC2.18", "FSBP EC2.19"],
  remediation:
    "Name the networks or security groups that need the port, and empty the default group with `DefaultSecurityGroup` and `ingress: [], egress: []`.",
  peers: ["pulumi compliance-policies", "CKV2_AWS_12", "AWS-0107", "prowler"],
  types: [...INGRESS, DEFAULT_GROUP, VPC],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  relate: (resources, { internetFacing }) => {
    const emptied = new Set(resources.filter(({ type }) => type === DEFAULT_GROUP).flatMap(({ dependencies }) => dependencies));
    return ofEach(resources, (resource): Fault[] => {
      if (resource.type === DEFAULT_GROUP) {
        return members(resource);
      }
      return resource.type === VPC
        ? unless(emptied.has(resource.name), {
            resource,
            property: "DefaultSecurityGroup",
            got: "nothing, so that its members reach each other and everybody",
            want: "one that is empty",
          })
        : opened(resource, internetFacing);
    });
  },
});

const members = (resource: Resource): Fault[] =>
  ["ingress", "egress"].flatMap((property): Fault[] => {
    const rules = list(resource.inputs, property).length;
    return unless(rules === 0, { resource, property, got: `a list of ${rules}`, want: "empty" });
  });

/** Where a group or a rule lets the internet in, or a part of it that nobody owns. */
const opened = (resource: Resource, internetFacing: readonly string[]): Fault[] =>
  openings(resource, "ingress")
    .filter(({ addresses }) => isWideOpen(addresses))
    .map(({ property, addresses, ports }) => ({ property, who: nameOf(addresses), on: shownPorts(ports) }))
    .filter(({ on }) => !(internetFacing.includes(resource.name) && on === "443"))
    .map(({ property, who, on }) => ({
      resource,
      property,
      got: `${who} on ${on}`,
      want: "your own networks or security groups",
    }));

const nameOf = (cidr: string): string => (cidr.endsWith("/0") ? "everybody" : cidr);
