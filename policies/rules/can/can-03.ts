import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { at, type Bag, bags, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { canaryOf, isGated, needsMeasurement, pauseSeconds, raisesOf, stepsOf } from "./rollouts.ts";
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
  types: [ROLLOUT, "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "kubernetes:argoproj.io/v1alpha1:ClusterAnalysisTemplate"],
  relate: (resources, bounds) => {
    const rollouts = resources.filter(({ type }) => type === ROLLOUT);
    return ofEach(templatesAmong(resources), (template) =>
      together(
        bags(template.inputs, "spec", "metrics").flatMap((metric, index) => {
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

/** Place of a measurement. */
interface Place {
  resource: Resource;
  path: string;
}

/** Argo Rollouts' defaults for fields that a measurement leaves out. */
const DEFAULTS = { failureLimit: 0, consecutiveErrorLimit: 4, inconclusiveLimit: 0 };

/** The value of a limit, or its default. */
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
  return [
    ...bounded("failureLimit", failures),
    ...unreached(metric, { resource, path }),
    ...bounded("consecutiveErrorLimit", errors),
  ];
}

/** A measurement is a success once it reaches its `count`: more failures than that can never come (argo-rollouts, analysis/analysis.go). */
function unreached(metric: Bag, { resource, path }: Place): Fault[] {
  const limit = limitOf(metric, "failureLimit");
  const count = number(metric, "count") ?? (isSet(metric, "interval") ? Number.POSITIVE_INFINITY : 1);
  return unless(limit < count || wantsSuccess(metric), {
    resource,
    property: `${path}.failureLimit`,
    got: String(limit),
    want: "less than 'count', or used with consecutiveSuccessLimit: 1",
  });
}

const wantsSuccess = (metric: Bag): boolean => (number(metric, "consecutiveSuccessLimit") ?? 0) > 0;

/**
 * An empty answer is not a verdict, so a measurement must not stay empty for long. A background measurement may stay empty if an analysis
 * step decides about each increase; otherwise it must end within the shortest pause. Argo Rollouts passes an analysis step that reaches
 * its `count`, even with empty answers only, unless the step requires a success.
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
  return bounded(
    limit < (number(metric, "count") ?? 1) || wantsSuccess(metric),
    "less than 'count', or used with consecutiveSuccessLimit: 1",
  );
}

/**
 * Seconds within which a template must give a verdict if it is used only in the background; infinite if analysis steps decide.
 * `undefined` for a template of an analysis step, and for an unused template: the limits of an analysis step apply to both.
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
