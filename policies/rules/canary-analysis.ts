import type { Resource } from "../resource.ts";
import { type Fault, levels, stackRule } from "../rule.ts";
import { canaryOf, gatesOf, isGated, needsMeasurement, ROLLOUT, raisesOf, STEPS, stepsOf } from "./canary-steps.ts";
import { secondsOf } from "./duration.ts";
import { nameOf } from "./istio.ts";
import { namespaceOf } from "./workloads.ts";

const TEMPLATE = "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate";
const CLUSTER_TEMPLATE = "kubernetes:argoproj.io/v1alpha1:ClusterAnalysisTemplate";

/** Whether a Rollout means a template of the stack by a name. */
const isMeant = (template: Resource, { templateName, clusterScope = false }: any, rollout: Resource): boolean =>
  nameOf(template) === templateName &&
  (clusterScope
    ? template.type === CLUSTER_TEMPLATE
    : template.type === TEMPLATE && namespaceOf(template) === namespaceOf(rollout));

/** How often a measurement may go wrong. */
const BOUNDS = { failures: 3, errors: 12, inconclusive: 60 };
type Bounds = typeof BOUNDS;

/**
 * Measured with Argo Rollouts 1.9.1: a query with a misspelt metric found nothing 25 times, its `inconclusiveLimit` of 1000 was never
 * reached, and a version with 30 % errors went to 100 %.
 */
export const boundedMeasurements = stackRule<Bounds>({
  id: "CAN-03",
  title: "Measurements that fail, find nothing or cannot be taken stop a release soon",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 2.4"],
  remediation:
    "Set `failureLimit`, `consecutiveErrorLimit` and `inconclusiveLimit` to small numbers, and `consecutiveSuccessLimit: 1` where the metric has a `count`.",
  parameters: { dev: BOUNDS, staging: BOUNDS, prod: BOUNDS },
  relate: (resources, bounds) => {
    const rollouts = resources.filter(({ type }) => type === ROLLOUT);
    return resources
      .filter(({ type }) => [TEMPLATE, CLUSTER_TEMPLATE].includes(type))
      .flatMap((resource) => {
        const seconds = watchSeconds(resource, rollouts);
        return (resource.inputs.spec.metrics ?? []).flatMap((metric: any, at: number) =>
          [...limitFaults(metric, bounds), ...nothingFaults(metric, seconds, bounds)].map((fault) => ({
            ...fault,
            resource,
            property: `spec.metrics[${at}].${fault.property}`,
          })),
        );
      });
  },
});

function limitFaults({ failureLimit = 0, consecutiveErrorLimit = 4 }: any, { failures, errors }: Bounds): Fault[] {
  const bounded = (property: string, value: unknown, most: number): Fault[] =>
    // Argo Rollouts reads -1 as no limit.
    Number(value) >= 0 && Number(value) <= most ? [] : [{ property, got: String(value), want: `from 0 to ${most}` }];
  return [...bounded("failureLimit", failureLimit, failures), ...bounded("consecutiveErrorLimit", consecutiveErrorLimit, errors)];
}

/**
 * Finding nothing is no verdict, so it must not last. A watch in the background may find nothing for as long as it likes where gates
 * decide about each raise; alone it must end within the shortest pause. A gate that reaches its `count` has passed for Argo
 * Rollouts, on a row of empty answers too, unless it wants a good one.
 */
function nothingFaults(metric: any, seconds: number | undefined, { inconclusive }: Bounds): Fault[] {
  const property = "inconclusiveLimit";
  const limit = Number(metric.inconclusiveLimit ?? 0);
  if (seconds !== undefined) {
    const most = Math.floor(seconds / secondsOf(metric.interval));
    return limit <= most
      ? []
      : [
          {
            property,
            got: String(limit),
            want: `at most ${most}, the measurements of one pause, or behind gates before each raise`,
          },
        ];
  }
  if (limit > inconclusive) {
    return [{ property, got: String(limit), want: `at most ${inconclusive}` }];
  }
  const passesOnNothing = limit >= Number(metric.count ?? 1) && !(Number(metric.consecutiveSuccessLimit ?? 0) > 0);
  return passesOnNothing
    ? [{ property, got: String(limit), want: "less than 'count', or beside consecutiveSuccessLimit: 1" }]
    : [];
}

