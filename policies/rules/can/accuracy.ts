import { type Expression, type Operation, selectorsIn, within } from "../../promql/syntax.ts";
import { holdsFor } from "./conditions.ts";
import type { Measurement } from "./measurements.ts";
import { sideOf, turns } from "./outcomes.ts";

/*
 * How often two versions are right, which a job pushes by version once labels have come. Queries of it compare the versions; they say
 * nothing of errors and latency.
 */

const PUSHED = ["mlops_online_quality", "mlops_online_quality_samples"];

/** Whether a query asks how often versions are right, of those whose pods are up, and nothing else. */
export const isOfAccuracy = (query: Expression): boolean => {
  const names = selectorsIn(query).map(({ name }) => name);
  return names.some((name) => PUSHED.includes(name)) && names.every((name) => PUSHED.includes(name) || name === "up");
};

/** Whether a version that is never right ends the release, and one that always is does not. */
export function tellsLoss({ failureCondition }: Measurement["conditions"], query: Expression): boolean {
  const [worst, best] = risesWithLoss(query) ? [1, -1] : [-1, 1];
  return (
    failureCondition !== undefined && holdsFor(failureCondition, [worst]) !== false && holdsFor(failureCondition, [best]) !== true
  );
}

/** Whether the answer is larger the less often the new version is right: the old one less the new one, or the sign of the opposite turned. */
function risesWithLoss(query: Expression): boolean {
  const all = within(query);
  const difference = all.find((each): each is Operation => each.kind === "operation" && each.operator === "-");
  return (difference === undefined || sideOf(difference.left) === "old") !== all.some(turns);
}
