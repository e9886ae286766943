import { calledOn } from "./calls.ts";
import { isPartOf } from "./shares.ts";
import { type Answers, arithmetic, compared, type Span, span } from "./spans.ts";
import { type Expression, type Operation, type Selector, selectorsIn } from "./syntax.ts";

/** What is known of an expression besides its text. */
export interface Known {
  /** Expressions that rules record, by the name of their series. */
  records?: ReadonlyMap<string, Expression>;
  /** Value of each share of a whole in it. @default - any from 0 to 1 */
  share?: number;
  /** Values of some expressions, by their texts: they are there at all times. */
  values?: ReadonlyMap<string, number>;
  /** Values that some series have, by their names. @default - any that they can have */
  seriesValue?: (name: string, matchers: Selector["matchers"]) => number | undefined;
  /** Whether each selection is of one series, so that a sum is its value. @default - where a share is known */
  isAlone?: boolean;
  /** Whether nothing is measured that is below nothing. @default false */
  isPositive?: boolean;
  /** Names of records on the way, so that one that reads itself ends. */
  within?: readonly string[];
}

/** The answers that an expression can have. They hold for sure; not each of them needs to be possible. */
export function answersOf(expression: Expression, known: Known = {}): Answers {
  const value = known.values?.get(expression.text);
  if (value !== undefined) {
    return { ...span(value), presence: "always", isChosen: false };
  }
  switch (expression.kind) {
    case "number":
      return { ...span(expression.value), presence: "always", isChosen: false };
    case "string":
      return { ...span(0), presence: "always", isChosen: false };
    case "selector":
      return ofSeries(expression, known);
    case "subquery":
      return answersOf(expression.of, known);
    case "negation": {
      const { low, high, ...rest } = answersOf(expression.of, known);
      return { ...rest, low: -high, high: -low };
    }
    case "call":
      return calledOn(expression, (part) => answersOf(part, known), known.isAlone ?? known.share !== undefined);
    default:
      return ofOperation(expression, known);
  }
}

/** What series of some names can be, the first that fits. */
const NAMES: readonly [RegExp, Span][] = [
  [/^(up|probe_success|.*:(ratio|share)\w*|.*_ratio)$/, { low: 0, high: 1 }],
  [
    /(_total|_count|_bucket|_info|_created|_bytes|_timestamp_seconds|_requests|_replicas|_limits)$/,
    span(0, Number.POSITIVE_INFINITY),
  ],
  [/^envoy_\w+_rq\w*$/, span(0, Number.POSITIVE_INFINITY)],
];

