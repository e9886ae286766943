import type { Call, Expression, Operation, Selector } from "./syntax.ts";

/** A query asks for what a trial does not know: another function, or series of which nobody says a value. */
export class Untried extends Error {}

/** A value for each pod, or one for all; `undefined` where there is no series. */
export type Vector = readonly (number | undefined)[];

type Value = number | Vector;

/** Series of a trial. */
export interface Series {
  /** By how much a selection grew in its window, pod by pod. @throws {Untried} */
  grown: (selector: Selector) => Vector;
  /** Whether series have different values of a label, so that a sum by it is one for each pod. */
  tellsApart: (label: string) => boolean;
}

/**
 * The answers of a query on series that are known: what Prometheus would say, with the values in one order instead of labels.
 *
 * @throws {Untried} where it uses what is not known here.
 */
export const triedOn = (query: Expression, series: Series): number[] =>
  vectorOf(query, series).filter((each) => each !== undefined);

const vectorOf = (expression: Expression, series: Series): Vector => {
  const value = valueOf(expression, series);
  return typeof value === "number" ? [value] : value;
};

function valueOf(expression: Expression, series: Series): Value {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "selector":
      return series.grown(expression);
    case "negation":
      return each(valueOf(expression.of, series), (value) => -value);
    case "operation":
      return operated(expression, valueOf(expression.left, series), valueOf(expression.right, series));
    case "call":
      return called(expression, series);
    default:
      throw new Untried(expression.text);
  }
}

const each = (value: Value, made: (one: number) => number | undefined): Value =>
  typeof value === "number" ? (made(value) ?? Number.NaN) : value.map((one) => (one === undefined ? undefined : made(one)));

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": (left, right) => left ** right,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
};

function operated({ operator, isBool }: Operation, left: Value, right: Value): Value {
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) {
    return both(left, right, arithmetic);
  }
  const holds = COMPARISONS[operator];
  if (holds !== undefined) {
    return isBool
      ? both(left, right, (one, other) => Number(holds(one, other)))
      : both(left, right, (one, other) => (holds(one, other) ? (typeof left === "number" ? other : one) : undefined));
  }
  const [ones, others] = [asVector(left), asVector(right)];
  if (operator === "or") {
    return ones.length === others.length ? ones.map((one, at) => one ?? others[at]) : ones.some(isThere) ? ones : others;
  }
  const wanted = operator === "and";
  return ones.map((one, at) => (isThere(others[others.length === 1 ? 0 : at]) === wanted ? one : undefined));
}

const isThere = (value: number | undefined): boolean => value !== undefined;

const asVector = (value: Value): Vector => (typeof value === "number" ? [value] : value);

/** Two numbers, or values pod by pod; one value stands beside each pod. */
function both(left: Value, right: Value, made: (one: number, other: number) => number | undefined): Value {
  if (typeof left === "number" && typeof right === "number") {
    return made(left, right) ?? Number.NaN;
  }
  const [ones, others] = [asVector(left), asVector(right)];
  return Array.from({ length: Math.max(ones.length, others.length) }, (_, at) => {
    const [one, other] = [ones[ones.length === 1 ? 0 : at], others[others.length === 1 ? 0 : at]];
    return one === undefined || other === undefined ? undefined : made(one, other);
  });
}

const GROWTH = ["increase", "delta"];
const RATES = ["rate", "irate", "idelta"];
/** Functions that leave values as they are, on series that do not change from one moment to the next. */
const SAME = ["label_replace", "label_join", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "vector"];
const OVER_TIME = ["avg_over_time", "min_over_time", "max_over_time", "last_over_time", "first_over_time"];

const CHANGED: Readonly<Record<string, (value: number, ...more: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: Math.sign,
  tanh: Math.tanh,
  round: (value, to = 1) => Math.floor(value / to + 0.5) * to,
  clamp: (value, least = value, most = value) => Math.min(Math.max(value, least), most),
  clamp_min: (value, least = value) => Math.max(value, least),
  clamp_max: (value, most = value) => Math.min(value, most),
};

function called(call: Call, series: Series): Value {
  const { name } = call;
  const [first, ...more] = call.arguments;
  if (first === undefined) {
    throw new Untried(name);
  }
  if (GROWTH.includes(name)) {
    return valueOf(first, series);
  }
  if (RATES.includes(name)) {
    const range = first.kind === "selector" || first.kind === "subquery" ? first.range : undefined;
    return each(valueOf(first, series), (value) => value / (range ?? 1));
  }
  if (OVER_TIME.includes(name) && first.kind === "subquery") {
    return valueOf(first.of, series);
  }
  if (SAME.includes(name)) {
    return asVector(valueOf(first, series));
  }
  if (name === "scalar") {
    return asVector(valueOf(first, series)).filter(isThere).length === 1 ? vectorOf(first, series).find(isThere)! : Number.NaN;
  }
  const change = CHANGED[name];
  if (change !== undefined) {
    const limits = more.map((limit) => valueOf(limit, series)).map((limit) => (typeof limit === "number" ? limit : Number.NaN));
    return each(valueOf(first, series), (value) => change(value, ...limits));
  }
  return aggregated(call, series);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const REDUCED: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: sumOf,
  avg: (values) => sumOf(values) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
  group: () => 1,
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: (values) => variance(values),
};

const variance = (values: readonly number[]): number => {
  const mean = sumOf(values) / values.length;
  return sumOf(values.map((value) => (value - mean) ** 2)) / values.length;
};

/** Aggregations with a number before what they are of. */
const CHOSEN: Readonly<Record<string, (sorted: readonly number[], parameter: number) => readonly number[]>> = {
  topk: (sorted, most) => sorted.slice(-most),
  bottomk: (sorted, most) => sorted.slice(0, most),
  limitk: (sorted, most) => sorted.slice(0, most),
  quantile: (sorted, share) => [quantileOf(sorted, share)],
};

function quantileOf(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.max(0, Math.floor(rank))] ?? Number.NaN, sorted[Math.ceil(rank)] ?? Number.NaN];
  return low + (high - low) * (rank - Math.floor(rank));
}

function aggregated({ name, arguments: given, by, without }: Call, series: Series): Value {
  const reduce = REDUCED[name];
  const choose = CHOSEN[name];
  if (reduce === undefined && choose === undefined) {
    throw new Untried(name);
  }
  const of = vectorOf(given.at(-1) as Expression, series);
  const isByPod = without !== undefined ? !without.some(series.tellsApart) : (by ?? []).some(series.tellsApart);
  const groups = isByPod ? of.map((value) => [value]) : [of];
  const parameter = choose === undefined ? Number.NaN : Number(valueOf(given[0] as Expression, series));
  return groups.flatMap((group): Vector => {
    const values = group.filter((value) => value !== undefined).toSorted((one, other) => one - other);
    return values.length === 0 ? [undefined] : (choose?.(values, parameter) ?? [reduce?.(values) ?? Number.NaN]);
  });
}
