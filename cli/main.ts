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
  const program: Command = new Command("millrace")
    .description("A machine-learning platform on AWS EKS as code: plan it, rehearse it on this machine, bring it up.")
    .version(manifest.version)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    // Of the commands above it a command takes no options: only those of the program hold everywhere.
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: (command) => (command.parent ? [...program.options] : []) })
    .configureOutput({
      getOutHelpWidth: () => columnsOf(process.stdout),
      writeOut: (text) => void process.stdout.write(fitted(text, columnsOf(process.stdout))),
      writeErr: (text) => void process.stderr.write(fitted(text, columnsOf(process.stderr))),
    })
    .exitOverride();
  for (const add of COMMANDS) {
    add(program);
  }
  demandOptionsInPlace(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCode(error);
  }
}

/** Commander reads an option before the name of a command as one of the command above, where it would change nothing. */
function demandOptionsInPlace(command: Command): void {
  command.hook("preSubcommand", (above, below) => {
    const early = above.options.find((option) => above.getOptionValueSource(option.attributeName()) === "cli");
    if (early !== undefined) {
      const [name, own] = [below.name(), below.options.some(({ long }) => long === early.long)];
      throw new BadInput(
        own
          ? `'${early.long}' must come after '${name}', got it before: npx millrace ${above.name()} ${name} ${early.long} …`
          : `'${early.long}' must be given without '${name}', got both: it is an option of npx millrace ${above.name()} alone`,
      );
    }
  });
  command.commands.forEach(demandOptionsInPlace);
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
