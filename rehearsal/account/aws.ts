// The program behind `aws` in a rehearsal. Tokens for the cluster are given by its launcher, rehearsal/plugins/bin/aws, without starting Node.

import { accountHere } from "./account.ts";
import { answerTo } from "./answer.ts";
import { CliError, EXIT } from "./command-line.ts";

try {
  console.log(answerTo(process.argv.slice(2), () => accountHere(process.env, new Date()), process.env));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = error instanceof CliError ? error.code : EXIT.general;
}
