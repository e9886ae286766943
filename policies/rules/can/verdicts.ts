import { counted } from "../../promql/shares.ts";
import type { Answers } from "../../promql/spans.ts";
import { type Expression, type Operation, selectorsIn, within } from "../../promql/syntax.ts";
import { answersOf, type Known } from "../../promql/values.ts";
import { numberOr } from "../../read.ts";
import { holdsFor } from "./conditions.ts";
import type { Measurement } from "./measurements.ts";
import { isOfOutcomes, tellsWorse } from "./outcomes.ts";
import { exceptionsIn, meaningOf, shareOf } from "./shares.ts";

/** Answers by which conditions are tried, besides the numbers that they name. */
const NUMBERS = [0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1, 10, 1e3, 1e6, 1e9, 1e12];

/** Inconclusive answers above which a measurement never pauses a release. */
export const NEVER_PAUSES = 60;

/** Share of bad requests that no version may have, and others above it: a condition may name some numbers and leave the next ones out. */
const TOO_MANY = 0.3;
const FAR_TOO_MANY = [TOO_MANY, 0.3137, 0.4142, 0.5, 0.618, 0.7321, 0.87, 0.9713];

/**
 * Answers without a value on which a condition must be tried. One that takes the first answer ends in an error where there is none, unless it
 * asks before; one about all answers holds. A quantile of no request is NaN.
 */
