import { CLUSTER } from "../../aws/types.ts";
import type { Day } from "../../day.ts";
import { type Fault, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Versions with the last day of their standard support, as `components/versions.ts` has them. */
const SUPPORTED = { ends: { "1.34": "2026-12-02", "1.35": "2027-03-27", "1.36": "2027-08-02" } as Record<string, Day> };

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
  check: ({ inputs }, { ends }) => {
    // Extended support costs six times as much and is what EKS does when nobody says otherwise.
    const support = text(inputs, "upgradePolicy", "supportType") ?? "EXTENDED";
    const version = text(inputs, "version") ?? "nothing";
    return [
      ...unless(support === "STANDARD", { property: "upgradePolicy.supportType", got: support, want: "STANDARD" }),
      versionFault(version, ends),
    ];
  },
});

/** Fine until its end is near. */
function versionFault(got: string, ends: Record<string, Day>): Fault {
  const end = Object.hasOwn(ends, got) ? ends[got] : undefined;
  return end === undefined
    ? { property: "version", got, want: `one of ${Object.keys(ends).join(", ")}` }
    : { property: "version", got, want: "a version in EKS standard support", ends: end };
}
