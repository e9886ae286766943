import { Command, CommanderError } from "commander";
import { EngineFailure } from "#engine/failure";
import { columnsOf, fitted } from "#render/width";
import { causeIn } from "#toolchain/causes";
import { MachineError } from "#toolchain/errors";
import manifest from "../package.json" with { type: "json" };
import { BadInput } from "./bad-input.ts";
import { COMMANDS } from "./commands.ts";
import { interruptionIn } from "./interrupt.ts";
import { sayBeside } from "./say.ts";
import { syntaxFault } from "./syntax.ts";

/** Exit code for a wrong input: nothing was done. */
const BAD_INPUT = 2;

/** Runs the command line; sets the exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("millrace")
    .description("A machine-learning platform on AWS EKS as code: plan it, rehearse it on this machine, bring it up.")
    .version(manifest.version)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      getOutHelpWidth: () => columnsOf(process.stdout),
      writeOut: (text) => void process.stdout.write(fitted(text, columnsOf(process.stdout))),
      writeErr: (text) => void process.stderr.write(fitted(text, columnsOf(process.stderr))),
    })
    .exitOverride();
  for (const add of COMMANDS) {
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
    // Help is not a failure. Commander has printed every other message.
    return error.exitCode === 0 ? 0 : BAD_INPUT;
  }
  if (error instanceof BadInput || isRefusal(error)) {
    sayBeside((error as Error).message);
    return BAD_INPUT;
  }
  const interrupted = interruptionIn(error);
  if (interrupted !== undefined) {
    sayBeside(interrupted.message);
    return interrupted.exitCode;
  }
  const mistake = syntaxFault(error);
  if (mistake !== undefined) {
    sayBeside(mistake);
    return BAD_INPUT;
  }
  // A machine that lacks something is neither wrong input nor a fault of the program: no stack trace.
  const isOfMachine = error instanceof MachineError || error instanceof EngineFailure || isFailedCall(error);
  sayBeside(isOfMachine ? inFull(error as Error) : error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

/** Whether the operating system refused something, such as a write to a full disk. Its message names the call and the path. */
const isFailedCall = (error: unknown): boolean => error instanceof Error && "syscall" in error && "code" in error;

/** A message with what it says about this machine, and the remedy. */
function inFull({ message }: Error): string {
  const cause = causeIn(message);
  return cause === undefined ? message : `${cause.message} (${message})`;
}

/** Whether a component or a stack refused something. Its message is for a person and needs no stack trace. */
const isRefusal = (error: unknown): boolean => typeof error === "object" && error !== null && "__pulumiRunError" in error;
