import { NODE_GROUP } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { at, type Bag, flag, number, numberOr, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Whether EKS replaces nodes that fail. */
const REPAIRED = { repair: true };

/** Most of a group that may be away at once, percent. */
const MOST_PERCENT = 50;

export const EKS_19 = rule({
  id: "EKS-19",
  title: "Nodes of a group change a few at a time, and those that fail are replaced",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 A1.2"],
  remediation: "Set `updateConfig: { maxUnavailable: 1 }` and `nodeRepairConfig: { enabled: true }`.",
  parameters: { dev: REPAIRED, staging: REPAIRED, prod: REPAIRED },
  // It asks for an add-on that others may not have.
  elsewhere: { repair: false },
  types: [NODE_GROUP],
  check: ({ inputs }, { repair }) =>
    together(
      () => allAtOnce(inputs),
      () =>
        unless(flag(inputs, "forceUpdateVersion") !== true, {
          property: "forceUpdateVersion",
          got: "true",
          want: "false: pods are then removed whatever their budget says",
        }),
      () =>
        unless(!repair || flag(inputs, "nodeRepairConfig", "enabled") === true, {
          property: "nodeRepairConfig.enabled",
          got: shown(at(inputs, "nodeRepairConfig", "enabled")),
          want: "true",
        }),
    ),
});

/** A group of one node changes all at once in any case. */
function allAtOnce(inputs: Bag) {
  const share = number(inputs, "updateConfig", "maxUnavailablePercentage") ?? 0;
  const some = numberOr(1, inputs, "updateConfig", "maxUnavailable");
  const least = number(inputs, "scalingConfig", "minSize") ?? Number.POSITIVE_INFINITY;
  return [
    ...unless(share <= MOST_PERCENT, {
      property: "updateConfig.maxUnavailablePercentage",
      got: String(share),
      want: `at most ${MOST_PERCENT}`,
    }),
    ...unless(some <= 1 || some < least, {
      property: "updateConfig.maxUnavailable",
      got: String(some),
      want: `less than the ${least} nodes that there are at least`,
    }),
  ];
}
