import { KEY } from "../../aws/types.ts";
import { inDays } from "../../day.ts";
import { together, unless } from "../../findings.ts";
import { flag, isSet, numberOr, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Rotation {
  /** Most days between two renewals of a key's material. */
  days: number;
}
const YEARLY: Rotation = { days: 365 };

export const KMS_01 = rule<Rotation>({
  id: "KMS-01",
  title: "Keys are rotated automatically every year",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP KMS.4", "CIS AWS 4.6"],
  remediation:
    "Set `enableKeyRotation: true`, and `rotationPeriodInDays` to 365 or less. Data that is already encrypted stays readable.",
  peers: ["pulumi compliance-policies", "CKV_AWS_7", "AWS-0065", "prowler"],
  types: [KEY],
  parameters: { dev: YEARLY, staging: YEARLY, prod: YEARLY },
  check: ({ inputs }, { days }) => {
    // KMS rotates no other keys (KMS developer guide, "Rotate AWS KMS keys").
    if (
      (text(inputs, "customerMasterKeySpec") ?? "SYMMETRIC_DEFAULT") !== "SYMMETRIC_DEFAULT" ||
      isSet(inputs, "customKeyStoreId")
    ) {
      return [];
    }
    return together(
      () =>
        unless(flag(inputs, "enableKeyRotation") === true, {
          property: "enableKeyRotation",
          got: shown(inputs["enableKeyRotation"]),
          want: "true",
        }),
      () => {
        const period = numberOr(365, inputs, "rotationPeriodInDays");
        return unless(period <= days, {
          property: "rotationPeriodInDays",
          got: shown(inputs["rotationPeriodInDays"] ?? period),
          want: `at most ${inDays(days)}`,
        });
      },
    );
  },
});