function nothingFor(condition: string, query: Expression | undefined): number[][] {
  const asks = /\b(len|isNaN)\s*\(/.test(condition);
  const isOfQuantile =
    query !== undefined && within(query).some((each) => each.kind === "call" && each.name === "histogram_quantile");
  return [...(asks || /\b(all|any|none)\s*\(/.test(condition) ? [[]] : []), ...(asks || isOfQuantile ? [[Number.NaN]] : [])];
}

/** A condition that lets too much through, and what it should be. */
export interface Lax {
  field: "successCondition" | "failureCondition";
  want: string;
}

/** Whether a condition is written in a way that is not read here. */
export const isUnread = ({ conditions }: Measurement): Lax["field"] | undefined =>
  (["successCondition", "failureCondition"] as const).find(
    (field) => conditions[field] !== undefined && holdsFor(conditions[field], [0.5]) === undefined,
  );

/** Whether what a query makes of a share depends on more than the share: nobody can say then which shares pass. */
export const isUndecided = (query: Expression, ofOld: readonly Operation[]): boolean =>
  [0, TOO_MANY, 0.5, 1 - TOO_MANY, 1].some((share) => answersTo(query, share, ofOld).includes(undefined));

/** What is wrong with the conditions of a measurement; `undefined` where they stop something, or cannot be read. */
export function laxness(
  { conditions, metric }: Measurement,
  query: Expression | undefined,
  ofOld: readonly Operation[] = [],
): Lax | undefined {
  const { successCondition, failureCondition } = conditions;
  const answers = possible(conditions, query);
  const always = (holds: boolean, condition: string): boolean => answers.every((each) => holdsFor(condition, [each]) === holds);
  if (successCondition !== undefined && always(true, successCondition)) {
    return { field: "successCondition", want: "a condition that some answers do not meet" };
  }
  if (successCondition !== undefined && always(false, successCondition)) {
    return { field: "successCondition", want: "a condition that some answers meet" };
  }
  // An answer of nothing, and a share of nothing, are no success.
  if (
    successCondition !== undefined &&
    nothingFor(successCondition, query).some((each) => holdsFor(successCondition, each) === true)
  ) {
    return { field: "successCondition", want: "a condition that no answer, or NaN, does not meet" };
  }
  const pauses = numberOr(0, metric, "inconclusiveLimit") <= NEVER_PAUSES;
  if (failureCondition !== undefined && (successCondition === undefined || !pauses) && always(false, failureCondition)) {
    return { field: "failureCondition", want: "a condition that some answers meet" };
  }
  if (query !== undefined && isOfOutcomes(query) && !tellsWorse(conditions, query)) {
    return { field: "failureCondition", want: "a condition that a much worse version meets, and a better one does not" };
  }
  const want = query === undefined ? undefined : lenience(query, ofOld, { conditions, pauses });
  return want === undefined
    ? undefined
    : { field: successCondition === undefined ? "failureCondition" : "successCondition", want };
}

/** Numbers that a query can answer with: those around what its conditions name too. */
function possible({ successCondition, failureCondition }: Measurement["conditions"], query: Expression | undefined): number[] {
  const named = [...`${successCondition} ${failureCondition}`.matchAll(/\d+\.?\d*(?:e[+-]?\d+)?|\.\d+/gi)].map(Number);
  const near = named.flatMap((each) => [each, each * (1 - 1e-9), each * (1 + 1e-9)]);
  if (query === undefined) {
    return [...NUMBERS, ...near];
  }
  const { low, high } = answersOf(query);
  const all = [...NUMBERS, ...near, ...near.map((each) => -each), low, high, (low + high) / 2];
  return all.filter((each) => Number.isFinite(each) && each >= low && each <= high);
}

/**
 * A share of failures must stop a release long before half of all requests fail, whatever the query makes of it: `q - 1`, `q / 1000`.
 * Which way it counts is known by what it counts, and else by which end of it passes.
 */
function lenience(
  query: Expression,
  ofOld: readonly Operation[],
  { conditions, pauses }: Pick<Measurement, "conditions"> & { pauses: boolean },
): string | undefined {
  const share = shareOf(query);
  if (share === undefined) {
    return undefined;
  }
  const passed = (value: number): boolean =>
    answersTo(query, value, ofOld).some((answer) => answer !== undefined && passes(conditions, answer, pauses) === true);
  const meaning = meaningOf(share);
  if (meaning === "successes" ? passed(0) : meaning === "failures" && passed(1)) {
    return "a condition that no successful request at all does not meet";
  }
  if (meaning === undefined && isOfSeveral(share)) {
    return passed(0) ? "a condition that no request at all to the new version does not meet" : undefined;
  }
  const few = meaning !== "failures" && passed(1) && FAR_TOO_MANY.some((bad) => passed(1 - bad));
  const many = meaning !== "successes" && passed(0) && FAR_TOO_MANY.some(passed);
  return few || many || (passed(0.5) && (passed(0) || passed(1)))
    ? `a condition that ${TOO_MANY * 100} % of bad requests do not meet`
    : undefined;
}

/** Whether the whole of a share is counted at several Services: it says where requests go, and a part of them is as it should be. */
const isOfSeveral = ({ right }: Operation): boolean =>
  new Set(selectorsIn(right).map(({ matchers }) => JSON.stringify(matchers))).size > 1;

/** Shares of bad requests that an old version may have while a new one with 30 % of them is judged, and while one with nothing else is. */
const FAILURES_OF_OLD = [0, 0.02];
const MORE_FAILURES_OF_OLD = [...FAILURES_OF_OLD, 0.03, 0.05, 0.1];

/** Requests of which a share is judged besides the fewest that there must be. */
const REQUESTS = [400, 1_500, 20_000, 1e6];

/**
 * The answers of a query of which a share has a value: beside old versions that do well, and of few and of many requests.
 *
 * @param ofOld shares in it that say the same of the old version.
 * @returns for each of these cases the answer; `undefined` where it depends on more.
 */
function answersTo(query: Expression, share: number, ofOld: readonly Operation[]): (readonly number[] | undefined)[] {
  const judged = shareOf(query);
  if (judged === undefined) {
    return [];
  }
  const exceptions = exceptionsIn(query);
  const compares = exceptions.length > 0;
  const isAll = share === 0 || share === 1;
  // Without old versions in it a query answers alike beside all of them.
  const beside = ofOld.length === 0 ? [0] : isAll && compares ? MORE_FAILURES_OF_OLD : FAILURES_OF_OLD;
  return (compares ? [fewestIn(judged.right), ...REQUESTS] : REQUESTS.slice(-1)).flatMap((requests) =>
    beside.flatMap((failures) => {
      const old = ofOld.map((each): [string, number] => [each.text, meaningOf(each) === "successes" ? 1 - failures : failures]);
      const known = { share, values: new Map([...old, [judged.text, share], [counted(judged.right).text, requests]]) };
      const answer = answerOf(answersOf(query, known));
      return exceptions.some((each) => mayHide(each, known)) ? [answer, []] : [answer];
    }),
  );
}

/** Whether an exception may leave a share out: nobody can be sure of an answer then. */
function mayHide({ operator, right }: Operation, known: Known): boolean {
  const { presence } = answersOf(right, known);
  return operator === "unless" ? presence !== "never" : presence !== "always";
}

/** What the whole of a share is at least, in its own unit. */
const fewestIn = (whole: Expression): number =>
  whole.kind === "operation" && whole.operator.startsWith(">") && whole.right.kind === "number" ? whole.right.value : 1;

/** The answer of a query where only one is possible; `undefined` where that depends on more than the share. */
const answerOf = ({ low, high, presence }: Answers): readonly number[] | undefined =>
  presence === "never" ? [] : low === high ? [low] : undefined;

/** Whether an answer lets a release go on. A failure goes before a success, and an answer that is neither pauses it. */
export function passes(
  { successCondition, failureCondition }: Measurement["conditions"],
  answer: readonly number[],
  pauses: boolean,
): boolean | undefined {
  const failed = failureCondition === undefined ? false : holdsFor(failureCondition, answer);
  const succeeded = successCondition === undefined ? true : holdsFor(successCondition, answer);
  return failed === undefined || succeeded === undefined ? undefined : !failed && (succeeded || !pauses);
}
