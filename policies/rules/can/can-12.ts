import { type Finding, ofEach, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { analysesOf, measurementsOf } from "./measurements.ts";
import { canaryOf, needsMeasurement, raisesOf, STEPS, stepsOf } from "./rollouts.ts";
import { templatesAmong } from "./templates.ts";

/** What the queries of a release ask for, by words that stand in them. */
const SIGNALS = {
  errors:
    /[45]xx|["'`(|~][45]\)?(\.\.|\[|\\+d|\d\d)|!~?\s*["'`][^"'`]*[2-5](xx|\.|\[|\\+d|\d\d)|["'`]2(xx|\.\.)|error|fail|success/i,
  latency: /_bucket|quantile|latency|duration|seconds|slow|_time\b|_ms\b|_time_/i,
} as const;
type Signal = keyof typeof SIGNALS;

interface Decided {
  /** What must have been measured before each increase. */
  by: readonly Signal[];
}

const BOTH: Decided = { by: ["errors", "latency"] };

/** A gate without errors promotes a version that answers everything with an error, and quickly. */
export const CAN_12 = stackRule<Decided>({
  id: "CAN-12",
  title: "Each increase is decided by the errors and by the latency of the new version",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Let the analysis before each `setWeight` measure the share of failed and the share of slow requests of the new version. `CanaryStrategy` writes both.",
  parameters: { dev: BOTH, staging: BOTH, prod: BOTH },
  elsewhere: { by: [] },
  types: [ROLLOUT],
  relate: (resources, { by }) => {
    const templates = templatesAmong(resources);
    return ofEach(
      resources.filter((each) => each.type === ROLLOUT && canaryOf(each) !== undefined),
      (rollout) => undecided(rollout, templates, by),
    );
  },
});

function undecided(resource: Resource, templates: readonly Resource[], by: readonly Signal[]): Finding[] {
  const steps = stepsOf(resource);
  const analyses = analysesOf(resource);
  const background = analyses.filter(({ isBackground }) => isBackground);
  return raisesOf(steps)
    .filter((raise) => needsMeasurement(raise) && raise.from > 0)
    .flatMap(({ at, before, from, to }): Finding[] => {
      const gates = analyses.filter(({ step }) => step > before && step < at);
      const measured = (gates.length > 0 ? gates : background).flatMap((each) => measurementsOf(each, resource, templates));
      // What another system measures is not in the program, and a template of another stack is CAN-08's.
      if (measured.length === 0 || measured.some(({ isPrometheus }) => !isPrometheus)) {
        return [];
      }
      const missing = by.filter((signal) => !measured.some(({ query, isDry }) => !isDry && SIGNALS[signal].test(query)));
      return unless(missing.length === 0, {
        resource,
        property: at === steps.length ? STEPS : `${STEPS}[${at}].setWeight`,
        got: `${from} to ${to} without ${missing.join(" and ")}`,
        want: "preceded by measurements of both",
      });
    });
}
