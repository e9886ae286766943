import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { flag, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_06 = rule({
  id: "EKS-06",
  title: "Only access entries grant access to the cluster, even to its creator",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.1.7", "CIS EKS 5.5.1"],
  remediation:
    'Set `accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false }` and make an AccessEntry for each role.',
  types: [CLUSTER],
  check: ({ inputs }) => {
    // What EKS does when nobody says otherwise: the aws-auth config map decides, and the creator is administrator for ever.
    const mode = text(inputs, "accessConfig", "authenticationMode") ?? "CONFIG_MAP";
    const creator = flag(inputs, "accessConfig", "bootstrapClusterCreatorAdminPermissions") ?? true;
    return [
      ...unless(mode === "API", { property: "accessConfig.authenticationMode", got: mode, want: "API" }),
      ...unless(!creator, { property: "accessConfig.bootstrapClusterCreatorAdminPermissions", got: "true", want: "false" }),
    ];
  },
});
