import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";

/** A page that people read, and what in it can be checked. */
export interface Page {
  /** Path from the project's folder. */
  path: string;
  text: string;
}

const PAGES = ["README.md", "CHANGELOG.md", "components/README.md", "examples/*/README.md", "docs/**/*.md"];

export const read = (path: string): string => readFileSync(join(path), "utf8");

/** Every page, by path. */
export const pages: Page[] = globSync(PAGES, { cwd: PROJECT_FOLDER })
  .sort()
  .map((path) => ({ path, text: read(path) }));

const FENCE = /^( *)```.*?\n(.*?)^\1```/gms;
const withoutFences = (text: string): string => text.replace(FENCE, "");

/** Targets of links and pictures; those in code are none. */
export const linksOf = ({ text }: Page): string[] =>
  [
    ...withoutFences(text)
      .replace(/`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = ""]) => target);

/** What stands in backticks within a line. */
export const spansOf = ({ text }: Page): string[] =>
  [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);

/** Commands that a page tells its reader to type: lines of code blocks without their comments, and spans. */
export const commandsOf = (page: Page): string[] => [
  ...[...page.text.matchAll(FENCE)].flatMap(([, , block = ""]) =>
    block.split("\n").map((line) => line.replace(/\s+#.*/, "").trim()),
  ),
  ...spansOf(page),
];

/** Anchors of a page, as GitHub makes them from its headings. */
export const anchorsOf = ({ text }: Page): string[] =>
  [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** Rows of the table whose head begins with these words: each a list of its cells, without backticks. */
export function tableOf(text: string, ...head: string[]): string[][] {
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim());
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|") && head.every((word, index) => cells(line)[index] === word));
  const rows = start < 0 ? [] : lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? undefined : end).map(cells);
}