/**
 * For a template that watches in the background alone, the seconds in which it must have said something: infinite where gates decide.
 * `undefined` for one that is a gate, and for one that nobody uses: it is held to what a gate is.
 */
function watchSeconds(template: Resource, rollouts: readonly Resource[]): number | undefined {
  const uses = (analysis: any, rollout: Resource): boolean =>
    (analysis?.templates ?? []).some((name: any) => isMeant(template, name, rollout));
  const watched = rollouts.filter((rollout) => uses(canaryOf(rollout)?.analysis, rollout));
  const gating = rollouts.some((rollout) => stepsOf(rollout).some((step) => uses(step.analysis, rollout)));
  return gating || watched.length === 0 ? undefined : Math.min(...watched.map(shortestUngated));
}

function shortestUngated(rollout: Resource): number {
  const steps = stepsOf(rollout);
  return Math.min(
    ...raisesOf(steps)
      .filter((raise) => needsMeasurement(raise) && !isGated(steps, raise))
      .map(({ at, before }) =>
        steps.slice(before + 1, at).reduce((sum, step) => sum + ("pause" in step ? pauseSeconds(step.pause) : 0), 0),
      ),
  );
}

/** A pause without an end waits for a person. */
const pauseSeconds = (pause: any): number =>
  typeof pause?.duration === "number" || /^\d+$/.test(pause?.duration ?? "")
    ? Number(pause.duration)
    : secondsOf(pause?.duration);

/**
 * Measured with Argo Rollouts 1.9.1: it writes weights and does not look whether they arrive. With istiod down a release went to its
 * end, the old pods were stopped, and the gateway still sent them 80 % of all requests.
 */
export const servedShare = stackRule({
  id: "CAN-04",
  title: "The share that the gateway really serves is looked at before the last raise, and before the old version goes",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Before `setWeight: 100`, and as last step, put an `analysis` whose query divides the answers of `canaryService` by those of both Services, and that pauses when the share is not the wanted one.",
  relate: (resources) => {
    const templates = resources.filter(({ type }) => [TEMPLATE, CLUSTER_TEMPLATE].includes(type));
    return resources
      .filter((each) => each.type === ROLLOUT && canaryOf(each)?.trafficRouting?.istio !== undefined)
      .flatMap((rollout) => shareFaults(rollout, templates));
  },
});

function shareFaults(resource: Resource, templates: readonly Resource[]): Fault[] {
  const steps = stepsOf(resource);
  const last = raisesOf(steps).at(-1);
  if (last === undefined || last.from === 0) {
    return [];
  }
  const seen = (from: number, to?: number): boolean =>
    steps.slice(from, to).some((step) => gatesOf(step).some((gate) => readsBoth(gate, step.analysis.args, resource, templates)));
  const implied = last.at === steps.length;
  const want = "behind an analysis of the share that is served";
  return [
    ...(seen(last.before + 1, last.at)
      ? []
      : [{ resource, property: implied ? STEPS : `${STEPS}[${last.at}].setWeight`, got: "100 unseen", want }]),
    ...(implied || seen(last.at + 1)
      ? []
      : [{ resource, property: STEPS, got: "100, then unseen", want: "ended by an analysis of the share that is served" }]),
  ];
}

interface Argument {
  name: string;
  value?: string;
}

/** Whether a gate has a query in which the names of both Services stand. */
function readsBoth(gate: any, given: Argument[] = [], rollout: Resource, templates: readonly Resource[]): boolean {
  const { canaryService, stableService } = canaryOf(rollout);
  return templates
    .filter((template) => isMeant(template, gate, rollout))
    .some(({ inputs: { spec } }) => {
      const values = new Map([...(spec.args ?? []), ...given].map(({ name, value }: Argument) => [name, value ?? ""]));
      return spec.metrics.some(({ provider }: any) => {
        const query = queryOf(provider).replaceAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (_, name) => values.get(name) ?? "");
        return query.includes(canaryService) && query.includes(stableService);
      });
    });
}

/** Of Prometheus what it asks; of any other provider everything that it is told. */
const queryOf = (provider: any): string => provider.prometheus?.query ?? JSON.stringify(provider);
