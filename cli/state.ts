import type { Command } from "commander";

const CODES = {
  doctor:
    "\n\nExit codes:\n  0  nothing is wrong\n  1  something is wrong, or could not be found out: the lines say what, and what to do\n  2  something that was typed is wrong",
  recover:
    "\n\nExit codes:\n  0  mended, or nothing was wrong\n  1  not mended: the last line says what a person must do\n  2  something that was typed is wrong; nothing was changed\n  14 somebody holds the state, or may still; nothing was changed there",
  verify:
    "\n\nExit codes:\n  0  every state is as it must be\n  1  something is wrong with a state, or no stack of the environment was found\n  2  something that was typed is wrong",
};

/** Adds `state …`: what Pulumi keeps of an environment, looked at and mended. */
export function stateCommand(program: Command): void {
  const state = program
    .command("state")
    .description("what Pulumi keeps of an environment: locks, operations that were begun, broken files; looked at and mended");
  state
    .command("doctor")
    .description("what is wrong with the state of an environment, and the command that mends it; changes nothing")
    .argument("<environment>", "dev, staging or prod")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace state doctor dev\n  npx millrace state doctor prod --json${CODES.doctor}`)
    .action(async (environment: string, options) => (await import("./state/doctor.ts")).doctor(environment, options));
  state
    .command("recover")
    .description(
      "mend it after an operation was killed: break locks of processes that are gone, restore a broken state from its copies, let Helm and the state forget what nobody has ended",
    )
    .argument("<environment>", "dev, staging or prod")
    .option("--found <urn=id...>", "what you have found in the account of creations that were begun: the state takes it over")
    .option("--yes", "do it without asking, as in CI")
    .addHelpText(
      "after",
      `\nEach step is said before it is done. It can be repeated, and goes on after it was interrupted.\n\nExamples:\n  npx millrace state recover dev\n  npx millrace state recover prod --yes   # in CI${CODES.recover}`,
    )
    .action(async (environment: string, options) => (await import("./state/recover.ts")).recover(environment, options));
  state
    .command("verify")
    .description("check the files of an environment's state by their content and against their copies; asks no cloud")
    .argument("<environment>", "dev, staging or prod")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", `\nExamples:\n  npx millrace state verify dev\n  npx millrace state verify prod --json${CODES.verify}`)
    .action(async (environment: string, options) => (await import("./state/verify.ts")).verify(environment, options));
}
