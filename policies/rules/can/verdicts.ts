import { numberOr } from "../../read.ts";
import { holdsFor } from "./conditions.ts";
import type { Measurement } from "./measurements.ts";
import { countsSuccesses, isShare } from "./queries.ts";

/** Answers by which conditions are tried: shares, and numbers of any size. */
const SHARES = [0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
const NUMBERS = [...SHARES, 10, 1e3, 1e6, 1e9, 1e12];

/** Inconclusive answers above which a measurement never pauses a release. */
const NEVER_PAUSES = 60;

/** A condition that lets too much through, and what it should be. */
export interface Lax {
  field: "successCondition" | "failureCondition";
  want: string;
}

/** What is wrong with the conditions of a measurement; `undefined` where they stop something, or cannot be read. */
export function laxness({ conditions, query, isPrometheus, metric }: Measurement): Lax | undefined {
  const share = isPrometheus && isShare(query);
  const answers = share ? SHARES : NUMBERS;
  const { successCondition, failureCondition } = conditions;
  const always = (holds: boolean, condition: string): boolean => answers.every((each) => holdsFor(condition, [each]) === holds);
  if (successCondition !== undefined && always(true, successCondition)) {
    return { field: "successCondition", want: "a condition that some answers do not meet" };
  }
  // An answer of nothing, and a share of nothing, are no success.
  const blind = successCondition !== undefined && /\b(len|isNaN)\s*\(/.test(successCondition);
  if (blind && [[], [Number.NaN]].some((nothing) => holdsFor(successCondition, nothing) === true)) {
    return { field: "successCondition", want: "a condition that no answer, or NaN, does not meet" };
  }
  const pauses = numberOr(0, metric, "inconclusiveLimit") <= NEVER_PAUSES;
  if (failureCondition !== undefined && (successCondition === undefined || !pauses) && always(false, failureCondition)) {
    return { field: "failureCondition", want: "a condition that some answers meet" };
  }
  if (!share) {
    return undefined;
  }
  // Errors or successes of requests: half of them may not be enough, whichever way the share is counted.
  const passed = (answer: number): boolean | undefined => passes(conditions, answer, pauses);
  const field = successCondition === undefined ? "failureCondition" : "successCondition";
  if (/["'`]\(?[1-5](xx|\.|\[|\\+d)/.test(query) && countsSuccesses(query) && passed(0) === true) {
    return { field, want: "a condition that no successful request at all does not meet" };
  }
  return passed(0.5) === true && (passed(0) === true || passed(1) === true)
    ? { field, want: "a condition that a share of half of all requests does not meet" }
    : undefined;
}

/** Whether an answer lets a release go on. A failure goes before a success, and an answer that is neither pauses it. */
function passes(
  { successCondition, failureCondition }: Measurement["conditions"],
  answer: number,
  pauses: boolean,
): boolean | undefined {
  const failed = failureCondition === undefined ? false : holdsFor(failureCondition, [answer]);
  const succeeded = successCondition === undefined ? true : holdsFor(successCondition, [answer]);
  return failed === undefined || succeeded === undefined ? undefined : !failed && (succeeded || !pauses);
}
