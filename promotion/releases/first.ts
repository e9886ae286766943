import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parseJson } from "#stacks/inputs/read-json";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { placeOf } from "#stacks/inputs/releases/read";
import { blobOf, type First, textOfBlob } from "./git.ts";
import type { AnyRelease } from "./signatures.ts";

/**
 * What is wrong with the history of a release: it is what it was when it was committed first, on every line of the history that has it; a
 * signature and another form may come later. What was first and cannot be read as a release proves nothing, and is refused too.
 */
export function problemsSince(
  file: string,
  release: AnyRelease,
  folder: string,
  firsts: ReadonlyMap<string, readonly First[]>,
): string[] {
  const path = placeOf(file, folder);
  const own = blobOf(readFileSync(path));
  return (firsts.get(relative(folder, path)) ?? []).flatMap(({ commit, mode, blob }): string[] => {
    if (blob === own && mode.startsWith(PLAIN)) {
      return [];
    }
    const digest = mode.startsWith(PLAIN) ? digestIn(file, textOfBlob(folder, blob)) : undefined;
    if (digest === undefined) {
      const got = mode.startsWith(PLAIN) ? "what is no release" : "what is no plain file";
      return [
        `${file} must have been a release when it was committed first, got ${got} in commit ${commit.slice(0, 12)}: remove it, and give what it says another version`,
      ];
    }
    return digest === digestOfRelease(release)
      ? []
      : [
          `${file} must be as it was committed first, with digest '${digest}', got '${digestOfRelease(release)}': restore it (git log --follow ${file}), and give what is new another version`,
        ];
  });
}

/** What is wrong with a release that is gone: it stays, whether anybody runs it or not. What was none when it was committed may go. */
export function problemsWithout(file: string, folder: string, firsts: readonly First[]): string[] {
  const was = firsts.find(({ mode, blob }) => mode.startsWith(PLAIN) && digestIn(file, textOfBlob(folder, blob)) !== undefined);
  return was === undefined
    ? []
    : [
        `${file} must be there, as it was committed first in ${was.commit.slice(0, 12)}, got nothing: restore it: git checkout ${was.commit.slice(0, 12)} -- ${file}`,
      ];
}

/** Mode of a plain file in Git begins so; 12 would be a link, 16 a repository. */
const PLAIN = "10";

function digestIn(file: string, text: string | undefined): string | undefined {
  try {
    const content = text === undefined ? undefined : parseJson(file, text);
    return typeof content === "object" && content !== null && !Array.isArray(content) ? digestOfRelease(content) : undefined;
  } catch {
    return undefined;
  }
}
