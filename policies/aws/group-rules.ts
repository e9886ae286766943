import { type Bag, bags, isSet, number, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";

export const PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
export const PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";

export const GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

/** Types that let something in, or out. */
export const INGRESS: readonly string[] = [GROUP, GROUP_RULE, INGRESS_RULE];
export const EGRESS: readonly string[] = [GROUP, GROUP_RULE, EGRESS_RULE];

/** One range of addresses with which a security group lets its members talk. */
export interface Opening {
  /** Path below the inputs. */
  property: string;
  /** A CIDR, or the id of a list of prefixes. */
  addresses: string;
  /** First and last port; `undefined` for a protocol without ports. */
  ports: readonly [first: number, last: number] | undefined;
}

const EVERY_PORT = [0, 65_535] as const;

/** Where a resource lets addresses in, or lets its members call some: in a group itself, or in a rule beside it. */
export const openings = (resource: Resource, way: "ingress" | "egress"): Opening[] =>
  rulesOf(resource, way).flatMap(([path, rule]) => ranges(rule, path, [...CIDRS, ...LISTS]));

const CIDRS = ["cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"];
/** Ids of lists of prefixes, by the name that each type has for them. */
const LISTS = ["prefixListId", "prefixListIds"];

/** Where a resource lets the addresses of lists in, or lets its members call them. An id of the same stack may not be known yet. */
export const throughLists = (
  resource: Resource,
  way: "ingress" | "egress",
): { property: string; ports: Opening["ports"]; ids: () => string[] }[] =>
  rulesOf(resource, way).flatMap(([path, rule]) =>
    LISTS.filter((key) => isSet(rule, key)).map((key) => ({
      property: `${path}${key}`,
      ports: portsOf(rule),
      ids: () => texts(rule, key),
    })),
  );

/** The rules of a resource for one direction, with their paths. */
function rulesOf({ type, inputs }: Resource, way: "ingress" | "egress"): [path: string, rule: Bag][] {
  if (type === INGRESS_RULE || type === EGRESS_RULE) {
    return (type === INGRESS_RULE) === (way === "ingress") ? [["", inputs]] : [];
  }
  return type === GROUP
    ? bags(inputs, way).map((each, index) => [`${way}.${index}.`, each])
    : type === GROUP_RULE && ((text(inputs, "type") ?? "ingress") === "egress") === (way === "egress")
      ? [["", inputs]]
      : [];
}

const ranges = (rule: Bag, path: string, keys: readonly string[]): Opening[] =>
  keys.flatMap((key) => texts(rule, key).map((addresses) => ({ property: `${path}${key}`, addresses, ports: portsOf(rule) })));

/** ICMP in both versions: its numbers are types and codes. */
const WITHOUT_PORTS = ["icmp", "icmpv6", "1", "58"];

function portsOf(rule: Bag): Opening["ports"] {
  const protocol = (text(rule, "ipProtocol") ?? text(rule, "protocol") ?? "").toLowerCase();
  if (WITHOUT_PORTS.includes(protocol)) {
    return undefined;
  }
  const [first, last] = [number(rule, "fromPort"), number(rule, "toPort")];
  return ["-1", "all"].includes(protocol) || first === undefined || first === -1 ? EVERY_PORT : [first, last ?? first];
}

/** Ports as a message shows them. */
export function shownPorts(ports: Opening["ports"]): string {
  if (ports === undefined) {
    return "ICMP";
  }
  const [first, last] = ports;
  return first === last ? String(first) : first === EVERY_PORT[0] && last === EVERY_PORT[1] ? "every port" : `${first}–${last}`;
}

/** More ports than any service has. The widest range with a purpose is that of node ports, 2768 of them. */
const MANY = 10_000;

/** Whether a rule opens ports that nobody named. */
export const namesNoPorts = ({ ports }: Opening): boolean => ports !== undefined && ports[1] - ports[0] >= MANY;
