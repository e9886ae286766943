import { PROMETHEUS_RULE } from "../../kubernetes/types.ts";
import { once } from "../../once.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { type Expression, type Operation, selectorsIn, within } from "../../promql/syntax.ts";
import { answersOf } from "../../promql/values.ts";
import { bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isOfAccuracy } from "./accuracy.ts";
import { isOfOutcomes, LONGEST_TEST } from "./outcomes.ts";
import { crookedShare, strangeTime } from "./queries.ts";
import {
  answering,
  boundOf,
  exceptionsIn,
  isOfItself,
  isOfPredictions,
  shareOf,
  strangeLabel,
  strangeOutcome,
} from "./shares.ts";

/** What is wrong with a query, and what it should be. */
interface Strange {
  got: string;
  want: string;
}

/**
 * Why a query says nothing about a version, whatever its conditions are.
 *
 * @param compares whether its answer is a comparison of two versions: nothing where both do alike.
 */
export function strangeness(query: string, expression: Expression, compares: boolean): Strange | undefined {
  if (!compares && isConstant(expression)) {
    return { got: query.slice(0, 60), want: "a query whose answer depends on series" };
  }
  const { presence } = answersOf(expression);
  if (presence === "always") {
    return { got: query.slice(-60), want: "a query without an answer where nothing was measured" };
  }
  if (presence === "never") {
    return { got: query.slice(0, 60), want: "a query that can have an answer" };
  }
  const outcome = strangeOutcome(expression);
  if (outcome !== undefined) {
    return { got: outcome, want: "a query about classes of answers from 1xx to 5xx that tell whether a server fails" };
  }
  const quantile = within(expression).find(isLowQuantile);
  if (quantile !== undefined) {
    return { got: quantile.text, want: "a quantile from 0.5 to 1, as most requests are quick" };
  }
  const isTest = isOfOutcomes(expression);
  const time = strangeTime(query, isTest ? LONGEST_TEST : undefined);
  if (time !== undefined) {
    return { got: time, want: `a query about the last seconds to ${isTest ? "28 days" : "an hour"}` };
  }
  if (isTest || isOfAccuracy(expression)) {
    return undefined;
  }
  const share = shareOf(expression);
  const other = share && otherSeries(expression, share);
  if (other !== undefined) {
    return { got: `an exception by ${other}`, want: "a query whose exceptions look at the same series as its share" };
  }
  const label = share && strangeLabel(share);
  if (label !== undefined) {
    return { got: `'${label}' above alone`, want: "a share whose whole is chosen by the same labels" };
  }
  const crooked =
    share !== undefined && isOfItself(share) ? "the same above as below" : crookedShare(query, answering(expression));
  return crooked === undefined ? undefined : { got: crooked, want: "a share of one time, without a factor" };
}

/** Series that decide whether a share counts, and are not those of the share: they may be there at all times. */
function otherSeries(query: Expression, share: Operation): string | undefined {
  const own = new Set(selectorsIn(share).map(({ name }) => name));
  return exceptionsIn(query)
    .flatMap(({ right }) => selectorsIn(right))
    .find(({ name }) => !own.has(name))?.name;
}

function isLowQuantile(expression: Expression): boolean {
  const [first] = expression.kind === "call" && expression.name === "histogram_quantile" ? expression.arguments : [];
  return first?.kind === "number" && !(first.value >= 0.5 && first.value <= 1);
}

/** Whether a query has the same answer whatever was measured: no share changes it, and nothing else. */
function isConstant(expression: Expression): boolean {
  const all = answersOf(expression);
  const [none, every] = [0, 1].map((share) => answersOf(expression, { share }));
  return (
    selectorsIn(expression).length === 0 ||
    all.low === all.high ||
    (!isOfPredictions(expression) && none?.low === none?.high && every?.low === every?.high && none?.low === every?.low)
  );
}

/** Longest time that anybody may call quick where no rule says more, milliseconds. */
const LONGEST = 30_000;

/** How much longer a release may call quick what the alerts of the stack call slow. */
const NEAR = 2;

/** A measurement of quick answers that calls everything quick. */
export function tooSlow(expression: Expression, stack: readonly Resource[]): Strange | undefined {
  for (const selector of selectorsIn(expression)) {
    const bound = boundOf(selector);
    const alerted = bound === undefined ? [] : (boundsAmong(stack).get(selector.name) ?? []);
    const most = alerted.length > 0 ? NEAR * Math.max(...alerted) : /_seconds/.test(selector.name) ? LONGEST / 1000 : LONGEST;
    if (bound !== undefined && !(bound <= most)) {
      return { got: `answers of up to ${bound}`, want: `a query that calls quick what takes at most ${most}, as the alerts do` };
    }
  }
  return undefined;
}

/** Bounds of histograms that the rules of a stack read, by the name of the series. */
const boundsAmong = once((stack: readonly Resource[]): ReadonlyMap<string, number[]> => {
  const read = stack
    .filter(({ type }) => type === PROMETHEUS_RULE)
    .flatMap(({ inputs }) => bags(inputs, "spec", "groups").flatMap((group) => bags(group, "rules")))
    .flatMap((rule) => {
      const expression = parsedQuery(text(rule, "expr") ?? "");
      return expression === undefined ? [] : selectorsIn(expression);
    });
  return new Map(
    [...Map.groupBy(read, ({ name }) => name)].map(([name, all]) => [name, all.flatMap((each) => boundOf(each) ?? [])]),
  );
});
