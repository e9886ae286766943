import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { flag } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_02 = rule({
  id: "EKS-02",
  title: "Nodes reach the Kubernetes API inside the VPC; in prod it has no public endpoint",
  severity: "high",
  levels: levels("A/A/M"),
  frameworks: ["CIS EKS 5.4.2"],
  remediation: "Set `endpointPrivateAccess: true`; in prod also `endpointPublicAccess: false`, and run CI in the VPC.",
  peers: ["CKV_AWS_39"],
  parameters: { dev: { publicToo: true }, staging: { publicToo: true }, prod: { publicToo: false } },
  types: [CLUSTER],
  check: ({ inputs }, { publicToo }) => {
    const inside = flag(inputs, "vpcConfig", "endpointPrivateAccess") ?? false;
    const outside = flag(inputs, "vpcConfig", "endpointPublicAccess") ?? true;
    return [
      ...unless(inside, { property: "vpcConfig.endpointPrivateAccess", got: "false", want: "true" }),
      ...unless(publicToo || !outside, { property: "vpcConfig.endpointPublicAccess", got: "true", want: "false" }),
    ];
  },
});
