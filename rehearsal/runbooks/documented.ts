// The commands that guides and runbooks tell a person to type.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A command as it is documented, with its placeholders. */
export interface DocumentedCommand {
  /** `<file>:<line>`, from the root of the repository. */
  at: string;
  text: string;
}

const FOLDERS = ["docs/guides", "docs/runbooks"];

/** Programs whose calls are commands also where they stand in a sentence. */
const INLINE = /`((?:kubectl|pulumi|npx|npm|curl|aws|git|gh|crane|docker) [^`]+)`/g;
const BLOCK = /^ *```sh\n([\s\S]*?)^ *```$/gm;

/** All commands of all guides and runbooks below a folder, in the order of files and lines. */
export function documentedCommands(repository: string): DocumentedCommand[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => name.endsWith(".md"))
      .sort()
      .flatMap((name) => commandsIn(`${folder}/${name}`, readFileSync(join(repository, folder, name), "utf8"))),
  );
}

/** The commands of one file: every line of a block of `sh`, and every inline call of a known program. */
export function commandsIn(file: string, markdown: string): DocumentedCommand[] {
  const at = (index: number): string => `${file}:${markdown.slice(0, index).split("\n").length}`;
  const blocks = [...markdown.matchAll(BLOCK)];
  const inBlocks = blocks.flatMap(({ 1: body = "", index }) =>
    linesOf(body).map(({ line, text }) => ({ at: `${file}:${Number(at(index).split(":")[1]) + line}`, text })),
  );
  const prose = markdown.replace(BLOCK, (block) => block.replace(/[^\n]/g, " "));
  const inline = [...prose.matchAll(INLINE)].map(({ 1: text = "", index }) => ({
    at: at(index),
    text: text.replace(/\s+/g, " "),
  }));
  return [...inBlocks, ...inline];
}

/** Lines of a block without comments, with continued ones joined. A loop, a function or text for a command's input is one command. */
function linesOf(body: string): { line: number; text: string }[] {
  if (/<<\w+|^for |^\w+\(\)/m.test(body)) {
    return [{ line: 1, text: body.trim() }];
  }
  const found: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  body.split("\n").forEach((raw, index) => {
    const text = raw.replace(/(^|\s)#.*$/, "").trim();
    if (open) {
      open.text += ` ${text.replace(/\\$/, "").trim()}`;
    } else if (text !== "") {
      open = { line: index + 1, text: text.replace(/\\$/, "").trim() };
      found.push(open);
    }
    if (!text.endsWith("\\")) {
      open = undefined;
    }
  });
  return found;
}
