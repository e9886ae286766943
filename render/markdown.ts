// Markdown that a service shows: what a file, a ledger or a tool has said is text in it, and no markup.

/** Marks behind which a service looks for a person, a team, an issue or a request, once the markup is read. */
const REFERRING = "@#!";

const entity = (mark: string): string => `&#${mark.charCodeAt(0)};${REFERRING.includes(mark) ? "<!-- -->" : ""}`;

/** A text in one line that is shown as it is: no markup, no link, no picture, and nobody is mentioned. */
export const plainText = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>|&~#@$!:]|(?<=\bwww)\.|^[-+=]|(?<=^\d+)[.)]/gi, entity);

/** The same in the letters of a program. */
export const codeText = (text: string): string => `<code>${plainText(text)}</code>`;

/** Lines as they are, behind a fence that none of them ends. @param kind language of the lines. @default - none */
export function fenced(lines: readonly string[], kind = ""): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${kind}`, ...lines, fence];
}
