import { type Checked, checkStack } from "#promotion/state/check";
import { stackFilesIn, stackOf } from "#promotion/state/stack-files";
import { demandStack } from "#promotion/state/there";
import { statesWritten } from "#promotion/state/written";
import { counted } from "#render/counted";
import { dim, green, red } from "#render/terminal";
import { LAYERS } from "#stacks/contracts";
import { ledgerIfNamed } from "../audit/ledger.ts";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";
import { engineFor } from "./engine.ts";

/** `state verify`. */
export async function verify(word: string, { json = false }: { json?: boolean }): Promise<void> {
  const environment = environmentNamed(word);
  const engine = engineFor(environment);
  const filesOfStack = await stackFilesIn(engine);
  if (filesOfStack === undefined) {
    const { url } = await engine.backend();
    throw new BadInput(
      `the backend must be a folder or a bucket for its files to be checked, got '${url}': use \`npx millrace state doctor ${environment}\``,
    );
  }
  const written = statesWritten((await ledgerIfNamed()?.records(environment)) ?? []);
  const checked = await Promise.all(
    LAYERS.map(async (layer) => checkStack(await filesOfStack(stackOf(layer, environment)), written[layer])),
  );
  if (checked.every(({ absent }) => absent)) {
    await demandStack(engine, environment);
  }
  const ok = checked.every(({ problems }) => problems.length === 0);
  answer(json, { environment, ok, stacks: checked }, () => checked.map(line).join("\n"));
  process.exitCode = ok ? 0 : 1;
}

function line({ stack, absent, problems, copies }: Checked): string {
  if (problems.length > 0) {
    return [`${red("✗")} ${stack}`, ...problems.map((problem) => `    ${problem}`)].join("\n");
  }
  return `${green("✓")} ${stack}   ${dim(absent ? "not up" : `as it must be, ${counted(copies, "good copy", "good copies")} of the last operations`)}`;
}
