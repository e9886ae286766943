import { BadInput } from "../bad-input.ts";
import { saysYes } from "../says-yes.ts";

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
  if (!(await saysYes(question))) {
    throw new BadInput("nothing was changed: the answer was not yes");
  }
}
