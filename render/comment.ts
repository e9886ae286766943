/** Most characters of a comment: GitHub's on pull requests (its API answers 422 to more), GitLab's on merge requests (docs, "Application limits"). */
export const COMMENT_CHARACTERS = { github: 65_536, gitlab: 1_000_000 } as const;

/**
 * A Markdown text that fits a limit as a whole: the end is cut at a line, open fences and details are closed, and a sentence says what
 * is missing and where it is.
 *
 * @param limit characters (UTF-16 units, of which a service never counts more)
 * @param where where the whole text is: ends the sentence
 */
export function fitting(markdown: string, limit: number, where: string): string {
  if (markdown.length <= limit) {
    return markdown;
  }
  const told = (kept: string): string => `${kept}${closing(kept)}\n\n**Cut here**, at ${limit} characters: ${where}\n`;
  // What closes a part is at most as long as the longest fence and two levels of details.
  const room = limit - told("").length - CLOSING;
  const cut = markdown.slice(0, Math.max(0, room));
  const end = cut.lastIndexOf("\n");
  // A line that is most of the text is cut inside.
  return told((end > room / 2 ? cut.slice(0, end) : cut).replace(/[\uD800-\uDBFF]$/, ""));
}

const CLOSING = 200;

/** What ends a fence of code and a fold that the text leaves open. */
function closing(text: string): string {
  const fences = text.match(/^(?:`{3,}|~{3,})/gm) ?? [];
  const folds = count(text, "<details>") - count(text, "</details>");
  const fence = fences.length % 2 === 1 ? `\n${fences.at(-1)!}` : "";
  return `${fence.slice(0, CLOSING / 2)}${"\n</details>".repeat(Math.min(Math.max(0, folds), 5))}`;
}

const count = (text: string, part: string): number => text.split(part).length - 1;
