import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const EVERY_LOG = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

export const EKS_04 = rule({
  id: "EKS-04",
  title: "The control plane logs who connects and what they do",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 2.1.1", "FSBP EKS.8"],
  remediation: "List the missing logs in `enabledClusterLogTypes`.",
  peers: ["CKV_AWS_37", "AWS-0038", "prowler"],
  parameters: {
    // Dev logs who connects and what they do. The server's other logs are worth their price only in shared environments.
    dev: { required: ["audit", "authenticator"] },
    staging: { required: ["api", "audit", "authenticator"] },
    prod: { required: EVERY_LOG },
  },
  types: [CLUSTER],
  check: ({ inputs }, { required }) => {
    const written = texts(inputs, "enabledClusterLogTypes");
    return unless(
      required.every((log) => written.includes(log)),
      { property: "enabledClusterLogTypes", got: written.join(", ") || "nothing", want: `a list with ${required.join(", ")}` },
    );
  },
});
