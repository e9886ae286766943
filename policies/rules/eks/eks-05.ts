import { CLUSTER } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** In EKS standard support on 2026-11-21; `components/versions.ts` has the days on which it ends. */
const SUPPORTED = { versions: ["1.34", "1.35", "1.36"] };

export const EKS_05 = rule({
  id: "EKS-05",
  title: "The cluster runs a Kubernetes version in standard support",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EKS.2"],
  remediation:
    'Set `version` to one of the listed versions, and `upgradePolicy: { supportType: "STANDARD" }`; upgrade one minor version at a time.',
  peers: ["CKV_AWS_339", "prowler"],
  parameters: { dev: SUPPORTED, staging: SUPPORTED, prod: SUPPORTED },
  types: [CLUSTER],
  check: ({ inputs }, { versions }) => {
    // Extended support costs six times as much and is what EKS does when nobody says otherwise.
    const support = text(inputs, "upgradePolicy", "supportType") ?? "EXTENDED";
    const version = text(inputs, "version") ?? "nothing";
    return [
      ...unless(support === "STANDARD", { property: "upgradePolicy.supportType", got: support, want: "STANDARD" }),
      ...unless(versions.includes(version), { property: "version", got: version, want: `one of ${versions.join(", ")}` }),
    ];
  },
});
