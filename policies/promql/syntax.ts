import { once } from "../once.ts";

/** An expression of Prometheus, as a tree. `text` is what was written, without spaces: two expressions of one text mean the same. */
export type Expression = Literal | Quoted | Selector | Subquery | Call | Negation | Operation;

export interface Literal {
  kind: "number";
  value: number;
  text: string;
}

export interface Quoted {
  kind: "string";
  value: string;
  text: string;
}

export interface Matcher {
  label: string;
  operator: string;
  value: string;
}

export interface Selector {
  kind: "selector";
  /** Empty where only labels are said. */
  name: string;
  matchers: readonly Matcher[];
  /** Seconds of its range. @default - its latest value */
  range?: number;
  /** Seconds by which it looks back from now. @default 0 */
  offset?: number;
  /** Whether it looks at one moment, whatever the time is: `@ 0`. */
  isFixed?: boolean;
  text: string;
}

/** An expression over a range: `x[1h:1m]`. */
export interface Subquery {
  kind: "subquery";
  of: Expression;
  range: number;
  offset?: number;
  isFixed?: boolean;
  text: string;
}

/** A function or an aggregation. */
export interface Call {
  kind: "call";
  name: string;
  arguments: readonly Expression[];
  /** Labels by which an aggregation groups, or all but these. @default - one group */
  by?: readonly string[];
  without?: readonly string[];
  text: string;
}

export interface Negation {
  kind: "negation";
  of: Expression;
  text: string;
}

export interface Operation {
  kind: "operation";
  operator: string;
  left: Expression;
  right: Expression;
  /** Whether it answers 0 or 1 instead of choosing. */
  isBool: boolean;
  /** Labels by which the sides are matched. @default - all of them */
  on?: readonly string[];
  text: string;
}

/** Expressions directly below one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "call":
      return expression.arguments;
    case "operation":
      return [expression.left, expression.right];
    case "negation":
    case "subquery":
      return [expression.of];
    default:
      return [];
  }
}

/** An expression and all below it. */
export const within: (expression: Expression) => readonly Expression[] = once((expression) => [
  expression,
  ...partsOf(expression).flatMap(within),
]);

/** Selections of series in an expression. */
export const selectorsIn: (expression: Expression) => readonly Selector[] = once((expression) =>
  within(expression).flatMap((each) => (each.kind === "selector" ? [each] : [])),
);
