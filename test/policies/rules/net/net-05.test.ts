import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("NET-05", [
  {
    what: "a machine with the old metadata service",
    layer: "foundation",
    add: { type: "aws:ec2/instance:Instance", name: "bench", inputs: { metadataOptions: { httpTokens: "optional" } } },
    says: "foundation-prod/bench: 'metadataOptions.httpTokens' must be required, got 'optional'",
    unknown: "metadataOptions",
  },
]);

describe("NET-05", () => {
  const metadataOptions = { httpTokens: "required" };
  const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

  it.each<[string, object, string[]]>([
    ["aws:ec2/instance:Instance", { metadataOptions }, []],
    ["aws:ec2/instance:Instance", { metadataOptions, associatePublicIpAddress: "true" }, ["associatePublicIpAddress: true"]],
    ["aws:ec2/instance:Instance", { metadataOptions: { httpEndpoint: "disabled" } }, []],
    ["aws:ec2/instance:Instance", { metadataOptions: null }, ["metadataOptions.httpTokens: nothing"]],
    ["aws:mq/broker:Broker", { publiclyAccessible: true }, ["publiclyAccessible: true"]],
    [
      TEMPLATE,
      { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
      ["networkInterfaces.0.associatePublicIpAddress: true"],
    ],
    [TEMPLATE, { networkInterfaces: [{}] }, []],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("NET-05", [of(type, "x", inputs)])).toEqual(faults);
  });

  it("leaves templates of nodes to EKS-09", () => {
    const template = of(TEMPLATE, "x", { networkInterfaces: [{ associatePublicIpAddress: true }] });
    expect(found("NET-05", [template, of("aws:eks/cluster:Cluster", "c", {})])).toEqual([]);
  });
});
