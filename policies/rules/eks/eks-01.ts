import { isWideOpen } from "../../aws/networks.ts";
import { CLUSTER } from "../../aws/types.ts";
import { flag, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_01 = rule({
  id: "EKS-01",
  title: "The Kubernetes API is private, or open only to named networks",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 5.4.1", "FSBP EKS.1", "AISF-RUNTIME-01"],
  remediation: "Set `endpointPublicAccess: false`, or list your own networks in `publicAccessCidrs`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_38", "CKV_AWS_39", "AWS-0040", "AWS-0041", "prowler"],
  types: [CLUSTER],
  check: ({ inputs }) => {
    if (flag(inputs, "vpcConfig", "endpointPublicAccess") === false) {
      return [];
    }
    const named = texts(inputs, "vpcConfig", "publicAccessCidrs");
    // AWS's own default is public, to everybody.
    const open = (named.length > 0 ? named : ["0.0.0.0/0"]).filter(isWideOpen);
    return open.map((cidr) => ({ property: "vpcConfig.publicAccessCidrs", got: cidr, want: "your own networks" }));
  },
});
