import { KEYS } from "../../aws/types.ts";
import { inDays } from "../../day.ts";
import { together, unless } from "../../findings.ts";
import { flag, numberOr, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Deletion {
  /** Least number of days until KMS forgets a deleted key: 7 to 30. */
  days: number;
}

/** What switches a key off; keys with material of your own call it `enabled`. */
const SWITCHES = ["isEnabled", "enabled"];

export const KMS_03 = rule<Deletion>({
  id: "KMS-03",
  title: "A key is not deleted or switched off by accident, and in prod it can be restored for a month",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP KMS.3"],
  remediation:
    "Give the key the option `protect: true`, leave `isEnabled` out, and leave `deletionWindowInDays` out or set it to 30. Without the key, everything that it encrypted is lost.",
  peers: ["prowler"],
  types: KEYS,
  // KMS itself waits at least 7 days.
  parameters: { dev: { days: 7 }, staging: { days: 7 }, prod: { days: 30 } },
  check: ({ inputs, protect }, { days }) =>
    together(
      () => unless(protect, { property: "protect", got: "false", want: "true" }),
      () => {
        const window = numberOr(30, inputs, "deletionWindowInDays");
        return unless(window >= days, {
          property: "deletionWindowInDays",
          got: shown(inputs["deletionWindowInDays"] ?? window),
          want: `at least ${inDays(days)}`,
        });
      },
      () =>
        SWITCHES.flatMap((property) =>
          unless(flag(inputs, property) !== false, { property, got: "false", want: "true: without it, nothing is readable" }),
        ),
    ),
});
