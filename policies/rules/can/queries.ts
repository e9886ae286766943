/** What a query of Prometheus can and cannot say, read without a Prometheus. */

const WORDS = new Set([
  "and",
  "or",
  "unless",
  "by",
  "without",
  "on",
  "ignoring",
  "group_left",
  "group_right",
  "bool",
  "offset",
  "inf",
  "nan",
  "start",
  "end",
  "atan2",
]);

/** The query without what stands in quotes, braces, brackets and lists of labels: its structure. */
const outline = (query: string): string =>
  query
    .replaceAll(/#[^\n]*/g, " ")
    .replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, "")
    .replaceAll(/\{[^}]*\}/g, " {} ")
    .replaceAll(/\[[^\]]*\]/g, " ")
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi, " ")
    .replaceAll(/\boffset\s+-?\w+/gi, " ");

/** Names of the series that a query asks for. Series without a name count as `{}`. */
export function seriesIn(query: string): string[] {
  const text = outline(query);
  const names = [...text.matchAll(/([A-Za-z_:][\w:]*)(\s*\()?/g)].flatMap(([, name = "", call]) =>
    call !== undefined || WORDS.has(name.toLowerCase()) ? [] : [name],
  );
  return /(^|[^\w:\s])\s*\{\}/.test(text) ? [...names, "{}"] : names;
}

/** A factor or exponent of 0. */
const NOUGHT = /(^|[-+*/(,]\s*)0+(\.0*)?\s*\*|\*\s*\(?\s*-?0+(\.0*)?(?![\d.e])|\^\s*0+(\.0*)?(?![\d.e])/;

/** A bound of 0, above which no share lies. */
const isCapped = (text: string): boolean => /\bclamp(_max)?\b/.test(text) && /,\s*-?0+(\.0*)?\s*\)/.test(text);

/** Whether a query has the same answer whatever was measured. */
export function isConstant(query: string): boolean {
  const text = outline(query);
  const [left, ...others] = splitAtTop(bare(query), /^-/).map((part) => bare(part).replaceAll(/\s/g, ""));
  const isItself = others.length === 1 && left === others[0];
  return seriesIn(query).length === 0 || NOUGHT.test(text) || isCapped(text) || isItself;
}

/** Seconds over which a release may be measured: a rehearsal scrapes every other second and looks back 10, a day sees other versions. */
const [SHORTEST, LONGEST] = [5, 3600];
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds of the ranges over which a query measures. */
export const ranges = (query: string): number[] =>
  [...blind(query).matchAll(/\[(\d+)(ms|[smhdwy])(?:[:\]])/g)].map(
    ([, amount, unit = ""]) => Number(amount) * (SECONDS[unit] ?? 0),
  );

/** A time other than that of the release: another day, or too much or too little of this one. */
export function strangeTime(query: string): string | undefined {
  const moved = /\boffset\s+-?\w+/i.exec(query)?.[0];
  const odd = ranges(query).find((seconds) => seconds < SHORTEST || seconds > LONGEST);
  return moved ?? (odd === undefined ? undefined : `a range of ${odd}s`);
}

/** Why a share does not say how large a part of the whole is: other times above and below, the same on both sides, or a factor. */
export function crookedShare(query: string): string | undefined {
  const times = new Set([...blind(query).matchAll(/\[(\w+)[:\]]/g)].map(([, time]) => time));
  const [above, below] = sidesOf(query) ?? [];
  const [, before, after] = /(?:^|[^\w.])(\d+(?:\.\d+)?)\s*\*|\*\s*(\d+(?:\.\d+)?)(?![\w.])/.exec(outline(query)) ?? [];
  const factor = Number(before ?? after ?? 1);
  return times.size > 1
    ? `${[...times].join(" and ")} in one query`
    : above !== undefined && unbounded(above) === unbounded(below ?? "")
      ? "the same above as below"
      : [1, 100].includes(factor)
        ? undefined
        : `a factor of ${factor}`;
}

/** One side of a division without its lower bound. */
const unbounded = (side: string): string => bare(bare(side).replace(/>=?\s*[\d.]+\s*$/, "")).replaceAll(/\s/g, "");

/** Whether a query answers with a number where nothing was measured: `… or vector(0)` at its top. */
export function hidesNothing(query: string): boolean {
  const parts = splitAtTop(bare(query), /^or\b/i);
  return parts.length > 1 && parts.some((part) => seriesIn(part).length === 0);
}

/** Whether a query divides series by the same series: a share, from 0 to 1. */
export function isShare(query: string): boolean {
  const [above, below] = sidesOf(query) ?? [];
  return above !== undefined && below !== undefined && seriesIn(above).some((name) => seriesIn(below).includes(name));
}

/** What a query divides, and by what; `undefined` where it does more or less than that. */
export function sidesOf(whole: string): [above: string, below: string] | undefined {
  const query = unrounded(whole);
  const sides = splitAtTop(bare(bare(query).replace(/^1\s*-\s*/, "")), /^\//);
  return sides.length === 2 && splitAtTop(bare(query), /^\*/).length === 1 ? (sides as [string, string]) : undefined;
}

/** Without a `round` around the whole. */
const unrounded = (query: string): string => /^round\s*(\([^]*),\s*[\de.-]+\s*\)$/.exec(bare(query))?.[1]?.slice(1) ?? query;

/** Fewest requests of which a share is a share, by the lower bounds in its query; `undefined` where there is none. */
export function fewestRequests(query: string): number | undefined {
  let [found, isRate]: [number | undefined, boolean] = [undefined, false];
  for (const [, counts, bound] of blind(query).matchAll(/\b(i?rate|increase)\s*\(|>=?\s*(\d[\d.]*(?:e[+-]?\d+)?)/gi)) {
    isRate = counts === undefined ? isRate : counts !== "increase";
    // A rate counts requests of a second.
    found = bound === undefined ? found : Math.max(found ?? 0, Number(bound) * (isRate ? Math.max(1, ...ranges(query)) : 1));
  }
  return found;
}

/** Whether a share counts the requests that went well. */
export function countsSuccesses(query: string): boolean {
  const counted = /=~?\s*["'`]\(?[123](xx|\.|\[|\\+d|\d\d)/.test(sidesOf(query)?.[0] ?? "");
  return counted !== /^1\s*-/.test(bare(unrounded(query)));
}

/** A class of HTTP answers that a query asks for and that no server gives. */
export const strangeClass = (query: string): string | undefined =>
  /response_code_class\s*=\s*"((?![1-5]xx")[^"]+)"/.exec(query)?.[1];

/** Without the parentheses around the whole. */
export function bare(query: string): string {
  const text = query.trim();
  return text.startsWith("(") && endOf(text) === text.length - 1 ? bare(text.slice(1, -1)) : text;
}

/** Where the first parenthesis is closed. */
function endOf(text: string): number {
  let depth = 0;
  const covered = blind(text);
  for (let index = 0; index < covered.length; index += 1) {
    const sign = covered[index];
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return -1;
}

/** The text with the content of quotes covered, at the same places. */
const blind = (text: string): string =>
  text.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, (quoted) => "_".repeat(quoted.length));

/** Parts of a text between operators that stand outside of all parentheses. */
export function splitAtTop(text: string, operator: RegExp): string[] {
  const covered = blind(text);
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const sign = covered[index] ?? "";
    depth += "([{".includes(sign) ? 1 : ")]}".includes(sign) ? -1 : 0;
    const found = depth === 0 ? operator.exec(covered.slice(index, index + 7)) : null;
    // A word is no operator where it is the end of a name.
    if (found !== null && !(/\w/.test(found[0]) && /[\w:]/.test(covered[index - 1] ?? ""))) {
      parts.push(text.slice(from, index));
      from = index + found[0].length;
    }
  }
  return [...parts, text.slice(from)];
}
