import { holdsFor } from "../can/conditions.ts";
import { bare, seriesIn, splitAtTop } from "../can/queries.ts";

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

/** A limit that a series of an expression can never reach; `undefined` where there is none. */
export const unreachable = (expr: string): Limit | undefined =>
  splitAtTop(bare(expr), /^(and|or|unless)\b/i)
    .flatMap((part) => comparison(bare(part)))
    .flatMap(({ compared, limit }) =>
      LIMITS.filter(({ series }) => seriesIn(compared).some((name) => series.test(name)))
        .filter(({ most }) => !isScaled(compared) && isAbove(limit, most))
        .map(({ most }) => ({ got: limit, most })),
    )[0];

/** What is compared, and with what. */
function comparison(part: string): { compared: string; limit: string }[] {
  const [left = "", right, ...more] = splitAtTop(part, OPERATOR);
  const operator = OPERATOR.exec(part.slice(left.length))?.[0] ?? "";
  if (right === undefined || more.length > 0) {
    return [];
  }
  const other = right.replace(/^\s*bool\b/, "").trim();
  return operator.startsWith(">")
    ? [{ compared: left, limit: other }]
    : operator.startsWith("<")
      ? [{ compared: other, limit: left.trim() }]
      : [];
}

const OPERATOR = /^(>=|<=|==|!=|>|<)/;

/** Per cent, for example. */
const isScaled = (compared: string): boolean => compared.replaceAll(/\{[^}]*\}/g, "").includes("*");

/** Whether the numbers of a sum are above a bound together: what is added to them is not negative. */
function isAbove(limit: string, most: number): boolean {
  const terms = splitAtTop(bare(limit), /^\+/).map((term) => term.replaceAll(/\bvector\s*\(([^()]*)\)/g, "($1)"));
  const numbers = terms.filter((term) => holdsFor(`(${term}) >= 0`, []) !== undefined);
  return (
    terms.some((term) => /^\s*inf\s*$/i.test(term)) ||
    (numbers.length > 0 && holdsFor(`(${numbers.join(") + (")}) <= ${most}`, []) === false)
  );
}
