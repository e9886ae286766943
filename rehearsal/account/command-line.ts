// The command line of the AWS CLI, version 2, as far as the questions of this program go.

/** An end as the CLI has it: its exit code, and what it writes to the error stream. */
export class CliError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Exit codes of the AWS CLI: "Understanding return codes" in its user guide. */
export const EXIT = { usage: 252, settings: 253, service: 254, general: 255 } as const;

/** What was typed, taken apart. */
export interface CommandLine {
  service: string;
  operation: string;
  /** Values by option, without the hyphens. */
  options: ReadonlyMap<string, readonly string[]>;
}

/** Options that every question may have. Of the outputs only JSON is written here. */
export const GLOBAL = ["region", "output", "profile", "query"] as const;

/** What nobody may take for the real CLI's word. */
export const STAND_IN = "(AWS is simulated in this rehearsal, and its 'aws' answers only what this program asks)";

/** What the CLI writes about a command line that it cannot take. Its last line says what is wrong. */
export const usage = (text: string): CliError =>
  new CliError(
    EXIT.usage,
    `\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\nTo see help text, you can run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> help\n\n${text} ${STAND_IN}`,
  );

/** Takes the words after `aws` apart. @throws {CliError} where one stands alone or an option has no value. */
export function commandLine(words: readonly string[]): CommandLine {
  const plain: string[] = [];
  const options = new Map<string, string[]>();
  let values = plain;
  for (const word of words) {
    if (word.startsWith("--")) {
      values = [];
      options.set(word.slice(2), values);
    } else if ((GLOBAL as readonly string[]).some((name) => options.get(name) === values) && values.length === 1) {
      // A global option has one value: what follows is the command again.
      values = plain;
      plain.push(word);
    } else {
      values.push(word);
    }
  }
  const [service, operation, ...rest] = plain;
  if (service === undefined || operation === undefined) {
    throw usage(`aws: error: the following arguments are required: ${service === undefined ? "command" : "operation"}`);
  }
  if (rest.length > 0) {
    throw usage(`Unknown options: ${rest.join(", ")}`);
  }
  for (const [name, given] of options) {
    if (given.length === 0) {
      throw usage(`aws: error: argument --${name}: expected one argument`);
    }
  }
  return { service, operation, options };
}
