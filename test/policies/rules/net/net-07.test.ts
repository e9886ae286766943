import { describe, expect, it } from "vitest";
import { readable } from "#policies/resource";
import { describeRule, found, of } from "../../harness.ts";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";

describeRule("NET-07", [
  {
    what: "a database for one address of the internet",
    layer: "platform",
    resource: "database-from-cluster",
    change: (inputs) => {
      delete inputs.referencedSecurityGroupId;
      inputs.cidrIpv4 = "203.0.113.7/32";
    },
    says: "platform-prod/database-from-cluster: 'cidrIpv4' must be a private network or a security group, got '203.0.113.7/32 on 5432'",
    unknown: "cidrIpv4",
  },
  {
    what: "every port of the endpoints for the network",
    layer: "foundation",
    resource: "network-endpoints-https",
    change: (inputs) => (inputs.ipProtocol = "-1"),
    says: "foundation-prod/network-endpoints-https: 'cidrIpv4' must be open on the ports of a service, got '10.30.0.0/16 on every port'",
    unknown: "ipProtocol",
  },
]);

describe("NET-07", () => {
  const inside = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] };

  it.each<[string, object, string[]]>([
    [INGRESS, { cidrIpv4: "203.0.113.0/24", ipProtocol: "tcp", fromPort: 443, toPort: 443 }, []],
    [
      INGRESS,
      { cidrIpv4: "203.0.113.0/24", ipProtocol: "tcp", fromPort: "22", toPort: "22" },
      ["cidrIpv4: 203.0.113.0/24 on 22"],
    ],
    [INGRESS, { cidrIpv6: "2001:db8::7/128", ipProtocol: "6", fromPort: 5432 }, ["cidrIpv6: 2001:db8::7/128 on 5432"]],
    [INGRESS, { cidrIpv6: "2a05:d01c:1::/56", ipProtocol: "tcp", fromPort: 5432, toPort: 5432 }, []],
    [INGRESS, { cidrIpv4: "10.0.0.0/8", ipProtocol: "icmp", fromPort: -1, toPort: -1 }, []],
    [INGRESS, { prefixListId: "pl-1", ipProtocol: "-1" }, ["prefixListId: pl-1 on every port"]],
    [INGRESS, { referencedSecurityGroupId: "sg-1", ipProtocol: "-1" }, []],
    // What everybody reaches is said by NET-01.
    [INGRESS, { cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" }, []],
    [GROUP, { ingress: [inside, { ...inside, fromPort: 0, toPort: 65535 }] }, ["ingress.1.cidrBlocks: 10.0.0.0/8 on every port"]],
    [GROUP, { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }], egress: [inside] }, []],
    [GROUP, { ingress: [{ ...inside, fromPort: 30_000, toPort: 32_767 }] }, []],
    [RULE, { ...inside, type: "ingress", fromPort: 1024, toPort: 65_535 }, ["cidrBlocks: 10.0.0.0/8 on 1024–65535"]],
    [RULE, { ...inside, type: "egress", protocol: "-1" }, []],
    [
      RULE,
      { type: "ingress", protocol: "tcp", fromPort: 5000, toPort: 6000, cidrBlocks: ["10.0.0.0/8", "198.51.100.0/24"] },
      ["cidrBlocks: 198.51.100.0/24 on 5000–6000"],
    ],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("NET-07", of(type, "x", inputs))).toEqual(faults);
  });

  it("refuses groups of accounts that nobody knows", () => {
    const provider = readable({ allowedAccountIds: '["111111111111"]' });
    const from = (referencedSecurityGroupId: string) => ({ ...of(INGRESS, "x", { referencedSecurityGroupId }), provider });
    expect(found("NET-07", from("999999999999/sg-1"))).toEqual(["referencedSecurityGroupId: 999999999999/sg-1"]);
    expect(found("NET-07", from("111111111111/sg-1"))).toEqual([]);
    expect(found("NET-07", from("sg-1"))).toEqual([]);
  });
});
