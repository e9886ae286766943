import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { UNKNOWN } from "../../../harness/wire.ts";
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

  it("NET-01 asks each network for an empty default group", () => {
    const network = resource("aws:ec2/vpc:Vpc", {}, { name: "network" });
    const group = (dependencies: string[]) =>
      resource(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        { ingress: [], egress: [] },
        { name: "default", dependencies },
      );
    expect(faults("NET-01", [network, group(["network"])])).toEqual([]);
    expect(faults("NET-01", [group([])])).toEqual([]);
    expect(faults("NET-01", [network, group(["other"])])).toEqual([
      "DefaultSecurityGroup: nothing, so that its members reach each other and everybody",
    ]);
  });

  it("NET-01 lets everything out, and groups in", () => {
    const rule = (inputs: object) => faults("NET-01", resource("aws:ec2/securityGroupRule:SecurityGroupRule", inputs));
    expect(rule({ type: "egress", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] })).toEqual([]);
    expect(rule({ type: "ingress", fromPort: 0, toPort: 99, sourceSecurityGroupId: "sg" })).toEqual([]);
    expect(rule({ type: "ingress", fromPort: 0, toPort: 99, cidrBlocks: ["0.0.0.0/0"] })).toEqual([
      "cidrBlocks: everybody on 0–99",
    ]);
  });

  describe("a list of prefixes of the same stack", () => {
    const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    const list = (...cidrs: string[]) =>
      resource("aws:ec2/managedPrefixList:ManagedPrefixList", { entries: cidrs.map((cidr) => ({ cidr })) }, { name: "offices" });
    const entry = (inputs: object, dependencies = ["offices"]) =>
      resource("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", inputs, { name: "entry", dependencies });
    const rule = (inputs: object, dependencies = ["offices"], type = RULE) =>
      resource(type, { ipProtocol: "tcp", fromPort: 22, toPort: 22, ...inputs }, { name: "ssh", dependencies });
    const known = { prefixListId: "pl-1" };
    const accused = (...resources: Resource[]) => faults("NET-01", resources).filter((each) => !each.startsWith("open:"));

    it("lets nobody in whom a rule may not name", () => {
      const said = ["prefixListId: everybody of the list 'offices' on 22"];
      expect(accused(list("10.0.0.0/8", "0.0.0.0/0"), rule({ prefixListId: UNKNOWN }))).toEqual(said);
      expect(accused(list("::/0"), rule(known))).toEqual(said);
      expect(accused(list("0.0.0.0/1"), rule(known))).toEqual(["prefixListId: 0.0.0.0/1 of the list 'offices' on 22"]);
      expect(accused(list(), entry({ cidr: "0.0.0.0/0", prefixListId: UNKNOWN }), rule({ prefixListId: UNKNOWN }))).toEqual(said);
      expect(accused(entry({ cidr: "0.0.0.0/0", ...known }, []), rule(known, []))).toEqual([
        "prefixListId: everybody of the list 'pl-1' on 22",
      ]);
    });

    it("is read in groups and in rules of the older kind, for what comes in", () => {
      const group = { prefixListIds: ["pl-1"], protocol: "-1", fromPort: 0, toPort: 0 };
      const older = "aws:ec2/securityGroupRule:SecurityGroupRule";
      const open = list("0.0.0.0/0");
      expect(accused(open, rule({ ingress: [group] }, ["offices"], GROUP))).toEqual([
        "ingress.0.prefixListIds: everybody of the list 'offices' on every port",
      ]);
      expect(accused(open, rule({ egress: [group] }, ["offices"], GROUP))).toEqual([]);
      expect(accused(open, rule({ ...group, type: "ingress" }, ["offices"], older))).toHaveLength(1);
      expect(accused(open, rule({ ...group, type: "egress" }, ["offices"], older))).toEqual([]);
    });

    it("may have every address where nothing lets it in, and others where something does", () => {
      expect(accused(list("0.0.0.0/0"))).toEqual([]);
      expect(accused(list("0.0.0.0/0"), rule(known, ["other"]))).toEqual([]);
      expect(accused(list("198.51.100.0/24"), rule(known))).toEqual([]);
      expect(
        accused(
          list("0.0.0.0/0"),
          resource(RULE, { ...known, ipProtocol: "tcp", fromPort: 443, toPort: 443 }, { dependencies: ["offices"] }),
        ),
      ).toHaveLength(1);
    });
  });
});
