import { describe, expect, it } from "vitest";
import { faultsOf } from "#policies/evaluate";
import { type Resource, readable } from "#policies/resource";
import { NODES } from "#policies/rules/nodes";
import { describeRule } from "../conformance.ts";

const template = { layer: "platform", resource: "system-nodes-template" } as const;
const nodeClass = { layer: "platform", resource: "training-class" } as const;

const faults = (id: string, type: string, inputs: object, parameters?: object) => {
  const rule = NODES.find((each) => each.id === id)!;
  const resource = { type, name: "nodes", inputs: readable(inputs) } as Resource;
  return faultsOf(rule, resource, parameters ?? rule.parameters?.prod ?? {});
};
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";

describeRule("EKS-09", [
  {
    what: "nodes that answer to SSH",
    layer: "platform",
    resource: "system-nodes",
    change: (inputs) => (inputs.remoteAccess = { ec2SshKey: "ops" }),
    says: "platform-prod/system-nodes: 'remoteAccess' must be left out, got 'SSH'",
  },
  {
    what: "a subnet that gives out public addresses",
    layer: "foundation",
    resource: "network-private-a",
    change: (inputs) => (inputs.mapPublicIpOnLaunch = true),
    says: "foundation-prod/network-private-a: 'mapPublicIpOnLaunch' must be false, got 'true'",
    unknown: "mapPublicIpOnLaunch",
  },
  {
    ...template,
    what: "a second network interface on the internet",
    change: (inputs) => (inputs.networkInterfaces = [{ deviceIndex: 0 }, { associatePublicIpAddress: "true" }]),
    says: "platform-prod/system-nodes-template: 'networkInterfaces.1.associatePublicIpAddress' must be false, got 'true'",
    unknown: "networkInterfaces.1.associatePublicIpAddress",
  },
  {
    ...nodeClass,
    what: "GPU nodes on the internet",
    environment: "dev",
    change: (inputs) => (inputs.spec.associatePublicIPAddress = true),
    says: "platform-dev/training-class: 'spec.associatePublicIPAddress' must be false, got 'true'",
    unknown: "spec.associatePublicIPAddress",
  },
]);

describeRule("EKS-10", [
  {
    ...template,
    what: "nodes that tell their role to whoever asks once",
    change: (inputs) => (inputs.metadataOptions.httpTokens = "optional"),
    says: "platform-prod/system-nodes-template: 'metadataOptions.httpTokens' must be required, got 'optional'",
    unknown: "metadataOptions.httpTokens",
  },
  {
    ...template,
    what: "as many hops as the image likes",
    environment: "dev",
    change: (inputs) => delete inputs.metadataOptions.httpPutResponseHopLimit,
    says: "platform-dev/system-nodes-template: 'metadataOptions.httpPutResponseHopLimit' must be 1, got 'nothing'",
  },
  {
    ...nodeClass,
    what: "GPU nodes whose pods reach the metadata service",
    change: (inputs) => (inputs.spec.metadataOptions.httpPutResponseHopLimit = 2),
    says: "platform-prod/training-class: 'spec.metadataOptions.httpPutResponseHopLimit' must be 1, got '2'",
    unknown: "spec.metadataOptions.httpPutResponseHopLimit",
  },
]);

describe("EKS-10", () => {
  it("trusts what Karpenter fills in, and not what EC2 takes from the image", () => {
    expect(faults("EKS-10", NODE_CLASS, { spec: {} })).toEqual([]);
    expect(faults("EKS-10", TEMPLATE, {})).toEqual([
      { property: "metadataOptions.httpTokens", got: "nothing", want: "required" },
      { property: "metadataOptions.httpPutResponseHopLimit", got: "nothing", want: "1" },
    ]);
  });

  it("asks nothing of a metadata service that is off", () => {
    expect(faults("EKS-10", TEMPLATE, { metadataOptions: { httpEndpoint: "disabled" } })).toEqual([]);
  });

  it("allows two hops to those of the list, and never three", () => {
    const hops = (httpPutResponseHopLimit: number) =>
      faults(
        "EKS-10",
        TEMPLATE,
        { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit } },
        { twoHops: ["node*"] },
      );
    expect([hops(1), hops(2)]).toEqual([[], []]);
    expect(hops(3)).toEqual([{ property: "metadataOptions.httpPutResponseHopLimit", got: "3", want: "1 or 2" }]);
  });
});

describeRule("EKS-11", [
  {
    ...template,
    what: "disks under a key that everybody in the account may use",
    change: (inputs) => delete inputs.blockDeviceMappings[0].ebs.kmsKeyId,
    says: "platform-prod/system-nodes-template: 'blockDeviceMappings.0.ebs.kmsKeyId' must be a key of your own, got 'nothing'",
    unknown: "blockDeviceMappings.0.ebs.kmsKeyId",
  },
  {
    ...template,
    what: "a key without a lock",
    environment: "dev",
    change: (inputs) => (inputs.blockDeviceMappings[0].ebs.encrypted = "false"),
    says: "platform-dev/system-nodes-template: 'blockDeviceMappings.0.ebs.encrypted' must be true, got 'false'",
    unknown: "blockDeviceMappings.0.ebs.encrypted",
  },
  {
    ...template,
    what: "disks as the image brings them",
    change: (inputs) => delete inputs.blockDeviceMappings,
    says: "platform-prod/system-nodes-template: 'blockDeviceMappings' must be a list with the root volume, encrypted with a key of your own, got 'nothing'",
    unknown: "blockDeviceMappings",
  },
  {
    what: "disks of GPU nodes under the account's key",
    layer: "platform",
    add: {
      type: NODE_CLASS,
      name: "more",
      inputs: { spec: { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: true } }] } },
    },
    says: "platform-prod/more: 'spec.blockDeviceMappings.0.ebs.kmsKeyID' must be a key of your own, got 'nothing'",
    unknown: "spec.blockDeviceMappings.0.ebs.kmsKeyID",
  },
]);

it("EKS-11 looks at every volume, and at no disk of the host", () => {
  const blockDeviceMappings = [
    { deviceName: "/dev/xvda", ebs: { encrypted: true, kmsKeyId: "key" } },
    { deviceName: "/dev/xvdb", ebs: { kmsKeyId: "key" } },
    { deviceName: "/dev/xvdc", virtualName: "ephemeral0" },
  ];
  expect(faults("EKS-11", TEMPLATE, { blockDeviceMappings })).toEqual([
    { property: "blockDeviceMappings.1.ebs.encrypted", got: "nothing", want: "true" },
  ]);
});
