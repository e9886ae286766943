import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { at, type Bag, bags, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { canaryOf, isGated, needsMeasurement, raisesOf, stepsOf } from "./rollouts.ts";
import { isMeant, templatesAmong } from "./templates.ts";

/** How often a measurement may go wrong. */
const BOUNDS = { failures: 3, errors: 12, inconclusive: 60 };
type Bounds = typeof BOUNDS;

/**
 * Measured with Argo Rollouts 1.9.1: a query with a misspelt metric found nothing 25 times, its `inconclusiveLimit` of 1000 was never
 * reached, and a version with 30 % errors went to 100 %.
 */
export const CAN_03 = stackRule<Bounds>({
  id: "CAN-03",
  title: "A release stops early when its measurements fail, find no data or cannot be taken",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 2.4"],
  remediation:
    "Set `failureLimit`, `consecutiveErrorLimit` and `inconclusiveLimit` to small numbers, and `consecutiveSuccessLimit: 1` where the metric has a `count`.",
  parameters: { dev: BOUNDS, staging: BOUNDS, prod: BOUNDS },
  relate: (resources, bounds) => {
    const rollouts = resources.filter(({ type }) => type === ROLLOUT);
    return ofEach(templatesAmong(resources), (template) =>
      together(
        ...bags(template.inputs, "spec", "metrics").flatMap((metric, index) => {
          const place = { resource: template, path: `spec.metrics[${index}]` };
          return [
            () => limitFaults(metric, place, bounds),
            () => nothingFaults(metric, place, watchSeconds(template, rollouts), bounds),
          ];
        }),
      ),
    );
  },
});

/** Where a measurement stands. */
interface Place {
  resource: Resource;
  path: string;
}

/** Argo Rollouts' defaults for what a measurement does not say. */
const DEFAULTS = { failureLimit: 0, consecutiveErrorLimit: 4, inconclusiveLimit: 0 };

/** What a limit is: its default where it is left out. */
const limitOf = (metric: Bag, field: keyof typeof DEFAULTS): number => numberOr(DEFAULTS[field], metric, field);

function limitFaults(metric: Bag, { resource, path }: Place, { failures, errors }: Bounds): Fault[] {
  const bounded = (field: keyof typeof DEFAULTS, most: number): Fault[] => {
    const limit = limitOf(metric, field);
    // Argo Rollouts reads -1 as no limit.
    return unless(limit >= 0 && limit <= most, {
      resource,
      property: `${path}.${field}`,
      got: shown(metric[field] ?? limit),
      want: `from 0 to ${most}`,
    });
  };
  return [...bounded("failureLimit", failures), ...bounded("consecutiveErrorLimit", errors)];
}

/**
 * Finding nothing is no verdict, so it must not last. A watch in the background may find nothing for as long as it likes where gates
 * decide about each raise; alone it must end within the shortest pause. A gate that reaches its `count` has passed for Argo
 * Rollouts, on a row of empty answers too, unless it wants a good one.
 */
function nothingFaults(metric: Bag, { resource, path }: Place, seconds: number | undefined, { inconclusive }: Bounds): Finding[] {
  const limit = limitOf(metric, "inconclusiveLimit");
  const bounded = (holds: boolean, want: string): Finding[] =>
    unless(holds, { resource, property: `${path}.inconclusiveLimit`, got: String(limit), want });
  if (seconds !== undefined) {
    const most = Math.floor(seconds / secondsOf(text(metric, "interval")));
    return bounded(
      limit <= most,
      `at most ${most} (the number of measurements in one pause), unless an analysis step precedes each increase`,
    );
  }
  if (!(limit <= inconclusive)) {
    return bounded(false, `at most ${inconclusive}`);
  }
  const wantsSuccess = (number(metric, "consecutiveSuccessLimit") ?? 0) > 0;
  return bounded(
    limit < (number(metric, "count") ?? 1) || wantsSuccess,
    "less than 'count', or used with consecutiveSuccessLimit: 1",
  );
}

/**
 * For a template that watches in the background alone, the seconds in which it must have said something: infinite where gates decide.
 * `undefined` for one that is a gate, and for one that nobody uses: it is held to what a gate is.
 */
function watchSeconds(template: Resource, rollouts: readonly Resource[]): number | undefined {
  const uses = (analysis: unknown, rollout: Resource): boolean =>
    bags(analysis, "templates").some((entry) => isMeant(template, entry, rollout));
  const watched = rollouts.filter((rollout) => uses(at(canaryOf(rollout), "analysis"), rollout));
  const gating = rollouts.some((rollout) => stepsOf(rollout).some((step) => uses(at(step, "analysis"), rollout)));
  return gating || watched.length === 0 ? undefined : Math.min(...watched.map(shortestUngated));
}

function shortestUngated(rollout: Resource): number {
  const steps = stepsOf(rollout);
  return Math.min(
    ...raisesOf(steps)
      .filter((raise) => needsMeasurement(raise) && !isGated(steps, raise))
      .map(({ at: index, before }) =>
        steps
          .slice(before + 1, index)
          .filter((step) => isSet(step, "pause"))
          .reduce((sum, step) => sum + pauseSeconds(step), 0),
      ),
  );
}

/** A pause without an end waits for a person. */
function pauseSeconds(step: Bag): number {
  const duration = text(step, "pause", "duration");
  return /^\d+$/.test(duration ?? "") ? Number(duration) : secondsOf(duration);
}
