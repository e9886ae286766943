import { parseCheckpoint } from "./checkpoint.ts";
import { differencesFromCopies, lastCopies } from "./copies.ts";
import { digestOf } from "./layer-state.ts";
import type { StackFiles } from "./stack-files.ts";
import { problemsOf } from "./verify.ts";

/** What was found out about a checkpoint. */
export interface Checked {
  stack: string;
  /** Nothing has come up, or all has been removed: there is nothing to check. */
  absent: boolean;
  /** What is wrong, a line each. */
  problems: string[];
  /** Copies of the last operations that are as they must be. */
  copies: number;
}

/** A state as somebody has written it down. */
export interface Expected {
  digest: string;
  /** Where it is written, in words. */
  by: string;
}

/**
 * Checks the checkpoint of a stack: by its own text, against the copies that Pulumi made with it, and against what was written down elsewhere.
 *
 * @param expected the state as somebody else knows it. @default - nobody does: a checkpoint that was replaced together with its copies is not noticed
 */
export async function checkStack(of: StackFiles, expected?: Expected): Promise<Checked> {
  const { stack, files, checkpoint, history, fullName } = of;
  const content = await files.read(checkpoint);
  const copies = await lastCopies(of);
  const said = { stack, absent: false, copies: copies.length };
  if (content === undefined) {
    // Pulumi removes the history of a stack that a person removes.
    const lost = (await files.list(history)).length > 0 || expected !== undefined;
    return lost ? { ...said, problems: [`${checkpoint} is missing`] } : { ...said, absent: true, problems: [] };
  }
  const problems = problemsOf(content, fullName);
  if (problems.length === 0) {
    problems.push(...differencesFromCopies(content, copies), ...differencesFrom(expected, content));
  }
  return { ...said, problems };
}

function differencesFrom(expected: Expected | undefined, content: Buffer): string[] {
  const digest = digestOf(parseCheckpoint(content).checkpoint?.latest ?? {});
  return expected === undefined || expected.digest === digest
    ? []
    : [
        `it is not the state that ${expected.by} names: ${expected.digest.slice(0, 12)}, got ${digest?.slice(0, 12) ?? "an empty one"}`,
      ];
}
