import { type Expression, type Operation, selectorsIn, within } from "../../promql/syntax.ts";
import { answersOf } from "../../promql/values.ts";

/** Largest limits of what is compared, by the name of its series. */
const LIMITS = [
  { series: /:ratio\w*$/, most: 0.5 },
  { series: /psi\w*(:\w+)?$/, most: 0.25 },
];

interface Limit {
  /** As it was written. */
  got: string;
  most: number;
}

/** A limit that a series of an expression reaches too late, whatever is made of the series; `undefined` where there is none. */
export const unreachable = (expression: Expression): Limit | undefined =>
  within(expression)
    .flatMap((each) => (each.kind === "operation" ? aboveOf(each) : []))
    .flatMap(({ compared, limit }) =>
      LIMITS.filter(({ series }) => selectorsIn(compared).some(({ name }) => series.test(name)))
        .filter(({ series, most }) => {
          const reached = answersOf(compared, { seriesValue: (name) => (series.test(name) ? most : undefined) }).high;
          return reached < answersOf(limit, { isPositive: true }).low;
        })
        .map(({ most }) => ({ got: limit.text, most })),
    )[0];

/** What must be above a limit. */
function aboveOf({ operator, left, right }: Operation): { compared: Expression; limit: Expression }[] {
  return operator.startsWith(">")
    ? [{ compared: left, limit: right }]
    : operator.startsWith("<")
      ? [{ compared: right, limit: left }]
      : [];
}
