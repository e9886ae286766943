import { type Expression, type Operation, partsOf, type Selector, selectorsIn, within } from "../../promql/syntax.ts";
import { answersOf } from "../../promql/values.ts";
import { holdsFor } from "./conditions.ts";
import type { Measurement } from "./measurements.ts";

/*
 * What users make of predictions, which applications count by version (docs/guides/release.md, "An A/B test"). Queries of it compare two
 * versions over days; they say nothing of errors and latency, and have another scale than a share of requests.
 */

/** As applications count them, and as a release records them. */
const EVENTS = ["mlops_business_events_total", "mlops:test_events:increase"];

/** Whether a query asks for events of users and nothing else. */
export const isOfOutcomes = (query: Expression): boolean => {
  const selectors = selectorsIn(query);
  return selectors.length > 0 && selectors.every(({ name }) => EVENTS.includes(name));
};

/** Longest time over which two versions may be compared, seconds: 28 days. */
export const LONGEST_TEST = 2_419_200;

/** A difference that no chance explains, standard errors. */
const CERTAIN = 10;

/**
 * Whether a much worse version ends the release, and a much better one does not: a verdict that only passes or pauses leaves users with the
 * worse version, and one the other way round gives it all of them.
 */
export function tellsWorse({ successCondition, failureCondition }: Measurement["conditions"], query: Expression): boolean {
  const { low, high } = answersOf(query);
  const fails = (answer: number): boolean =>
    failureCondition === undefined
      ? successCondition !== undefined && holdsFor(successCondition, [answer]) !== true
      : holdsFor(failureCondition, [answer]) !== false;
  const passes = (answer: number): boolean => successCondition !== undefined && holdsFor(successCondition, [answer]) !== false;
  const [worst, best] = [Math.max(low, -CERTAIN), Math.min(high, CERTAIN)];
  return fails(worst) && !passes(worst) && !fails(best);
}

/** Whether a difference of two versions is that of the new one less the old one. A query that has no difference is not judged. */
export function isNewLessOld(query: Expression): boolean {
  const all = within(query);
  const difference = all.find(
    (each): each is Operation => each.kind === "operation" && each.operator === "-" && [each.left, each.right].every(counts),
  );
  return (
    difference === undefined || (sideOf(difference.left) === "new" && sideOf(difference.right) === "old" && !all.some(turns))
  );
}

const counts = (part: Expression): boolean => selectorsIn(part).length > 0;

/** Whether an expression has the sign of what it holds turned round. */
const turns = (each: Expression): boolean =>
  (each.kind === "negation" && counts(each.of)) ||
  (each.kind === "operation" && ["*", "/"].includes(each.operator) && [each.left, each.right].some(isNegative));

const isNegative = (each: Expression): boolean =>
  (each.kind === "number" && each.value < 0) || (each.kind === "negation" && each.of.kind === "number");

const VERSION = "model_version";

/** The version whose events an expression counts: one that is named, or all others. */
function sideOf(part: Expression): "new" | "old" | undefined {
  const named = countedIn(part).map(({ matchers }) => {
    const of = matchers.filter(({ label, value }) => label === VERSION && value !== "");
    const [chosen, left] = [
      of.filter((each) => !each.operator.startsWith("!")),
      of.filter((each) => each.operator.startsWith("!")),
    ];
    return chosen.length > 0 ? "new" : left.length > 0 ? "old" : undefined;
  });
  return named.every((each) => each === named[0]) ? named[0] : undefined;
}

/** Selectors whose values are counted, without those that only say when. */
function countedIn(part: Expression): Selector[] {
  if (part.kind === "operation" && ["and", "unless", ">", ">=", "<", "<="].includes(part.operator)) {
    return countedIn(part.left);
  }
  return part.kind === "selector" ? [part] : partsOf(part).flatMap(countedIn);
}
