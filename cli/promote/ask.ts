import { createInterface } from "node:readline/promises";
import { BadInput } from "../bad-input.ts";

/**
 * Asks a person before something is done. Where nobody sits at a terminal, `--yes` says so.
 *
 * @throws {BadInput} when the answer is not yes, or nobody can be asked.
 */
export async function demandYes(
  question: string,
  { yes = false, json = false }: { yes?: boolean; json?: boolean },
): Promise<void> {
  if (yes) {
    return;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY || json) {
    throw new BadInput(
      "'--yes' must be given where nobody can be asked, got neither a terminal nor '--yes': nothing was changed",
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`${question} [y/N] `).finally(() => prompt.close());
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new BadInput("nothing was changed: the answer was not yes");
  }
}
