import { describe, expect, it } from "vitest";
import { findingsOf } from "#policies/judge";
import { describeRule, resource, ruleOf } from "../../harness.ts";
import { NODE_CLASS, nodeClass, TEMPLATE, template } from "./samples.ts";

const RULE = ruleOf("EKS-10");
const faults = (inputs: object, type: string, parameters: object = RULE.parameters?.prod ?? {}) =>
  findingsOf(RULE, resource("nodes", inputs, { type }), parameters);

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
  {
    what: "nodes with the template of EKS",
    layer: "platform",
    resource: "system-nodes",
    type: "aws:eks/nodeGroup:NodeGroup",
    change: (inputs) => delete inputs.launchTemplate,
    says: "platform-prod/system-nodes: 'launchTemplate' must be a template of your own, got 'that of EKS, with two hops'",
  },
]);

describe("EKS-10", () => {
  it("trusts what Karpenter fills in, and not what EC2 takes from the image", () => {
    expect(faults({ spec: {} }, NODE_CLASS)).toEqual([]);
    expect(faults({}, TEMPLATE)).toEqual([
      { property: "metadataOptions.httpTokens", got: "nothing", want: "required" },
      { property: "metadataOptions.httpPutResponseHopLimit", got: "nothing", want: "1" },
    ]);
  });

  it("asks nothing of a metadata service that is off", () => {
    expect(faults({ metadataOptions: { httpEndpoint: "disabled" } }, TEMPLATE)).toEqual([]);
  });

  it("allows two hops to those of the list, and never three", () => {
    const hops = (httpPutResponseHopLimit: number) =>
      faults({ metadataOptions: { httpTokens: "required", httpPutResponseHopLimit } }, TEMPLATE, { twoHops: ["node*"] });
    expect([hops(1), hops(2)]).toEqual([[], []]);
    expect(hops(3)).toEqual([{ property: "metadataOptions.httpPutResponseHopLimit", got: "3", want: "1 or 2" }]);
  });
});
