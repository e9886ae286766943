import type { Command } from "commander";

/** Adds `drift`: what somebody has changed past the program. */
export function driftCommand(program: Command): void {
  program
    .command("drift")
    .description("what somebody has changed past the program: all that an `up --refresh` would change back; changes nothing")
    .argument("<environment>", "dev, staging or prod")
    .option("--without-secrets", "leave out Secrets and charts, which CI's reading role may not see")
    .option("--json", "print it as JSON")
    .option("--markdown", "print it as Markdown, for an issue")
    .addHelpText(
      "after",
      "\nFields that the program does not set are not compared, nor objects that belong to a Helm chart.\n\nExamples:\n  npx millrace drift dev\n  npx millrace drift prod --without-secrets --markdown   # in CI\n\nExit codes:\n  0  no drift\n  1  it could not be found out, or no stack of the environment was found\n  2  something that was typed is wrong\n  7  something has drifted",
    )
    .action(async (environment: string, options) => (await import("./state/drift.ts")).drift(environment, options));
}
