/** Least and largest value that there can be. */
export interface Span {
  low: number;
  high: number;
}

/** What an expression can answer. */
export interface Answers extends Span {
  /** Whether there is an answer: never, maybe (as its series exist), or at all times. */
  presence: "never" | "maybe" | "always";
  /** Whether something other than the existence of its series decides whether there is an answer. */
  isChosen: boolean;
}

export const span = (low: number, high: number = low): Span => ({ low, high });

const EVERY = span(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

/** Infinity times nothing is nothing here: the bound is never reached. */
const times = (left: number, right: number): number => (left === 0 || right === 0 ? 0 : left * right);

const around = (values: readonly number[]): Span =>
  values.some(Number.isNaN) ? EVERY : span(Math.min(...values), Math.max(...values));

/** Values of two spans with a sign between them. */
export function arithmetic(operator: string, one: Span, other: Span): Span {
  switch (operator) {
    case "+":
      return around([one.low + other.low, one.high + other.high]);
    case "-":
      return around([one.low - other.high, one.high - other.low]);
    case "*":
      return around([
        times(one.low, other.low),
        times(one.low, other.high),
        times(one.high, other.low),
        times(one.high, other.high),
      ]);
    case "/":
      return quotient(one, other);
    case "%":
      return remainder(one, other);
    case "^":
      return power(one, other);
    case "atan2":
      return span(-Math.PI, Math.PI);
    default:
      return EVERY;
  }
}

function quotient(one: Span, other: Span): Span {
  if (other.low > 0 || other.high < 0) {
    const parts = [one.low, one.high].flatMap((above) =>
      [other.low, other.high].map((below) => (above === 0 ? 0 : above / below)),
    );
    // Infinity divided by infinity is anything of that sign.
    return parts.some(Number.isNaN) ? (one.low >= 0 && other.low > 0 ? span(0, Number.POSITIVE_INFINITY) : EVERY) : around(parts);
  }
  return one.low >= 0 && other.low >= 0 ? span(0, Number.POSITIVE_INFINITY) : EVERY;
}

function remainder(one: Span, other: Span): Span {
  if (isPoint(one) && isPoint(other)) {
    return around([one.low % other.low]);
  }
  const most = Math.max(Math.abs(other.low), Math.abs(other.high));
  return span(one.low >= 0 ? 0 : Math.max(one.low, -most), one.high <= 0 ? 0 : Math.min(one.high, most));
}

function power(one: Span, other: Span): Span {
  if (isPoint(other) && other.low === 0) {
    return span(1);
  }
  if (isPoint(one) && isPoint(other)) {
    return around([one.low ** other.low]);
  }
  return one.low >= 0
    ? isPoint(other) && other.low > 0
      ? span(one.low ** other.low, one.high ** other.low)
      : span(0, Number.POSITIVE_INFINITY)
    : EVERY;
}

const isPoint = ({ low, high }: Span): boolean => low === high;

/** Whether a comparison holds for all values of two spans, for none, or for some; and what is left of the first. */
export function compared(operator: string, one: Span, other: Span): { holds: boolean | undefined; kept: Span } {
  const limits: Readonly<Record<string, [always: boolean, never: boolean, kept: Span]>> = {
    ">": [one.low > other.high, one.high <= other.low, span(Math.max(one.low, other.low), one.high)],
    ">=": [one.low >= other.high, one.high < other.low, span(Math.max(one.low, other.low), one.high)],
    "<": [one.high < other.low, one.low >= other.high, span(one.low, Math.min(one.high, other.high))],
    "<=": [one.high <= other.low, one.low > other.high, span(one.low, Math.min(one.high, other.high))],
    "==": [isPoint(one) && isPoint(other) && one.low === other.low, isApart(one, other), common(one, other)],
    "!=": [isApart(one, other), isPoint(one) && isPoint(other) && one.low === other.low, one],
  };
  const [always, never, kept] = limits[operator] ?? [false, false, one];
  return { holds: always ? true : never ? false : undefined, kept: kept.low > kept.high ? one : kept };
}

const isApart = (one: Span, other: Span): boolean => one.high < other.low || other.high < one.low || Number.isNaN(other.low);
const common = (one: Span, other: Span): Span => span(Math.max(one.low, other.low), Math.min(one.high, other.high));
