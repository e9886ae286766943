import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT_FOLDER } from "#engine/project";

/**
 * A mistake in a file that a person writes in TypeScript, such as `stacks/inputs/models.ts`, as a sentence with file and line.
 *
 * @returns nothing for every other error.
 */
export function syntaxFault(error: unknown): string | undefined {
  if (!(error instanceof SyntaxError)) {
    return undefined;
  }
  // Node puts the place before the message: `file:///project/stacks/inputs/models.ts:31`, then the line itself.
  const [, url, line] = /^(file:\/\/\S+):(\d+)\n/.exec(error.stack ?? "") ?? [];
  return url && `${relative(PROJECT_FOLDER, fileURLToPath(url))}:${line} must be TypeScript, got a mistake: ${error.message}`;
}
