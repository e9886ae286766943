import type { Command } from "commander";

const CODES = `

Exit codes:
  0  the restored database is equal
  1  it could not be found out: the lines say why, and what to do
  2  something that was typed is wrong; nothing was done
  7  the restored database is another: the lines with ✗ say where`;

/** Adds `tracking …`: what the tracking server keeps. */
export function trackingCommand(program: Command): void {
  const tracking = program.command("tracking").description("what the tracking server keeps: runs, models and accounts");
  tracking
    .command("restore-drill")
    .description("restore its database to a second instance, compare every row with the live one, and delete it again")
    .argument("<environment>", "dev, staging or prod")
    .option("--yes", "do not ask")
    .option("--json", "print what came of it as JSON")
    .addHelpText(
      "after",
      `\nIt needs credentials of the environment's account, and the kubeconfig of its cluster: \`aws eks update-kubeconfig\` writes it. The server goes on: only what nobody writes in the meantime is compared, so take a quiet hour. It takes half an hour, and costs one instance of the database's class for that time.\n\nExamples:\n  npx millrace tracking restore-drill prod\n  npx millrace tracking restore-drill dev --yes --json   # on a schedule${CODES}`,
    )
    .action(async (environment: string, options) =>
      (await import("./tracking/restore-drill.ts")).restoreDrill(environment, options),
    );
}
