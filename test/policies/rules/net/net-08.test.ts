import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const everywhere = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };

describeRule("NET-08", [
  {
    what: "a host that calls every port",
    layer: "foundation",
    resource: "access-host-https",
    change: (inputs) => (inputs.ipProtocol = "-1"),
    says: "foundation-prod/access-host-https: 'cidrIpv4' must be open on the ports of a service, got '0.0.0.0/0 on every port'",
    unknown: "cidrIpv4",
  },
  {
    what: "a database that calls the internet",
    layer: "foundation",
    add: {
      type: EGRESS,
      name: "added",
      inputs: { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      dependencies: ["tracking-database-access"],
    },
    says: "foundation-prod/added: 'cidrIpv4' must be left out: a database only answers, got '0.0.0.0/0 on 443'",
    unknown: "cidrIpv4",
  },
]);

describe("NET-08", () => {
  it.each<[string, object, string[]]>([
    [EGRESS, { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 443, toPort: 443 }, []],
    [EGRESS, { cidrIpv6: "::/0", ipProtocol: "tcp", fromPort: 0, toPort: 65_535 }, ["cidrIpv6: ::/0 on every port"]],
    [EGRESS, { cidrIpv4: "10.0.0.0/8", ipProtocol: "-1" }, []],
    [EGRESS, { referencedSecurityGroupId: "sg-1", ipProtocol: "-1" }, []],
    [EGRESS, { prefixListId: "pl-1", ipProtocol: "tcp", fromPort: 443, toPort: 443 }, []],
    [GROUP, { egress: [everywhere] }, ["egress.0.cidrBlocks: 0.0.0.0/0 on every port"]],
    [GROUP, { ingress: [everywhere] }, []],
    ["aws:ec2/securityGroupRule:SecurityGroupRule", { type: "egress", ...everywhere }, ["cidrBlocks: 0.0.0.0/0 on every port"]],
    ["aws:ec2/securityGroupRule:SecurityGroupRule", { type: "ingress", ...everywhere }, []],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("NET-08", [of(type, "x", inputs)])).toEqual(faults);
  });

  it("knows the group of a database by its id, and leaves programs of others", () => {
    const call = of(EGRESS, "x", { securityGroupId: "sg-1", cidrIpv4: "203.0.113.7/32", ipProtocol: "tcp", fromPort: 443 });
    const database = (id: string) => of("aws:rds/instance:Instance", "db", { vpcSecurityGroupIds: [id] });
    expect(found("NET-08", [call, database("sg-1")])).toEqual(["cidrIpv4: 203.0.113.7/32 on 443"]);
    expect(found("NET-08", [call, database("sg-2")])).toEqual([]);
    expect(found("NET-08", [of(GROUP, "x", { egress: [everywhere] })], ruleOf("NET-08").elsewhere)).toEqual([]);
  });
});
