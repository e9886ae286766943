import { unknownIn } from "../../promql/calls.ts";
import { CHANGES } from "../../promql/functions.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { type Expression, type Operation, partsOf, selectorsIn, within } from "../../promql/syntax.ts";
import { answersOf, choicesOf, type Known } from "../../promql/values.ts";
import type { Bag } from "../../read.ts";
import { bags, text } from "../../read.ts";
import { unreachable } from "./limits.ts";

/** What is wrong with the expression of an alert, and what it should be. */
export interface Senseless {
  got: string;
  want: string;
}

/** Expressions that groups of rules record, by the name of their series. */
export const recordsOf = (groups: readonly Bag[]): ReadonlyMap<string, Expression> =>
  new Map(
    groups
      .flatMap((group) => bags(group, "rules"))
      .flatMap((rule): [string, Expression][] => {
        const [name, expression] = [text(rule, "record"), parsedQuery(text(rule, "expr") ?? "")];
        return name === undefined || expression === undefined ? [] : [[name, expression]];
      }),
  );

/** Whether an alert uses a function that is not known here. */
export function isOpen(expr: string): boolean {
  const expression = parsedQuery(expr);
  return expression !== undefined && unknownIn(expression) !== undefined;
}

/** Why an alert never fires in time, or fires at all times; `undefined` where it can do both. */
export function senseless(name: string, expr: string, records: Known["records"] = new Map()): Senseless | undefined {
  const expression = parsedQuery(expr);
  if (expression === undefined) {
    return { got: expr || "nothing", want: "an expression in PromQL" };
  }
  if (selectorsIn(expression).length === 0) {
    return { got: expr, want: "an expression that reads a series" };
  }
  const known = { records };
  const { presence, isChosen } = answersOf(expression, known);
  if (presence === "never") {
    return { got: expr, want: "an expression that some values of its series meet" };
  }
  if (presence === "always" || !(isChosen || isPlain(expression, known))) {
    return { got: expr, want: "an expression that some values of its series do not meet" };
  }
  const limit = unreachable(expression);
  return limit === undefined
    ? (late(expression) ?? tooShort(expression) ?? reversed(name, expression))
    : { got: limit.got, want: `compared with what a series of ${limit.most} reaches` };
}

/** A series alone: that there is one is what the alert is about. Some series are always there. */
function isPlain(expression: Expression, known: Known): boolean {
  if (expression.kind === "operation" && expression.operator === "or") {
    return [expression.left, expression.right].every(
      (side) => isPlain(side, known) || answersOf(side, known).presence === "never" || answersOf(side, known).isChosen,
    );
  }
  return expression.kind === "selector"
    ? expression.name !== "up" && expression.name !== ""
    : expression.kind === "call" && KEEPING.has(expression.name) && isPlain(expression.arguments[0] as Expression, known);
}

const KEEPING = new Set(["label_replace", "label_join", "max", "min", "group", "last_over_time", "present_over_time", "sort"]);

/** Longest time ago, seconds, that an alert may look at alone. */
const LONG_AGO = 3600;

function late(expression: Expression): Senseless | undefined {
  const moments = agesOf(expression, 0);
  const youngest = Math.min(...moments);
  return youngest < LONG_AGO
    ? undefined
    : { got: Number.isFinite(youngest) ? `offset ${youngest}s` : "@", want: "an expression about what is now, too" };
}

/** How long ago the series of an expression are looked at, seconds; for ever where it is one moment. */
function agesOf(expression: Expression, age: number): number[] {
  const { offset = 0, isFixed = false } = expression.kind === "selector" || expression.kind === "subquery" ? expression : {};
  const own = isFixed ? Number.POSITIVE_INFINITY : age + offset;
  return expression.kind === "selector" ? [own] : partsOf(expression).flatMap((part) => agesOf(part, own));
}

/** Two scrapes of what is scraped most often, seconds: a change lies between two values. */
const TWO_SCRAPES = 30;

function tooShort(expression: Expression): Senseless | undefined {
  const found = within(expression)
    .flatMap((each) => (each.kind === "call" && CHANGES.has(each.name) ? each.arguments : []))
    .find((each) => each.kind === "selector" && each.range !== undefined && each.range < TWO_SCRAPES);
  return found && { got: found.text, want: `a range of at least ${TWO_SCRAPES}s, in which there are two values` };
}

/** Alerts about too much, by their names. */
const HIGH = /(High|TooMany|Exceeded|Saturated|Drift|Slow)$/;

/** Series of what goes wrong, by their names. */
const BAD = /(error|failed|failure|slow|drop)s?\w*:(ratio|share|rate)\w*$/;

/** An alert about too much that fires where there is little, or nothing. */
function reversed(name: string, expression: Expression): Senseless | undefined {
  const found = choicesOf(expression).find((each) => {
    const low = lowSide(each);
    return (
      low !== undefined && selectorsIn(low).length > 0 && (HIGH.test(name) || selectorsIn(low).some((own) => BAD.test(own.name)))
    );
  });
  return found && { got: found.text, want: "a comparison that holds where there is too much" };
}

/** What must be small for a comparison with a number to hold. */
function lowSide({ operator, left, right }: Operation): Expression | undefined {
  const isLimit = (side: Expression): boolean => selectorsIn(side).length === 0;
  return operator.startsWith("<") && isLimit(right) ? left : operator.startsWith(">") && isLimit(left) ? right : undefined;
}
