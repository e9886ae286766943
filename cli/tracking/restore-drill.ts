import { type Drilled, drill } from "#promotion/drill/drill";
import { TrackingPods } from "#promotion/drill/pod";
import { RdsBackups } from "#promotion/drill/rds";
import { bold, green, red, yellow } from "#render/terminal";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { trackingDatabaseOf } from "#stacks/names";
import { awsIn } from "#toolchain/aws-cli";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { interruption } from "../interrupt.ts";
import { demandYes } from "../promote/ask.ts";
import { answer, sayBeside } from "../say.ts";

/** Exit code where the restored database is another. */
const DIFFERS = 7;

/** Least share of the rows that must have been compared: below it, equality says little. */
const ENOUGH = 0.5;

/** `tracking restore-drill`. */
export async function restoreDrill(
  word: string,
  { yes = false, json = false }: { yes?: boolean; json?: boolean },
): Promise<void> {
  const environment = environmentNamed(word);
  const identifier = trackingDatabaseOf(environment);
  const region = String(configFile(FILES.config("foundation", environment))["millrace:region"]);
  const pods = await TrackingPods.find();
  const backups = await RdsBackups.of({ identifier, ask: await awsIn(region), signal: interruption() });
  if (backups.host !== pods.host) {
    throw new BadInput(
      `the kubeconfig must be of the cluster of ${environment}, whose database is ${backups.host}; its tracking server uses '${pods.host}': run aws eks update-kubeconfig`,
    );
  }
  await demandYes(`restore ${identifier} to a second instance, compare it, and delete it?`, { yes, json });
  const found = await drill((program, host) => pods.run(program, host), backups, sayBeside);
  answer(json, { environment, ...found }, () => drillText(environment, found));
  process.exitCode = found.faults.length > 0 ? DIFFERS : isEnough(found) ? 0 : 1;
}

const isEnough = ({ compared, rows }: Drilled): boolean => compared >= ENOUGH * rows;

/** What a drill has found, for a person. */
export function drillText(environment: EnvironmentName, found: Drilled): string {
  const { at, tables, rows, compared, versions, faults } = found;
  const title =
    faults.length > 0
      ? red("the restored database is another")
      : isEnough(found)
        ? green("the restored database is equal")
        : yellow("too much was written in the meantime: repeat it in a quieter hour");
  const number = (count: number) => count.toLocaleString("en");
  return [
    `${bold(environment)}   ${title}`,
    `  restored as it was at ${at.toISOString()}`,
    `  compared ${number(compared)} of ${number(rows)} rows in ${tables} tables, and the files of ${versions} versions of models`,
    ...faults.map((fault) => `  ${red("✗")} ${fault}`),
  ].join("\n");
}