const ANY = span(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

function ofSeries({ name, matchers }: Selector, known: Known): Answers {
  const { records, within = [], seriesValue, isPositive = false } = known;
  const given = seriesValue?.(name, matchers);
  if (given !== undefined) {
    return { ...span(given), presence: "maybe", isChosen: false };
  }
  const recorded = within.includes(name) ? undefined : records?.get(name);
  const found = recorded && answersOf(recorded, { ...known, within: [...within, name] });
  const [, usual = ANY] = NAMES.find(([pattern]) => pattern.test(name)) ?? [];
  const low = isPositive ? Math.max(0, usual.low) : usual.low;
  return { low: found?.low ?? low, high: found?.high ?? usual.high, presence: "maybe", isChosen: false };
}

const both = (left: Answers, right: Answers): Pick<Answers, "presence" | "isChosen"> => ({
  presence:
    left.presence === "never" || right.presence === "never"
      ? "never"
      : left.presence === "always" && right.presence === "always"
        ? "always"
        : "maybe",
  isChosen: left.isChosen || right.isChosen,
});

function ofOperation(operation: Operation, known: Known): Answers {
  const { operator, left, right, isBool } = operation;
  const [one, other] = [answersOf(left, known), answersOf(right, known)];
  switch (operator) {
    case "and":
      return isContradiction(left, right, known) ? { ...one, presence: "never" } : { ...one, ...both(one, other) };
    case "unless":
      return without(operation, one, other);
    case "or":
      return either(one, other);
    case "==":
    case "!=":
    case ">":
    case "<":
    case ">=":
    case "<=": {
      const isNumber = left.kind === "number" || selectorsIn(left).length === 0;
      const { holds, kept } = isNumber && !isBool ? mirrored(operator, one, other) : compared(operator, one, other);
      if (left.text === right.text) {
        const same = ["==", ">=", "<="].includes(operator);
        return { ...one, ...both(one, other), ...(same || isBool ? {} : { presence: "never" }) };
      }
      if (isBool) {
        return { ...(holds === undefined ? span(0, 1) : span(holds ? 1 : 0)), ...both(one, other) };
      }
      const found = both(one, other);
      return {
        ...kept,
        presence: holds === false ? "never" : holds === true ? found.presence : found.presence === "never" ? "never" : "maybe",
        isChosen: found.isChosen || holds === undefined,
      };
    }
    default:
      return { ...ofArithmetic(operation, one, other, known), ...both(one, other) };
  }
}

const MIRROR: Readonly<Record<string, string>> = { ">": "<", "<": ">", ">=": "<=", "<=": ">=" };

/** A number before the sign: what is kept is the series after it. */
const mirrored = (operator: string, one: Span, other: Span): ReturnType<typeof compared> =>
  compared(MIRROR[operator] ?? operator, other, one);

function ofArithmetic({ operator, left, right }: Operation, one: Span, other: Span, { share, isAlone }: Known): Span {
  if (left.text === right.text && ["-", "/", "%"].includes(operator)) {
    return span(operator === "/" ? 1 : 0);
  }
  if (operator === "/" && !isAlone && isPartOf(left, right)) {
    return share === undefined ? span(0, 1) : span(share);
  }
  return arithmetic(operator, one, other);
}

/** Two choices of the same values that have none in common. */
function isContradiction(left: Expression, right: Expression, known: Known): boolean {
  return choicesOf(left).some((one) =>
    choicesOf(right).some((other) => {
      if (one.left.text !== other.left.text) {
        return false;
      }
      const [first, second] = [answersOf(one, known), answersOf(other, known)];
      return first.high < second.low || second.high < first.low || (isEdge(one, other) && touches(first, second));
    }),
  );
}

const touches = (one: Span, other: Span): boolean => one.high === other.low || other.high === one.low;
/** Whether one of two comparisons leaves its limit out. */
const isEdge = (one: Operation, other: Operation): boolean => [one, other].some(({ operator }) => [">", "<"].includes(operator));

/** Comparisons that must all hold where an expression has an answer. */
export function choicesOf(expression: Expression): Operation[] {
  if (expression.kind !== "operation" || expression.isBool) {
    return [];
  }
  return expression.operator === "and"
    ? [...choicesOf(expression.left), ...choicesOf(expression.right)]
    : expression.operator === "unless"
      ? choicesOf(expression.left)
      : ["==", "!=", ">", "<", ">=", "<="].includes(expression.operator)
        ? [expression]
        : [];
}

function without({ left, right, on }: Operation, one: Answers, other: Answers): Answers {
  const isSame =
    left.text === right.text || (right.kind === "selector" && choicesOf(left).some((each) => each.left.text === right.text));
  // Something is up at all times.
  const isAny = on?.length === 0;
  const isThere = other.presence === "always" || (!other.isChosen && selectorsIn(right).every(({ name }) => name === "up"));
  if (one.presence === "never" || isSame || (isAny && isThere)) {
    return { ...one, presence: "never" };
  }
  return other.presence === "never" ? one : { ...one, presence: "maybe", isChosen: true };
}

function either(one: Answers, other: Answers): Answers {
  if (one.presence === "never" || other.presence === "never") {
    return one.presence === "never" ? other : one;
  }
  return {
    low: Math.min(one.low, other.low),
    high: Math.max(one.high, other.high),
    presence: one.presence === "always" || other.presence === "always" ? "always" : "maybe",
    isChosen: one.isChosen && other.isChosen,
  };
}
