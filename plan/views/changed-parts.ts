import type { ValueChange } from "../difference.ts";

/** Longest text that is shown whole, and most of what is shown of a longer one, characters. */
const WHOLE = 60;
const MOST = 160;

/** What is shown of equal text before and after the part that differs, characters. */
const CONTEXT = 16;

/** Both sides of a change as texts. Of long ones the part that differs, with a little of what is around it. */
export function changedParts({ from, to }: ValueChange): [before: string, after: string] {
  const [before, after] = [textOf(from), textOf(to)];
  if (Math.max(before.length, after.length) <= WHOLE || from === undefined || to === undefined) {
    return [atMost(before), atMost(after)];
  }
  const [one, other] = [Array.from(before), Array.from(after)];
  const shorter = Math.min(one.length, other.length);
  let begin = 0;
  while (begin < shorter && one[begin] === other[begin]) {
    begin += 1;
  }
  let end = 0;
  while (end < shorter - begin && one.at(-1 - end) === other.at(-1 - end)) {
    end += 1;
  }
  const part = (text: string[]): string => {
    const [left, right] = [Math.max(0, begin - CONTEXT), Math.min(text.length, text.length - end + CONTEXT)];
    const middle = atMost(text.slice(left, right).join(""));
    return `${left > 0 ? "…" : ""}${middle}${right < text.length ? "…" : ""}`;
  };
  return [part(one), part(other)];
}

const textOf = (value: unknown): string =>
  value === undefined ? "none" : typeof value === "string" ? value.replaceAll(/\s*\n\s*/g, " ") : JSON.stringify(value);

/** A text that is too long without its middle. */
function atMost(text: string): string {
  const characters = Array.from(text);
  return characters.length > MOST ? `${characters.slice(0, MOST / 2).join("")}…${characters.slice(1 - MOST / 2).join("")}` : text;
}
