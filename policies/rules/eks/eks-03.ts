import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { isSet, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_03 = rule({
  id: "EKS-03",
  title: "Kubernetes secrets are encrypted with a customer managed key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 5.3.1", "FSBP EKS.3"],
  remediation: 'Set `encryptionConfig: { provider: { keyArn }, resources: ["secrets"] }` with a key of the environment.',
  peers: ["pulumi compliance-policies", "CKV_AWS_58", "AWS-0039", "prowler"],
  types: [CLUSTER],
  check: ({ inputs }) => {
    if (!isSet(inputs, "encryptionConfig", "provider", "keyArn")) {
      return [{ property: "encryptionConfig.provider.keyArn", got: "nothing", want: "a key of your own" }];
    }
    const kinds = texts(inputs, "encryptionConfig", "resources");
    const got = kinds.join(", ") || "nothing";
    return unless(kinds.includes("secrets"), { property: "encryptionConfig.resources", got, want: "a list with secrets" });
  },
});
