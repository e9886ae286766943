import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { flag } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const EKS_07 = rule({
  id: "EKS-07",
  title: "No tool deletes the cluster by mistake",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["AISF-RUNTIME-01", "SOC2 A1.2"],
  remediation: "Set `deletionProtection: true`.",
  peers: ["prowler"],
  types: [CLUSTER],
  check: ({ inputs }) =>
    unless(flag(inputs, "deletionProtection") === true, { property: "deletionProtection", got: "false", want: "true" }),
});
