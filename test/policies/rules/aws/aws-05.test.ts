import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const EIP = "aws:ec2/eip:Eip";

// The tie is there, whatever the machine: a value that is not known yet is one.
describeRule("AWS-05", [
  {
    what: "an address for a machine",
    layer: "foundation",
    add: {
      type: "aws:ec2/eipAssociation:EipAssociation",
      name: "tie",
      inputs: { instanceId: "i-1", allocationId: "eipalloc-1" },
    },
    says: "foundation-prod/tie: 'instanceId' must be left out, got 'a machine'",
  },
]);

it("AWS-05 knows an address by what it is tied to, also where that is not known yet", () => {
  expect(found("AWS-05", of(EIP, "a", { instance: "i-1" }))).toEqual(["instance: a machine"]);
  expect(found("AWS-05", of(EIP, "a", { networkInterface: "eni-1" }))).toEqual(["networkInterface: a machine"]);
  expect(found("AWS-05", of(EIP, "a", { domain: "vpc", instance: "" }))).toEqual([]);
  expect(found("AWS-05", of("aws:ec2/natGateway:NatGateway", "n", { allocationId: "eipalloc-1" }))).toEqual([]);
});
