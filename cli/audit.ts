import type { Command } from "commander";
import { shown, suggestion } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";

const DAYS = "A day is one of UTC, such as 2026-11-20; a time has its zone, such as 2026-11-20T10:00Z or 2026-11-20T12:00+02:00.";

const CODES = {
  read: "\n\nExit codes:\n  0  answered\n  1  the ledger does not answer, or is not as it was written\n  2  something that was typed is wrong",
  who: "\n\nExit codes:\n  0  answered\n  1  nobody put it there; or the ledger does not answer, or is not as it was written\n  2  something that was typed is wrong",
  verify:
    "\n\nExit codes:\n  0  every chain is as it was written, and makes sense\n  1  something was changed, removed or added, or makes no sense: the lines with ✗ say what; or the ledger does not answer\n  2  something that was typed is wrong",
};

/** Adds `audit …`: what the ledger says about who changed which environment. */
export function auditCommand(program: Command): void {
  const audit = program
    .command("audit")
    .description("the ledger of the environments: who changed what, when, and with whose approval");
  ofLedger(audit)
    .option("--env <environment>", "of one environment (default: all)")
    .option("--model <name>", "what concerns one model")
    .option("--platform", "what concerns the platform")
    .option("--since <day or time>", "from then on")
    .addHelpText(
      "after",
      `\n${DAYS}\n\nExamples:\n  npx millrace audit --env prod\n  npx millrace audit --model fraud --since 2026-11-01\n  npx millrace audit who fraud@4 --env prod\n  npx millrace audit at 2026-11-20 --env prod\n  npx millrace audit verify${CODES.read}`,
    )
    .allowExcessArguments()
    .action(async (options, command: Command) => {
      refuseWords(command);
      await (await import("./audit/list.ts")).list(options);
    });
  ofLedger(audit.command("who"))
    .description("who put a version into an environment: when, with whose approval, and how it ended")
    .argument("<release>", "such as fraud@4 or platform@2026.11.21-1")
    .option("--env <environment>", "one environment (default: all)")
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace audit who fraud@4 --env prod\n  npx millrace audit who platform@2026.11.21-1 --json${CODES.who}`,
    )
    .action(async (release: string, options) => (await import("./audit/who.ts")).who(release, options));
  ofLedger(audit.command("at"))
    .description("what ran at a time, or on a day: each version with since when, and who put it there")
    .argument("<day or time>", "such as 2026-11-20 or 2026-11-20T10:00Z")
    .option("--env <environment>", "one environment (default: all)")
    .addHelpText(
      "after",
      `\n${DAYS} Of a day, everything that ran on it.\n\nExamples:\n  npx millrace audit at 2026-11-20 --env prod\n  npx millrace audit at 2026-11-20T10:00Z --json${CODES.read}`,
    )
    .action(async (moment: string, options) => (await import("./audit/at.ts")).at(moment, options));
  ofLedger(audit.command("verify"))
    .description("check every chain of the ledger: each file, number and digest, and whether its records make sense")
    .option(
      "--expect <digest...>",
      "head that was printed before, as <environment>=<digest> or alone: finds a chain whose end was cut, or that was written anew",
    )
    .addHelpText(
      "after",
      `\nA chain shows every change but one of its end; releases/stable/<env>.json shows where that is gone with a release that was stable.\nKeep the heads that this prints somewhere else, and expect them the next time.\n\nExamples:\n  npx millrace audit verify\n  npx millrace audit verify --expect prod=6f1c0a…  # 64 digits, as printed\n  npx millrace audit verify --ledger 's3://example-ledger?region=eu-west-1' --json${CODES.verify}`,
    )
    .action(async (options) => (await import("./audit/verify.ts")).verify(options));
}

/** The command itself takes no word: one that is there is a misspelt command. */
function refuseWords({ args: [word], commands }: Command): void {
  if (word !== undefined) {
    const names = commands.map((each) => each.name());
    throw new BadInput(`the command must be one of ${names.join(", ")}, got ${shown(word)}${suggestion(word, names)}`);
  }
}

const ofLedger = (command: Command): Command =>
  command
    .option("--ledger <url>", "address of the ledger (default: MILLRACE_LEDGER)")
    .option("--json", "print the answer as JSON");
