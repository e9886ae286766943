import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("NET-05", [
  {
    what: "a machine with the old metadata service",
    layer: "foundation",
    add: { type: "aws:ec2/instance:Instance", name: "bench", inputs: { metadataOptions: { httpTokens: "optional" } } },
    says: "foundation-prod/bench: 'metadataOptions.httpTokens' must be required, got 'optional'",
    unknown: "metadataOptions",
  },
  {
    what: "a host with a key for SSH",
    layer: "foundation",
    resource: "access-host-template",
    change: (inputs) => (inputs.keyName = "ops"),
    says: "foundation-prod/access-host-template: 'keyName' must be left out, in favour of Session Manager, got 'ops'",
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

  it("refuses keys for SSH where nobody listed them", () => {
    const machine = of("aws:ec2/instance:Instance", "bench", { metadataOptions, keyName: "ops" });
    const key = of("aws:ec2/keyPair:KeyPair", "bench-key", { publicKey: "ssh-ed25519 AAAA" });
    const nodes = of("aws:eks/nodeGroup:NodeGroup", "nodes", { remoteAccess: { ec2SshKey: "ops" } });
    expect(found("NET-05", [machine, key, nodes])).toEqual(["keyName: ops", "publicKey: a key for SSH"]);
    expect(found("NET-05", [machine, key], { ssh: ["bench*"] })).toEqual([]);
    expect(found("NET-05", [machine, key], ruleOf("NET-05").elsewhere)).toEqual([]);
    expect(found("NET-05", [of("aws:ec2/instance:Instance", "x", { metadataOptions, keyName: "" })])).toEqual([]);
  });

  it("leaves templates of nodes to EKS-09", () => {
    const template = of(TEMPLATE, "x", { networkInterfaces: [{ associatePublicIpAddress: true }] });
    expect(found("NET-05", [template, of("aws:eks/cluster:Cluster", "c", {})])).toEqual([]);
  });
});
