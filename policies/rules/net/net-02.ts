import { FLOW_LOG, LOG_GROUP, VPC } from "../../aws/types.ts";
import { ofEach, unless } from "../../findings.ts";
import { isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

export const NET_02 = stackRule({
  id: "NET-02",
  title: "All traffic in a VPC is recorded, in a bucket or in a log group with a customer managed key",
  severity: "medium",
  levels: levels("–/M/M"),
  frameworks: ["FSBP EC2.6", "CIS AWS 4.7"],
  remediation: 'Add an `aws.ec2.FlowLog` with the VPC\'s `vpcId` and `trafficType: "ALL"`.',
  peers: ["CKV2_AWS_11", "prowler"],
  types: [VPC, FLOW_LOG],
  relate: (resources) => {
    const logs = resources.filter(({ type, inputs }) => type === FLOW_LOG && isSet(inputs, "vpcId"));
    const isLogged = ({ name }: Resource): boolean => logs.some(({ dependencies }) => dependencies.includes(name));
    return ofEach(resources, (resource) => {
      const { type, inputs } = resource;
      if (type === VPC) {
        return unless(isLogged(resource), { resource, property: "flow log", got: "nothing", want: "present, for all traffic" });
      }
      if (logs.includes(resource)) {
        const got = text(inputs, "trafficType") ?? "nothing";
        return unless(got === "ALL", { resource, property: "trafficType", got, want: "ALL" });
      }
      const keeps = type === LOG_GROUP && isLogged(resource);
      const fault = { resource, property: "kmsKeyId", got: "nothing", want: "the ARN of a key of your own" };
      return unless(!keeps || isSet(inputs, "kmsKeyId"), fault);
    });
  },
});
