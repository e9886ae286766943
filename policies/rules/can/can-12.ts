import { type Fault, type Finding, ofEach } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { parsedQuery } from "../../promql/parse.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { type Analysis, analysesOf, type Measurement, measurementsOf } from "./measurements.ts";
import { isOfOutcomes } from "./outcomes.ts";
import { canaryOf, firstRequests, needsMeasurement, raisesOf, STEPS, stepsOf } from "./rollouts.ts";
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
  const measuredBy = (some: readonly Analysis[]): Measurement[] =>
    some.flatMap((each) => measurementsOf(each, resource, templates));
  const first = firstRequests(steps);
  const raises = raisesOf(steps).filter((raise) => needsMeasurement(raise) && raise.at > first);
  const told = raises.map(({ at, before, from, to }) => {
    const gates = analyses.filter(({ step }) => step > Math.max(before, first) && step < at);
    return {
      measured: measuredBy(gates.length > 0 ? gates : background),
      property: at === steps.length ? STEPS : `${STEPS}[${at}].setWeight`,
      got: `${from} to ${to} without`,
    };
  });
  const watch = { measured: measuredBy(background), property: "spec.strategy.canary.analysis.templates", got: "a watch without" };
  const seen = new Set<string>();
  return [...told, watch]
    .flatMap(({ measured, property, got }): Fault[] => {
      // What another system measures is not in the program, and a template of another stack is CAN-08's.
      const isKnown = measured.length > 0 && measured.every(({ isPrometheus }) => isPrometheus);
      const missing = by.filter((signal) => isKnown && !measured.some((each) => !each.isDry && asksFor(each, signal)));
      // A template that has one of them lacks the other; one that has neither is the wrong one.
      const partial = measured.find((each) => by.some((signal) => asksFor(each, signal)));
      return missing.length === 0
        ? []
        : partial === undefined || partial.isDry
          ? [
              {
                resource,
                property,
                got: `${got} ${missing.join(" and ")}`,
                want: `preceded by measurements of ${by.join(" and ")}`,
              },
            ]
          : [
              {
                ...partial.template,
                got: `no ${missing.join(" and ")}`,
                want: `measurements of ${by.join(" and ")}, which decide about increases`,
              },
            ];
    })
    .filter(({ resource: place, property, got }) => {
      const key = `${place?.address} ${property} ${got}`;
      return !seen.has(key) && Boolean(seen.add(key));
    });
}

/** The name of a Service in the mesh, and its port: 50051 is no code of an error. */
const CLUSTER = /cluster_name\s*[!=]~?\s*(["'`]).*?\1/g;

/** An event of users may be called anything. */
function asksFor({ query }: Measurement, signal: Signal): boolean {
  const expression = parsedQuery(query);
  return (expression === undefined || !isOfOutcomes(expression)) && SIGNALS[signal].test(query.replaceAll(CLUSTER, ""));
}
