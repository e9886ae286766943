import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import * as sample from "../../harness.ts";
import { describeRule, found as faults } from "../../harness.ts";

describeRule("NET-02", [
  {
    what: "a network whose flows nobody records",
    layer: "foundation",
    resource: "network-flows",
    change: (inputs, resource) => {
      delete inputs.vpcId;
      resource.dependencies = [];
    },
    says: "foundation-prod/network: 'flow log' must be present, for all traffic, got 'nothing'",
  },
  {
    what: "a record of refused flows only",
    layer: "foundation",
    environment: "staging",
    resource: "network-flows",
    change: (inputs) => (inputs.trafficType = "REJECT"),
    says: "foundation-staging/network-flows: 'trafficType' must be ALL, got 'REJECT'",
    unknown: "trafficType",
  },
]);

describe("NET-02", () => {
  const resource = (type: string, inputs: object, { name = "x", ...more }: Partial<Resource> = {}): Resource =>
    sample.resource(name, inputs, { type, ...more });

  it("NET-02 wants a key on the log group that takes the flows, and on no other", () => {
    const group = (name: string, inputs: object) => resource("aws:cloudwatch/logGroup:LogGroup", inputs, { name });
    const flows = resource(
      "aws:ec2/flowLog:FlowLog",
      { vpcId: "v", trafficType: "ALL" },
      { name: "f", dependencies: ["v", "g"] },
    );
    const vpc = resource("aws:ec2/vpc:Vpc", {}, { name: "v" });
    expect(faults("NET-02", [vpc, flows, group("g", {}), group("other", {})])).toEqual(["kmsKeyId: nothing"]);
    expect(faults("NET-02", [vpc, flows, group("g", { kmsKeyId: "arn" })])).toEqual([]);
  });
});
