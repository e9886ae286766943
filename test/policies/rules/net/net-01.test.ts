import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import * as sample from "../../harness.ts";
import { describeRule, found as faults } from "../../harness.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

describeRule("NET-01", [
  {
    what: "endpoints that everybody reaches",
    layer: "foundation",
    resource: "network-endpoints-https",
    change: (inputs) => (inputs.cidrIpv4 = "0.0.0.0/0"),
    says: "foundation-prod/network-endpoints-https: 'cidrIpv4' must be your own networks or security groups, got 'everybody on 443'",
    unknown: "cidrIpv4",
  },
  {
    what: "a database that everybody reaches",
    layer: "foundation",
    environment: "dev",
    resource: "tracking-database-access",
    change: (inputs) =>
      (inputs.ingress = [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }]),
    says: "foundation-dev/tracking-database-access: 'ingress.0.cidrBlocks' must be your own networks or security groups, got 'everybody on 5432'",
    unknown: "ingress",
  },
  {
    what: "endpoints that half of the internet reaches",
    layer: "foundation",
    resource: "network-endpoints-https",
    change: (inputs) => (inputs.cidrIpv4 = "128.0.0.0/1"),
    says: "foundation-prod/network-endpoints-https: 'cidrIpv4' must be your own networks or security groups, got '128.0.0.0/1 on 443'",
  },
  {
    what: "a default group that lets its members talk",
    layer: "foundation",
    environment: "staging",
    resource: "network-default",
    change: (inputs) => (inputs.ingress = [{ protocol: "-1", self: true, fromPort: 0, toPort: 0 }]),
    says: "foundation-staging/network-default: 'ingress' must be empty, got 'a list of 1'",
    unknown: "ingress",
  },
  {
    what: "every port over IPv6, by a rule of the older kind",
    layer: "foundation",
    add: {
      type: "aws:ec2/securityGroupRule:SecurityGroupRule",
      name: "open",
      inputs: { type: "ingress", protocol: "-1", fromPort: -1, toPort: -1, ipv6CidrBlocks: ["0::/0"] },
    },
    says: "foundation-prod/open: 'ipv6CidrBlocks' must be your own networks or security groups, got 'everybody on every port'",
    unknown: "ipv6CidrBlocks",
  },
]);

describe("NET-01", () => {
  const resource = (type: string, inputs: object, { name = "x", ...more }: Partial<Resource> = {}): Resource =>
    sample.resource(name, inputs, { type, ...more });

  it("NET-01 lets the internet to a named load balancer, on 443 alone", () => {
    const group = (port: number) =>
      resource(GROUP, { ingress: [{ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: ["0.0.0.0/0"] }] });
    expect(faults("NET-01", group(443), { internetFacing: ["x"] })).toEqual([]);
    expect(faults("NET-01", group(80), { internetFacing: ["x"] })).toEqual(["ingress.0.cidrBlocks: everybody on 80"]);
    const named = { internetFacing: ["x"] };
    const everything = { ipProtocol: "-1", fromPort: 443, toPort: 443, cidrIpv6: "::/0" };
    expect(faults("NET-01", resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", everything), named)).toEqual([
      "cidrIpv6: everybody on every port",
    ]);
    expect(faults("NET-01", group(443), { internetFacing: ["y"] })).toEqual(["ingress.0.cidrBlocks: everybody on 443"]);
  });

  it("NET-01 lets everything out, and groups in", () => {
    const rule = (inputs: object) => faults("NET-01", resource("aws:ec2/securityGroupRule:SecurityGroupRule", inputs));
    expect(rule({ type: "egress", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] })).toEqual([]);
    expect(rule({ type: "ingress", fromPort: 0, toPort: 99, sourceSecurityGroupId: "sg" })).toEqual([]);
    expect(rule({ type: "ingress", fromPort: 0, toPort: 99, cidrBlocks: ["0.0.0.0/0"] })).toEqual([
      "cidrBlocks: everybody on 0–99",
    ]);
  });
});
