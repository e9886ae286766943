import { once } from "../../once.ts";
import { chooses } from "../../promql/matchers.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { counted, familyOf } from "../../promql/shares.ts";
import { type Expression, type Matcher, type Operation, type Selector, selectorsIn, within } from "../../promql/syntax.ts";
import { isOfAccuracy } from "./accuracy.ts";
import { isOfOutcomes } from "./outcomes.ts";

/**
 * The quotient of counts of one kind in a query, wherever it stands; `undefined` where there is none, and where it counts what was predicted,
 * what users made of it, or how often it was right: that says nothing of how requests ended.
 */
export const shareOf = (query: string | Expression): Operation | undefined => {
  const expression = typeof query === "string" ? parsedQuery(query) : query;
  return expression === undefined || [isOfPredictions, isOfOutcomes, isOfAccuracy].some((isOf) => isOf(expression))
    ? undefined
    : within(expression).find(
        (each): each is Operation => isQuotient(each) && ![...within(each.left), ...within(each.right)].some(isQuotient),
      );
};

const isQuotient = (each: Expression): each is Operation =>
  each.kind === "operation" && each.operator === "/" && isOfOneKind(each);

/** Whether a query asks what was predicted and nothing else: it compares many shares, one for each bin. */
export const isOfPredictions = (query: Expression): boolean => {
  const selectors = selectorsIn(query);
  return selectors.length > 0 && selectors.every(({ name }) => name.startsWith("model_prediction_"));
};

function isOfOneKind({ left, right }: Operation): boolean {
  const families = selectorsIn(right).map(({ name }) => familyOf(name));
  return selectorsIn(left).some(({ name }) => families.includes(familyOf(name)));
}

/** The exceptions in a query: `x unless y` answers with x where there is no y, and `x and y` where there is one. */
export const exceptionsIn = (query: Expression): Operation[] =>
  within(query).filter(
    (each): each is Operation => each.kind === "operation" && (each.operator === "unless" || each.operator === "and"),
  );

/** The text of a query without what follows `unless`, which only says when there is no answer. */
export const answering = (query: Expression): string =>
  exceptionsIn(query)
    .filter(({ operator }) => operator === "unless")
    .reduceRight((text, { left, ...exception }) => text.replace(exception.text, left.text), query.text);

/** Why a share does not say how large a part of the whole is: the same is counted on both sides. */
export const isOfItself = ({ left, right }: Operation): boolean => counted(left).text === counted(right).text;

/** Labels that say what became of a request. */
const OUTCOME = /^((response|status|http|http_response_status|http_status)_)?code(_class)?$|^status$/;
const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const CODES = Array.from({ length: 500 }, (_, index) => String(index + 100));

/** Whether a matcher chooses by what became of a request, or by how long it took. */
export const isOutcome = ({ label }: Matcher): boolean => OUTCOME.test(label) || label === "le";

/** First digits of the answers that a selection counts; `undefined` where it selects by no code. */
export const outcomesOf: (selector: Selector) => string | undefined = once(({ matchers }) => {
  const asked = matchers.filter(({ label, value }) => OUTCOME.test(label) && /[1-9]/.test(value));
  const isClass = asked.some(({ label }) => label.endsWith("_class"));
  const found = (isClass ? CLASSES : [...CODES, ...CLASSES]).filter((code) => asked.every((each) => chooses(each, code)));
  return asked.length === 0 ? undefined : [...new Set(found.map((code) => code.charAt(0)))].join("");
});

/** A choice of answers that tells neither the failures of a server nor its successes. */
export function strangeOutcome(query: Expression): string | undefined {
  const strange = selectorsIn(query).find((each) => !/[25]/.test(outcomesOf(each) ?? "5") || isPartOfFailures(each));
  return strange?.matchers
    .filter(({ label }) => OUTCOME.test(label))
    .map(({ label, operator, value }) => `${label}${operator}"${value}"`)
    .join(",");
}

/** Answers of a server that crashed, that is not there, or that is too slow, besides its own mistakes. */
const FAILURES = ["500", "502", "503", "504"];

/** Whether a selection takes some of these answers and leaves others out. */
function isPartOfFailures({ matchers }: Selector): boolean {
  const asked = matchers.filter(({ label, value }) => OUTCOME.test(label) && !label.endsWith("_class") && /[1-9]/.test(value));
  const chosen = CODES.filter((code) => code.startsWith("5") && asked.every((each) => chooses(each, code)));
  return asked.length > 0 && chosen.length > 0 && !FAILURES.every((code) => chosen.includes(code));
}

/** Matchers by which a selection has no failures of a server: what they are compared with below a share cannot grow with them. */
export const leavesFailuresOut = (selector: Selector): Matcher[] =>
  (outcomesOf(selector) ?? "5").includes("5") ? [] : selector.matchers.filter(({ label }) => OUTCOME.test(label));

/** A label by which a share counts only some of the failures: the whole does not have it, and another says what became of a request. */
export function strangeLabel({ left, right }: Operation): string | undefined {
  const whole = new Set(selectorsIn(right).flatMap(({ matchers }) => matchers.map(({ label }) => label)));
  return selectorsIn(left)
    .filter(({ matchers }) => matchers.some(isOutcome))
    .flatMap(({ matchers }) => matchers)
    .find((each) => !each.operator.startsWith("!") && !whole.has(each.label) && !isOutcome(each))?.label;
}

/** What a large share means: that requests fail, that they do well, or that nobody knows. */
export function meaningOf({ left }: Operation): "failures" | "successes" | undefined {
  const selectors = selectorsIn(left);
  const outcomes = selectors.flatMap((each) => outcomesOf(each) ?? []).join("");
  if (outcomes !== "" && outcomes.includes("5") !== outcomes.includes("2")) {
    return outcomes.includes("5") ? "failures" : "successes";
  }
  return selectors.some((each) => boundOf(each) !== undefined) ? "successes" : undefined;
}

/** Bounds that histograms of the mesh have, besides those that a text names. */
const BOUNDS = [0.5, 1, 5, 10, 25, 50, 100, 200, 250, 300, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000];

/** The longest time that a selection counts as quick; `undefined` where it counts all. */
export const boundOf: (selector: Selector) => number | undefined = once(({ matchers }) => {
  const asked = matchers.filter(({ label, value }) => label === "le" && value !== "+Inf" && value !== "");
  const named = asked.flatMap(({ value }) => [...value.matchAll(/\d+(\.\d+)?/g)].map(([written]) => Number(written)));
  const found = [...BOUNDS, ...named].filter((bound) =>
    asked.every((each) => chooses(each, String(bound)) || chooses(each, `${bound}.0`)),
  );
  return asked.length === 0 ? undefined : Math.max(...found);
});

/** Whether a matcher names one of some words, alone or as the beginning of a name with a namespace. */
export type Names = (matcher: Matcher) => boolean;

/** Whether a selection of the new version takes series of the old one too: its expression accepts them. */
export function takesBoth({ matchers }: Selector, isNew: Names, old: readonly string[]): boolean {
  const naming = matchers.filter((each) => !each.operator.startsWith("!") && isNew(each));
  return naming.length > 0 && naming.every((each) => old.some((value) => chooses(each, value)));
}
