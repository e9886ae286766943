import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import * as sample from "../../harness.ts";
import { describeRule, found as faults } from "../../harness.ts";

describeRule("NET-03", [
  {
    what: "keys that are reached by the internet",
    layer: "foundation",
    resource: "network-endpoints-kms",
    change: (inputs) => (inputs.serviceName = "com.amazonaws.eu-west-1.athena"),
    says: "foundation-prod/network: 'endpoint of kms' must be present, got 'nothing'",
    unknown: "serviceName",
  },
  {
    what: "S3 by the byte",
    layer: "foundation",
    environment: "staging",
    resource: "network-s3",
    change: (inputs) => (inputs.vpcEndpointType = "Interface"),
    says: "foundation-staging/network: 'endpoint of s3' must be present, as a gateway, got 'nothing'",
    unknown: "vpcEndpointType",
  },
  {
    what: "an endpoint that nobody finds",
    layer: "foundation",
    resource: "network-endpoints-sts",
    change: (inputs) => delete inputs.privateDnsEnabled,
    says: "foundation-prod/network-endpoints-sts: 'privateDnsEnabled' must be true, got 'nothing'",
    unknown: "privateDnsEnabled",
  },
]);

describe("NET-03", () => {
  const resource = (type: string, inputs: object, { name = "x", ...more }: Partial<Resource> = {}): Resource =>
    sample.resource(name, inputs, { type, ...more });

  it("NET-03 counts endpoints of the network itself, in China too", () => {
    const vpc = resource("aws:ec2/vpc:Vpc", {}, { name: "v" });
    const endpoint = (serviceName: string, dependencies: string[]) =>
      resource("aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName }, { dependencies });
    const services = { services: ["sts"] };
    const cluster = resource("aws:eks/cluster:Cluster", {});
    expect(faults("NET-03", [cluster, vpc, endpoint("com.amazonaws.eu-west-1.sts", ["other"])], services)).toEqual([
      "endpoint of sts: nothing",
    ]);
    expect(faults("NET-03", [cluster, vpc, endpoint("cn.com.amazonaws.cn-north-1.sts", ["v"])], services)).toEqual([]);
    expect(faults("NET-03", [vpc], services)).toEqual([]);
    const subnet = resource("aws:ec2/subnet:Subnet", { tags: { "kubernetes.io/role/elb": "1" } });
    expect(faults("NET-03", [vpc, subnet], services)).toEqual(["endpoint of sts: nothing"]);
  });
});
