import { type Expression, selectorsIn } from "../../promql/syntax.ts";
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

/** Whether an end of what a query can answer ends the release: a verdict that only passes or pauses leaves users with the worse version. */
export function canFail({ successCondition, failureCondition }: Measurement["conditions"], query: Expression): boolean {
  const { low, high } = answersOf(query);
  return [Math.max(low, -CERTAIN), Math.min(high, CERTAIN)].some((answer) =>
    failureCondition === undefined
      ? successCondition !== undefined && holdsFor(successCondition, [answer]) !== true
      : holdsFor(failureCondition, [answer]) !== false,
  );
}
