import { type Run, runsIn } from "#promotion/ledger/runs";
import { table } from "#render/table";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { printable } from "#stacks/wording";
import { answer } from "../say.ts";
import { environmentsNamed, type LedgerOptions, ledgerNamed } from "./ledger.ts";
import { type Moment, momentIn } from "./moment.ts";
import { nameOf, timeText } from "./text.ts";

/** `audit at`. */
export async function at(text: string, { ledger: url, env, json = false }: LedgerOptions): Promise<void> {
  const moment = momentIn(text, "the day or time");
  const environments = environmentsNamed(env);
  const ledger = ledgerNamed(url);
  const found = await Promise.all(
    environments.map(async (environment) => ({ environment, runs: within(runsIn(await ledger.records(environment)), moment) })),
  );
  answer(json, found, () => {
    const rows = found.flatMap(({ environment, runs }) => runs.map((run) => rowOf(environment, run, moment)));
    return rows.length === 0
      ? "nothing ran that the ledger knows of"
      : table(["environment", "", "version", "since", "until", "put there by", "record", ""], rows);
  });
}

const within = (runs: readonly Run[], { from, to }: Moment): Run[] =>
  runs
    .filter(({ since, until }) => new Date(since) <= to && (until === undefined || new Date(until) > from))
    .sort((one, other) => (one.subject < other.subject ? -1 : one.subject > other.subject ? 1 : 0));

const rowOf = (environment: EnvironmentName, run: Run, moment: Moment): string[] => [
  environment,
  nameOf(run.subject),
  printable(run.version),
  timeText(run.since),
  run.until === undefined ? "now" : timeText(run.until),
  printable(run.by),
  String(run.begin),
  stateOf(run, moment),
];

/** How far a version of a model was at that time. */
function stateOf({ subject, stable, thrownOut }: Run, { to }: Moment): string {
  if (thrownOut !== undefined) {
    return `thrown out: ${printable(thrownOut.why)}`;
  }
  if (subject === "platform") {
    return "";
  }
  return stable === undefined ? "no verdict yet" : new Date(stable) <= to ? "stable" : `stable from ${timeText(stable)} on`;
}
