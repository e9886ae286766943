import { isWideOpen } from "../../aws/networks.ts";
import { type Fault, unless } from "../../findings.ts";
import { type Bag, bags, list, number, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** Names of the security groups, and of separate rules, through which the internet may reach a load balancer. */
const NOBODY = { internetFacing: [] as string[] };

export const NET_01 = rule({
  id: "NET-01",
  title: "The internet reaches only port 443 of named load balancers; default security groups are empty",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP EC2.2", "FSBP EC2.13", "FSBP EC2.18", "FSBP EC2.19"],
  remediation:
    "Name the networks or security groups that need the port, and empty the default group with `DefaultSecurityGroup` and `ingress: [], egress: []`.",
  peers: ["pulumi compliance-policies", "CKV2_AWS_12", "AWS-0107", "prowler"],
  types: [GROUP, DEFAULT_GROUP, GROUP_RULE, INGRESS_RULE],
  parameters: { dev: NOBODY, staging: NOBODY, prod: NOBODY },
  check: ({ type, name, inputs }, { internetFacing }) => {
    if (type === DEFAULT_GROUP) {
      return ["ingress", "egress"].flatMap((property): Fault[] => {
        const rules = list(inputs, property).length;
        return unless(rules === 0, { property, got: `a list of ${rules}`, want: "empty" });
      });
    }
    return opened(type, inputs)
      .filter(({ ports }) => !(internetFacing.includes(name) && ports === "443"))
      .map(({ property, who, ports }) => ({ property, got: `${who} on ${ports}`, want: "your own networks or security groups" }));
  },
});

/** Where a group or a rule lets the internet in, or a part of it that nobody owns, and on which ports. */
function opened(type: string, inputs: Bag): { property: string; who: string; ports: string }[] {
  if (type === INGRESS_RULE) {
    return ["cidrIpv4", "cidrIpv6"].flatMap((property) =>
      [text(inputs, property) ?? ""].filter(isWideOpen).map((cidr) => ({ property, who: nameOf(cidr), ports: portsOf(inputs) })),
    );
  }
  const rules: [string, Bag][] =
    type === GROUP
      ? bags(inputs, "ingress").map((each, index) => [`ingress.${index}.`, each])
      : text(inputs, "type") === "egress"
        ? []
        : [["", inputs]];
  return rules.flatMap(([path, each]) =>
    ["cidrBlocks", "ipv6CidrBlocks"].flatMap((key) =>
      texts(each, key)
        .filter(isWideOpen)
        .map((cidr) => ({ property: `${path}${key}`, who: nameOf(cidr), ports: portsOf(each) })),
    ),
  );
}

const nameOf = (cidr: string): string => (cidr.endsWith("/0") ? "everybody" : cidr);

function portsOf(rule: Bag): string {
  const protocol = text(rule, "ipProtocol") ?? text(rule, "protocol") ?? "";
  const [from, to] = [number(rule, "fromPort"), number(rule, "toPort")];
  if (["-1", "all"].includes(protocol) || from === undefined || from === -1) {
    return "every port";
  }
  return from === to ? String(from) : `${from}–${to}`;
}
