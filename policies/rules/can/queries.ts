import { secondsOf } from "../../promql/tokens.ts";

/** What a query of Prometheus can and cannot say, read without a Prometheus. */

/** The query without what stands in quotes, braces, brackets and lists of labels: its structure. */
const outline = (query: string): string =>
  query
    .replaceAll(/#[^\n]*/g, " ")
    .replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, "")
    .replaceAll(/\{[^}]*\}/g, " {} ")
    .replaceAll(/\[[^\]]*\]/g, " ")
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi, " ")
    .replaceAll(/\boffset\s+-?\w+/gi, " ");

/** Seconds over which a release may be measured: a rehearsal scrapes every other second and looks back 10, a day sees other versions. */
const [SHORTEST, LONGEST] = [5, 3600];

/** Seconds of the ranges over which a query measures. */
export const ranges = (query: string): number[] =>
  [...blind(query).matchAll(/\[(\d+(?:ms|[smhdwy]))[:\]]/g)].map(([, range = ""]) => secondsOf(range));

/**
 * A time other than that of the release: another day, or too much or too little of this one.
 *
 * @param longest seconds over which it may measure.
 */
export function strangeTime(query: string, longest = LONGEST): string | undefined {
  const moved = /\boffset\s+-?\w+|@\s*[\w.]+/i.exec(blind(query))?.[0];
  const odd = ranges(query).find((seconds) => seconds < SHORTEST || seconds > longest);
  return moved ?? (odd === undefined ? undefined : `a range of ${odd}s`);
}

/**
 * Why a share does not say how large a part of the whole is: other times in it, or a factor.
 *
 * @param share the part of the query whose value is the answer.
 */
export function crookedShare(query: string, share: string): string | undefined {
  const times = new Set([...blind(query).matchAll(/\[(\w+)[:\]]/g)].map(([, time]) => time));
  const [, before, after] = /(?:^|[^\w.])(\d+(?:\.\d+)?)\s*\*|\*\s*(\d+(?:\.\d+)?)(?![\w.])/.exec(outline(share)) ?? [];
  const factor = Number(before ?? after ?? 1);
  return times.size > 1
    ? `${[...times].join(" and ")} in one query`
    : [1, 100].includes(factor)
      ? undefined
      : `a factor of ${factor}`;
}

/** Fewest requests of which a share is a share, by the lower bounds in its query; `undefined` where there is none. */
export function fewestRequests(query: string): number | undefined {
  let [found, isRate]: [number | undefined, boolean] = [undefined, false];
  for (const [, counts, bound] of blind(query).matchAll(/\b(i?rate|increase|delta)\s*\(|>=?\s*(\d[\d.]*(?:e[+-]?\d+)?)/gi)) {
    isRate = counts === undefined ? isRate : counts.endsWith("rate");
    // A rate counts requests of a second.
    found = bound === undefined ? found : Math.max(found ?? 0, Number(bound) * (isRate ? Math.max(1, ...ranges(query)) : 1));
  }
  return found;
}

/** The text with the content of quotes covered, at the same places. */
const blind = (text: string): string =>
  text.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, (quoted) => "_".repeat(quoted.length));
