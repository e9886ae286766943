import { type Run, runsIn } from "#promotion/ledger/runs";
import { table } from "#render/table";
import { dim, green, red, yellow } from "#render/terminal";
import { printable, shown, suggestion } from "#stacks/wording";
import { ledgerNamed } from "../audit/ledger.ts";
import { modelNamed, modelsIn, timeText } from "../audit/text.ts";
import { BadInput, environmentNamed } from "../bad-input.ts";
import { answer } from "../say.ts";

interface Options {
  env: string;
  ledger?: string;
  json?: boolean;
}

/** `serve history`: every version of a model that an environment served, by its ledger. */
export async function history(model: string, { env, ledger, json = false }: Options): Promise<void> {
  const environment = environmentNamed(env);
  const subject = modelNamed(model, "the model");
  const records = await ledgerNamed(ledger).records(environment);
  const known = modelsIn(records);
  if (!known.includes(model)) {
    throw new BadInput(
      `the model must be one that there is or was (${known.map(printable).join(", ")}), got ${shown(model)}${suggestion(model, known)}`,
    );
  }
  const runs = runsIn(records).filter((run) => run.subject === subject);
  answer(json, runs, () => (runs.length === 0 ? `${environment} has served no version of ${model}` : textOf(runs)));
}

const textOf = (runs: readonly Run[]): string =>
  table(
    ["version", "from", "until", "how it ended", "who", ""],
    runs.map((run) => [
      printable(run.version),
      timeText(run.since),
      run.until === undefined ? dim("now") : timeText(run.until),
      endOf(run),
      printable(run.by),
      printable(run.reason === undefined ? run.operation : `${run.operation}: ${run.reason}`),
    ]),
  );

function endOf({ stable, since, thrownOut }: Run): string {
  if (thrownOut !== undefined) {
    return red(`thrown out: ${printable(thrownOut.why)}`);
  }
  if (stable === undefined) {
    return yellow("being released");
  }
  const minutes = (Date.parse(stable) - Date.parse(since)) / 60_000;
  // The clock of one of the two machines was wrong.
  return green(minutes < 0 ? "stable" : `stable after ${minutes.toFixed(1)} min`);
}
