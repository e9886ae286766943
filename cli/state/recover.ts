import { createInterface } from "node:readline/promises";
import { recoverLayer } from "#promotion/state/recover";
import { NotRecovered, StateHeld } from "#promotion/state/refusal";
import { counted } from "#render/counted";
import { LAYERS } from "#stacks/contracts";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { engineFor } from "./engine.ts";

/** Exit code where somebody holds the environment. */
const HELD = 14;

/** `state recover`. */
export async function recover(word: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const environment = environmentNamed(word);
  if (!yes && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new BadInput(
      "'--yes' must be given where nobody can be asked, got no terminal: `npx millrace state doctor` says what would be done",
    );
  }
  const engine = engineFor(environment);
  const done: string[] = [];
  try {
    for (const layer of LAYERS) {
      done.push(
        ...(await recoverLayer(engine, layer, environment, {
          say: (text) => console.log(`→ ${text}`),
          ...(!yes && { confirm: askYes }),
        })),
      );
    }
    console.log(
      done.length === 0
        ? `${environment}: nothing is wrong`
        : `${environment}: mended in ${counted(done.length, "step")}; go on with the operation that was interrupted`,
    );
  } catch (error) {
    if (!(error instanceof NotRecovered)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = error instanceof StateHeld ? HELD : 1;
  }
}

async function askYes(): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question("  do it? [y/N] ").finally(() => prompt.close());
  return /^y(es)?$/i.test(answer.trim());
}
