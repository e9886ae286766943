import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";

/** A page that people read. */
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

/** Targets of links and pictures, except those in code. */
export const linksOf = ({ text }: Page): string[] =>
  [
    ...withoutFences(text)
      .replace(/`[^`\n]*`/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = ""]) => target);

/** Texts in backticks, within a line. */
export const spansOf = ({ text }: Page): string[] =>
  [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);

/** Commands for the reader to type: lines of code blocks without their comments, and texts in backticks. */
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

/** Rows of the table whose head begins with these words. A row is the list of its cells, without backticks. */
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
