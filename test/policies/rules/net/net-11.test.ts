import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const OPTIONS = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions";
const FORWARDING = "aws:route53/resolverRule:ResolverRule";
const VPC = "aws:ec2/vpc:Vpc";
const ZONE = "aws:route53/zone:Zone";

describeRule("NET-11", [
  {
    what: "names of models that everybody may ask for",
    layer: "foundation",
    resource: "models-zone",
    type: ZONE,
    change: (inputs) => delete inputs.vpcs,
    says: "foundation-prod/models-zone: 'vpcs' must be the networks that may ask it, got 'nothing, which is a zone for everybody'",
    unknown: "vpcs",
  },
]);

describe("NET-11", () => {
  const { elsewhere } = ruleOf("NET-11");

  it.each<[object, boolean, boolean]>([
    [{ name: "models.internal", vpcs: [{ vpcId: "vpc-1" }] }, true, true],
    [{ name: "models.internal", vpcs: [] }, false, false],
    [{ name: "corp.example.com.", vpcs: [] }, false, true],
    [{ name: "example.com" }, false, true],
    [{ name: "db.local" }, false, false],
    [{ name: "internal.example.com" }, false, true],
  ])("judges %j: %j in prod, %j in programs of others", (inputs, here, there) => {
    expect(found("NET-11", of(ZONE, "x", inputs))).toHaveLength(here ? 0 : 1);
    expect(found("NET-11", of(ZONE, "x", inputs), elsewhere)).toHaveLength(there ? 0 : 1);
  });

  it("takes listed zones, and reads namespaces of services", () => {
    expect(found("NET-11", of(ZONE, "x", { name: "shop.example.com" }), { public: ["*.example.com"], servers: [] })).toEqual([]);
    const namespace = of("aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace", "x", { name: "models.internal" });
    expect(found("NET-11", namespace, elsewhere)).toEqual(["name: models.internal"]);
  });

  it.each<[string, object, number]>([
    [OPTIONS, { domainNameServers: ["AmazonProvidedDNS"] }, 0],
    [OPTIONS, { domainNameServers: ["10.0.0.2", "169.254.169.253", "fd00:ec2::253"] }, 0],
    [OPTIONS, { domainNameServers: ["10.0.0.2", "8.8.8.8"] }, 1],
    [OPTIONS, { domainNameServers: ["2001:4860:4860::8888"] }, 1],
    [OPTIONS, { domainNameServers: ["169.254.1.1"], ntpServers: ["198.51.100.7"] }, 2],
    [FORWARDING, { targetIps: [{ ip: "10.9.0.53" }, { ip: "9.9.9.9" }] }, 1],
    [FORWARDING, { targetIps: [{ ipv6: "2620:fe::fe" }] }, 1],
    [FORWARDING, { targetIps: "text" }, 0],
    [VPC, { enableDnsSupport: "false" }, 1],
    [VPC, { enableDnsHostnames: false }, 1],
    [VPC, {}, 0],
  ])("judges who answers names: %s %j has %i faults", (type, inputs, faults) => {
    expect(found("NET-11", of(type, "x", inputs))).toHaveLength(faults);
  });

  it("takes servers that are listed", () => {
    const options = of(OPTIONS, "x", { domainNameServers: ["9.9.9.9"] });
    expect(found("NET-11", options, { public: [], servers: ["9.9.9.*"] })).toEqual([]);
    expect(found("NET-11", options, elsewhere)).toEqual([]);
  });
});
