import type { Resource } from "../resource.ts";
import { type Fault, levels, rule } from "../rule.ts";

export const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";

/** The canary strategy of a Rollout; `undefined` when it has another. */
export const canaryOf = ({ inputs }: Resource): any => inputs.spec?.strategy?.canary;

export const STEPS = "spec.strategy.canary.steps";

export const stepsOf = (rollout: Resource): any[] => canaryOf(rollout)?.steps ?? [];

/** A step at which more users are given to the new version. */
export interface Raise {
  /** Its index; behind the last one where the end of the steps itself raises to 100. */
  at: number;
  from: number;
  to: number;
  /** Index of the raise before; -1 for the first. */
  before: number;
}

export function raisesOf(steps: readonly any[]): Raise[] {
  const raises: Raise[] = [];
  let [weight, before] = [0, -1];
  const reach = (at: number, to: number): void => {
    if (to > weight) {
      raises.push({ at, from: weight, to, before });
      before = at;
    }
    weight = to;
  };
  for (const [at, step] of steps.entries()) {
    if ("setWeight" in step) {
      reach(at, step.setWeight);
    }
  }
  // Behind its last step a Rollout is promoted, whatever the weight was.
  reach(steps.length, 100);
  return raises;
}

/** Whether a raise lets users in whom nothing has been measured for: the first small share cannot be measured before it is given. */
export const needsMeasurement = ({ from, to }: Raise): boolean => from > 0 || to === 100;

/** Templates of a step that can stop the release: measurements of a dry run never do. */
export function gatesOf(step: any): any[] {
  const { templates = [], dryRun = [] } = step.analysis ?? {};
  return dryRun.some(({ metricName }: any) => ["*", ".*"].includes(metricName)) ? [] : templates;
}

/** Whether a step between two raises measures and can stop. */
export const isGated = (steps: readonly any[], { at, before }: Raise): boolean =>
  steps.slice(before + 1, at).some((step) => gatesOf(step).length > 0);

/**
 * Measured with Argo Rollouts 1.9.1: at weight 0 it means no pods. The pod that had just loaded its model was stopped, and with it went
 * the route that forces the new version: 0 of 300 forced requests reached it afterwards; in the right order 300 of 300.
 */
export const weightBeforeScale = rule({
  id: "CAN-01",
  title: "The new version's pods follow its weight only once it has one",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Begin with `setCanaryScale: {weight: …}`; write `setCanaryScale: {matchTrafficWeight: true}` behind the first `setWeight`.",
  types: [ROLLOUT],
  check: (rollout) => {
    const steps = stepsOf(rollout);
    const first = steps.findIndex((step) => step.setWeight > 0);
    return steps.flatMap((step, at) =>
      step.setCanaryScale?.matchTrafficWeight === true && (first < 0 || at < first)
        ? [
            {
              property: `${STEPS}[${at}].setCanaryScale.matchTrafficWeight`,
              got: "true at weight 0",
              want: "behind the first setWeight",
            },
          ]
        : [],
    );
  },
});

export const measuredRaises = rule({
  id: "CAN-02",
  title: "No raise of the new version's weight without a measurement since the one before",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 4.1"],
  remediation:
    "Put an `analysis` step before each `setWeight` but the first; or a `pause`, with a background `analysis` whose `startingStep` is not later than the weight before.",
  types: [ROLLOUT],
  check: (rollout) => {
    const canary = canaryOf(rollout);
    if (canary === undefined) {
      return [];
    }
    const steps = stepsOf(rollout);
    return raisesOf(steps)
      .filter(needsMeasurement)
      .filter((raise) => !isGated(steps, raise) && !isWatched(canary, steps, raise))
      .map(({ at, from, to }): Fault => {
        const property = at === steps.length ? STEPS : `${STEPS}[${at}].setWeight`;
        return { property, got: `${from} to ${to} unmeasured`, want: "behind an analysis of the weight before" };
      });
  },
});

/** A measurement in the background counts when it had begun and was given time. */
const isWatched = ({ analysis }: any, steps: readonly any[], { at, before }: Raise): boolean =>
  before >= 0 &&
  gatesOf({ analysis }).length > 0 &&
  (analysis.startingStep ?? 0) <= before &&
  steps.slice(before + 1, at).some((step) => "pause" in step);
