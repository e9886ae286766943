import { RANGES } from "./functions.ts";
import { type Answers, type Span, span } from "./spans.ts";
import { type Call, type Expression, within } from "./syntax.ts";

const INFINITE = Number.POSITIVE_INFINITY;
const EVERY = span(-INFINITE, INFINITE);
const COUNTED = span(0, INFINITE);

/** Functions whose answers lie between fixed bounds, whatever is measured. */
const BOUNDED: Readonly<Record<string, Span>> = {
  ...named(
    ["rate", "irate", "increase", "changes", "resets", "count", "count_values", "count_over_time", "stddev", "stdvar"],
    COUNTED,
  ),
  ...named(["stddev_over_time", "stdvar_over_time", "mad_over_time", "histogram_quantile", "histogram_count"], COUNTED),
  ...named(["histogram_stddev", "histogram_stdvar", "cosh", "timestamp"], COUNTED),
  ...named(["ts_of_max_over_time", "ts_of_min_over_time", "ts_of_last_over_time", "ts_of_first_over_time"], COUNTED),
  ...named(["delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"], EVERY),
  ...named(["histogram_sum", "histogram_avg", "histogram_quantiles", "acosh", "atanh"], EVERY),
  ...named(["tan"], EVERY),
  ...named(["sin", "cos"], span(-1, 1)),
  ...named(["asin", "acos"], span(-Math.PI, Math.PI)),
  ...named(["absent", "absent_over_time", "group", "present_over_time"], span(1)),
  histogram_fraction: span(0, 1),
  // From 2020 on.
  time: span(1_577_836_800, 32_503_680_000),
  pi: span(Math.PI),
  hour: span(0, 23),
  minute: span(0, 59),
  day_of_week: span(0, 6),
  day_of_month: span(1, 31),
  day_of_year: span(1, 366),
  days_in_month: span(28, 31),
  month: span(1, 12),
  year: span(2020, 2999),
};

function named(names: readonly string[], bounds: Span): Record<string, Span> {
  return Object.fromEntries(names.map((name) => [name, bounds]));
}

/** Functions that answer with some of the values that they are given, or between them, by which argument these are. */
const SAME = new Map<string, number>([
  ...["avg", "min", "max", "label_replace", "label_join", "sort", "sort_desc", "scalar", "vector"].map(first),
  ...["sort_by_label", "sort_by_label_desc", "info", "limit"].map(first),
  ...["avg", "min", "max", "last", "first"].map((name) => first(`${name}_over_time`)),
  ...["topk", "bottomk", "limitk", "limit_ratio", "quantile", "quantile_over_time"].map((name): [string, number] => [name, 1]),
]);

function first(name: string): [string, number] {
  return [name, 0];
}

/** Functions that never fall where their argument rises. */
const RISING: Readonly<Record<string, (value: number) => number>> = {
  ceil: Math.ceil,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: Math.sign,
  tanh: Math.tanh,
  sinh: Math.sinh,
  asinh: Math.asinh,
  atan: Math.atan,
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
};

/** Sums of values of one sign. */
const SUMS = ["sum", "sum_over_time"];

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(BOUNDED),
  ...SAME.keys(),
  ...Object.keys(RISING),
  ...SUMS,
  "abs",
  "round",
  "clamp",
  "clamp_min",
  "clamp_max",
]);

/** A function of an expression that is not known here, so that nobody can say what it answers. */
export const unknownIn = (expression: Expression): string | undefined =>
  within(expression).find((each): each is Call => each.kind === "call" && !KNOWN.has(each.name))?.name;

/** Whether a function takes values, not ranges of them. */
export const isInstant = (name: string): boolean => KNOWN.has(name) && !RANGES.has(name);

/**
 * What a function can answer. One that is not known here can answer anything.
 *
 * @param isAlone whether a sum is of one series only.
 */
export function calledOn(call: Call, answers: (part: Expression) => Answers, isAlone: boolean): Answers {
  const { name } = call;
  if (!KNOWN.has(name)) {
    return { ...EVERY, presence: "maybe", isChosen: true };
  }
  const given = call.arguments.filter(({ kind }) => kind !== "string").map(answers);
  const at = SAME.get(name);
  const own = given[at ?? (name === "histogram_quantile" || name === "histogram_fraction" ? given.length - 1 : 0)];
  const existence = existenceOf(name, own);
  if (BOUNDED[name] !== undefined) {
    return { ...BOUNDED[name], ...existence };
  }
  const whole = own ?? { low: -INFINITE, high: INFINITE };
  if (at !== undefined) {
    return { low: whole.low, high: whole.high, ...existence };
  }
  const rising = RISING[name];
  if (rising !== undefined) {
    const [low, high] = [rising(whole.low), rising(whole.high)];
    return { low: Number.isNaN(low) ? -INFINITE : low, high: Number.isNaN(high) ? INFINITE : high, ...existence };
  }
  if (SUMS.includes(name) && isAlone) {
    return { low: whole.low, high: whole.high, ...existence };
  }
  if (SUMS.includes(name)) {
    return { low: whole.low < 0 ? -INFINITE : whole.low, high: whole.high > 0 ? INFINITE : whole.high, ...existence };
  }
  return { ...changed(name, whole, given.slice(1)), ...existence };
}

function changed(name: string, { low, high }: Span, limits: readonly Span[]): Span {
  const [least, most = least] = limits;
  switch (name) {
    case "abs":
      return span(low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high)));
    case "round":
      return span(rounded(low, least?.low ?? 1), rounded(high, least?.low ?? 1));
    case "clamp":
      return between({ low, high }, least?.low ?? -INFINITE, most?.high ?? INFINITE);
    case "clamp_min":
      return between({ low, high }, least?.low ?? -INFINITE, INFINITE);
    case "clamp_max":
      return between({ low, high }, -INFINITE, least?.high ?? INFINITE);
    default:
      return EVERY;
  }
}

const rounded = (value: number, to: number): number =>
  Number.isFinite(value) && to > 0 ? Math.floor(value * (1 / to) + 0.5) / (1 / to) : value;

const between = ({ low, high }: Span, least: number, most: number): Span =>
  span(Math.min(Math.max(low, least), most), Math.max(Math.min(high, most), least));

/** Numbers and what is made of them are there at all times; what is absent is there only where something is not. */
function existenceOf(name: string, own: Answers | undefined): Pick<Answers, "presence" | "isChosen"> {
  if (name === "absent" || name === "absent_over_time") {
    return { presence: own?.presence === "never" ? "always" : own?.presence === "always" ? "never" : "maybe", isChosen: true };
  }
  if (["time", "vector", "scalar", "pi"].includes(name) || own === undefined) {
    return { presence: "always", isChosen: false };
  }
  return { presence: own.presence, isChosen: own.isChosen };
}
