import {
  DEFAULT_GROUP,
  INGRESS,
  type Opening,
  openings,
  PREFIX_LIST,
  PREFIX_LIST_ENTRY,
  shownPorts,
  throughLists,
} from "../../aws/group-rules.ts";
import { isWideOpen } from "../../aws/networks.ts";
import { VPC } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, unless } from "../../findings.ts";
import { bags, list, text, texts } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
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
  types: [...INGRESS, DEFAULT_GROUP, VPC, PREFIX_LIST, PREFIX_LIST_ENTRY],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  relate: (resources, { internetFacing }) => {
    const emptied = new Set(resources.filter(({ type }) => type === DEFAULT_GROUP).flatMap(({ dependencies }) => dependencies));
    const own = ofEach(resources, (resource): Fault[] => {
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
    return [...own, ...throughWideLists(resources, internetFacing)];
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
    .flatMap(({ property, addresses, ports }) => letIn(resource, { property, who: nameOf(addresses), ports }, internetFacing));

interface Way {
  property: string;
  who: string;
  ports: Opening["ports"];
}

function letIn(resource: Resource, { property, who, ports }: Way, internetFacing: readonly string[]): Fault[] {
  const on = shownPorts(ports);
  return unless(internetFacing.includes(resource.name) && on === "443", {
    resource,
    property,
    got: `${who} on ${on}`,
    want: "your own networks or security groups",
  });
}

/** Where a list of prefixes of the same stack lets the internet in. As a target of routes and of calls it may have every address. */
const throughWideLists = (resources: readonly Resource[], internetFacing: readonly string[]): Finding[] =>
  ofEach(
    resources.filter(({ type }) => type === PREFIX_LIST || type === PREFIX_LIST_ENTRY),
    (holder) => {
      const wide = prefixesOf(holder).find(isWideOpen);
      if (wide === undefined) {
        return [];
      }
      const lists = holder.type === PREFIX_LIST ? [holder.name] : holder.dependencies;
      const id = whenKnown(() => text(holder.inputs, "prefixListId"));
      return ofEach(resources, (resource) =>
        throughLists(resource, "ingress")
          .filter(
            ({ ids }) =>
              resource.dependencies.some((each) => lists.includes(each)) || (id !== undefined && whenKnown(ids)?.includes(id)),
          )
          .flatMap(({ property, ports }) =>
            letIn(
              resource,
              { property, who: `${nameOf(wide)} of the list '${lists.at(-1) ?? id ?? ""}'`, ports },
              internetFacing,
            ),
          ),
      );
    },
  );

const prefixesOf = ({ type, inputs }: Resource): string[] =>
  type === PREFIX_LIST_ENTRY ? texts(inputs, "cidr") : bags(inputs, "entries").flatMap((each) => texts(each, "cidr"));

const nameOf = (cidr: string): string => (cidr.endsWith("/0") ? "everybody" : cidr);
