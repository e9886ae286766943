import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { type Bag, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { analysesOf, type Measurement, measurementsOf } from "./measurements.ts";
import { ranges } from "./queries.ts";
import { canaryOf, copies, gatesOf, hasUsers, pauseSeconds, raisesOf, STEPS, secondsIn, stepsOf } from "./rollouts.ts";
import { templatesAmong } from "./templates.ts";

/** `windows`: how often a share must last as long as its measurement looks back; `watched`: whether pauses are watched. */
const TIME = { windows: 1, watched: true };

/**
 * A gate that looks back two minutes and is asked after five seconds measures the share before. Between two gates only a background
 * analysis sees that a version has begun to fail.
 */
export const CAN_10 = stackRule<typeof TIME>({
  id: "CAN-10",
  title: "Each share of users lasts as long as its measurement looks back, and is watched from the first user on",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 2.4"],
  remediation:
    "Put a `pause` after each `setWeight` that is as long as the range of the next query, and give the canary a background `analysis` whose `startingStep` is the first weight.",
  parameters: { dev: TIME, staging: TIME, prod: TIME },
  elsewhere: { windows: 0, watched: false },
  types: [ROLLOUT],
  relate: (resources, { windows, watched }) => {
    const templates = templatesAmong(resources);
    return ofEach(
      resources.filter((each) => each.type === ROLLOUT && isSet(canaryOf(each), "trafficRouting")),
      (rollout) =>
        together(
          () => (watched ? unwatched(rollout) : []),
          () => tooShort(rollout, templates, windows),
        ),
    );
  },
});

function unwatched(resource: Resource): Finding[] {
  const canary = canaryOf(resource);
  const steps = stepsOf(resource);
  const first = steps.findIndex(hasUsers);
  const pause = steps.findIndex((step, index) => index > first && isSet(step, "pause"));
  if (first < 0 || pause < 0) {
    return [];
  }
  const field = "spec.strategy.canary.analysis";
  const starts = numberOr(0, canary, "analysis", "startingStep");
  return gatesOf(canary?.["analysis"]).length === 0
    ? [{ resource, property: field, got: "nothing", want: "an analysis that goes on while users wait" }]
    : unless(starts <= pause, {
        resource,
        property: `${field}.startingStep`,
        got: shown(starts),
        want: `at most ${pause}, the first pause with users`,
      });
}

/** Gates that are asked before their queries can have seen the share that they judge. */
function tooShort(resource: Resource, templates: readonly Resource[], windows: number): Finding[] {
  const steps = stepsOf(resource);
  const analyses = analysesOf(resource).filter(({ isBackground, isBefore }) => !isBackground && !isBefore);
  const raised = raisesOf(steps).filter(({ at }) => at < steps.length);
  const copied = steps.flatMap((step, at) => (copies(step) ? [{ at, to: "copies" }] : []));
  return [...copied, ...raised].flatMap(({ at, to }): Finding[] => {
    const end = steps.findIndex((step, index) => index > at && isSet(step, "setWeight"));
    const short = analyses
      .filter(({ step }) => step > at && (end < 0 || step < end))
      .map((gate) => {
        const measurements = measurementsOf(gate, resource, templates).filter(({ isPrometheus }) => isPrometheus);
        const waited = steps.slice(at + 1, gate.step).reduce((sum, step) => sum + pauseSeconds(step), 0);
        return {
          lasts: waited + Math.min(...measurements.map(secondsOfMeasuring)),
          longest: windows * Math.max(0, ...measurements.flatMap(({ query }) => ranges(query))),
        };
      })
      .find(({ lasts, longest }) => lasts < longest);
    return short === undefined
      ? []
      : [
          {
            resource,
            property: `${STEPS}[${at}].${to === "copies" ? "setMirrorRoute" : "setWeight"}`,
            got: `${to} for ${short.lasts}s`,
            want: `a share that lasts ${short.longest}s or longer, as far as its measurement looks back`,
          },
        ];
  });
}

/** Seconds from the first to the last answer that a measurement needs. */
function secondsOfMeasuring({ metric }: Measurement): number {
  const first = lasting(metric, "initialDelay");
  const untilOne = (number(metric, "consecutiveSuccessLimit") ?? 0) > 0;
  return untilOne ? first : first + (numberOr(1, metric, "count") - 1) * lasting(metric, "interval");
}

const lasting = (metric: Bag, field: string): number => (isSet(metric, field) ? secondsIn(text(metric, field) ?? "") : 0);
