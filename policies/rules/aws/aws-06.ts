import { MACHINES } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { number, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const SECONDS_A_DAY = 86_400;

/** Most days for which a machine of a group runs. */
const MONTHLY = { days: 30 };

export const AWS_06 = rule({
  id: "AWS-06",
  title: "Machines of a group are replaced before they are old",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP SSM.2", "NIST SP 800-190 4.5.3"],
  remediation:
    "Set `maxInstanceLifetime` in seconds, a day at least: a machine gets the fixes of its image only when it is replaced.",
  parameters: { dev: MONTHLY, staging: MONTHLY, prod: MONTHLY },
  // Others may renew their images by a pipeline, which replaces the machines too.
  elsewhere: { days: Number.POSITIVE_INFINITY },
  types: [MACHINES],
  check: ({ inputs }, { days }) => {
    // Zero is no limit.
    const seconds = number(inputs, "maxInstanceLifetime") || Number.POSITIVE_INFINITY;
    return unless(seconds <= days * SECONDS_A_DAY, {
      property: "maxInstanceLifetime",
      got: shown(inputs["maxInstanceLifetime"]),
      want: `at most ${days * SECONDS_A_DAY} (${days} days)`,
    });
  },
});
