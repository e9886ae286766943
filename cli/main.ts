import { Command, CommanderError } from "commander";
import { MachineError } from "#toolchain/errors";
import { BadInput } from "./bad-input.ts";
import { doctorCommand } from "./doctor.ts";
import { planCommand } from "./plan.ts";
import { rehearseCommand } from "./rehearse.ts";

/** Exit code when the input was wrong and nothing was done. */
const BAD_INPUT = 2;

/** Runs the command line; sets the exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("millrace")
    .description("The production line of machine-learning models as code: plan it, rehearse it, run it.")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  for (const add of [planCommand, rehearseCommand, doctorCommand]) {
    add(program);
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are no failures; commander has printed everything else.
    return error.exitCode === 0 ? 0 : BAD_INPUT;
  }
  if (error instanceof BadInput || isRefusal(error)) {
    console.error((error as Error).message);
    return BAD_INPUT;
  }
  // What this machine lacks is not what was typed, and no fault of ours either.
  console.error(error instanceof MachineError ? error.message : error instanceof Error ? error.stack : error);
  return 1;
}

/** What a component or a stack refuses: a sentence for a person, not a fault of ours. */
const isRefusal = (error: unknown): boolean =>
  typeof error === "object" && error !== null && ("__pulumiRunError" in error || "__pulumiResourceError" in error);
