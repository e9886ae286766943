import { expect, it } from "vitest";
import { findingsOf } from "#policies/judge";
import { describeRule, resource, ruleOf } from "../../harness.ts";
import { NODE_CLASS, TEMPLATE, template } from "./samples.ts";

const RULE = ruleOf("EKS-11");
const faults = (inputs: object, type: string, parameters: object = RULE.parameters?.prod ?? {}) =>
  findingsOf(RULE, resource("nodes", inputs, { type }), parameters);

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
  expect(faults({ blockDeviceMappings }, TEMPLATE)).toEqual([
    { property: "blockDeviceMappings.1.ebs.encrypted", got: "nothing", want: "true" },
  ]);
});
