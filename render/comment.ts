import { counted } from "./counted.ts";

/** Most characters of a comment: GitHub's on pull requests (its API answers 422 to more), GitLab's on merge requests (docs, "Application limits"). */
export const COMMENT_CHARACTERS = { github: 65_536, gitlab: 1_000_000 } as const;

/**
 * A Markdown text that fits a limit as a whole: the end is cut at a line, open fences and details are closed, and a sentence names what
 * is missing and where it is.
 *
 * @param limit characters (UTF-16 units, of which a service never counts more)
 * @param where where the whole text is: ends the sentence
 */
export function fitting(markdown: string, limit: number, where: string): string {
  if (markdown.length <= limit) {
    return markdown;
  }
  const told = (kept: string, missing: string): string =>
    `${kept}${closing(kept)}\n\n**Cut here**, at ${limit} characters${missing}: ${where}\n`;
  const room = limit - told("", "").length - CLOSING - MISSING;
  const cut = markdown.slice(0, Math.max(0, room));
  const end = cut.lastIndexOf("\n");
  // A line that is most of the text is cut inside.
  const kept = (end > room / 2 ? cut.slice(0, end) : cut).replace(/[\uD800-\uDBFF]$/, "");
  return told(kept, missingIn(markdown.slice(kept.length)));
}

/** Most characters of the names of what is missing. */
const MISSING = 200;

/** What was cut: how many lines, and the headings among them. */
function missingIn(rest: string): string {
  const lines = rest.split("\n").filter((line) => line.trim() !== "").length;
  const headings = rest.match(/(?<=^\*\*)[^*\n]+(?=\*\*$)|(?<=<summary>)[^<\n]+(?=<\/summary>)|(?<=^#{1,6} ).+/gm) ?? [];
  const parts = headings.length > 0 ? `, with ${headings.join(", ")}` : "";
  const text = `; ${counted(lines, "more line")}${parts}`;
  return text.length > MISSING ? `${text.slice(0, MISSING - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

/** What closes a part is at most as long as the longest fence and a few levels of details. */
const CLOSING = 200;

/** What ends a fence of code and a fold that the text leaves open. */
function closing(text: string): string {
  const open = openFence(text);
  const folds = count(text, "<details>") - count(text, "</details>");
  const fence = open === undefined ? "" : `\n${open}`;
  return `${fence.slice(0, CLOSING / 2)}${"\n</details>".repeat(Math.min(Math.max(0, folds), 5))}`;
}

/** The fence of code that a text leaves open: a shorter one inside does not end it. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [, fence = "", rest = ""] of text.matchAll(/^(`{3,}|~{3,})(.*)$/gm)) {
    if (open === undefined) {
      open = fence;
    } else if (fence.startsWith(open) && rest.trim() === "") {
      open = undefined;
    }
  }
  return open;
}

const count = (text: string, part: string): number => text.split(part).length - 1;
