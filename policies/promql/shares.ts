import { chooses } from "./matchers.ts";
import type { Call, Expression, Matcher, Selector } from "./syntax.ts";

/** Whether an expression counts a part of what another counts, so that their quotient is a share from 0 to 1. */
export function isPartOf(part: Expression, whole: Expression): boolean {
  const [above, below] = [counted(part), counted(whole)];
  if (below.kind === "operation" && below.operator === "+") {
    return isPartOf(above, below.left) || isPartOf(above, below.right);
  }
  if (above.kind === "call" && below.kind === "call" && above.name === below.name && SUMS.has(above.name)) {
    return isPartOf(above.arguments[0] as Expression, below.arguments[0] as Expression);
  }
  return above.kind === "selector" && below.kind === "selector" && isSome(above, below);
}

const SUMS = new Set([
  "sum",
  "count",
  "rate",
  "irate",
  "increase",
  "delta",
  "clamp_min",
  "label_replace",
  "sum_over_time",
  "last_over_time",
]);

/** Without what stands for nothing where there is no series, without a lower bound, and without a rounding. */
export function counted(expression: Expression): Expression {
  if (expression.kind !== "operation") {
    return expression;
  }
  const { operator, left, right } = expression;
  const isAlternative = operator === "or" && (isNothing(right) || isNothing(left));
  const isBounded = [">", ">="].includes(operator) && right.kind === "number" && !expression.isBool;
  return isAlternative || isBounded ? counted(isNothing(left) ? right : left) : expression;
}

const isNothing = (expression: Expression): boolean =>
  (expression.kind === "call" && expression.name === "vector" && valueOf(expression) === 0) ||
  (expression.kind === "operation" && expression.operator === "*" && [expression.left, expression.right].some(isZero));

const isZero = (expression: Expression): boolean => expression.kind === "number" && expression.value === 0;

const valueOf = ({ arguments: [value] }: Call): number | undefined => (value?.kind === "number" ? value.value : undefined);

/** Counts of a histogram are of one family: `_bucket` with all its bounds counts what `_count` counts. */
export const familyOf = (name: string): string => name.replace(/_(bucket|count)$/, "");

function isSome(part: Selector, whole: Selector): boolean {
  return (
    familyOf(part.name) === familyOf(whole.name) &&
    part.range === whole.range &&
    part.offset === whole.offset &&
    whole.matchers.every((each) => isKept(each, part.matchers))
  );
}

/** Whether what a matcher of the whole leaves out is left out by the part too. */
function isKept(matcher: Matcher, own: readonly Matcher[]): boolean {
  const { label, operator, value } = matcher;
  return (
    (label === "le" && value === "+Inf") ||
    own.some(
      (each) =>
        each.label === label &&
        ((each.operator === operator && each.value === value) ||
          (each.operator === "=" && chooses(matcher, each.value)) ||
          (operator === "!=" && value === "")),
    )
  );
}
