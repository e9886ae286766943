import type { LedgerRecord } from "#promotion/ledger/record";
import { table } from "#render/table";
import { printable, shown, suggestion } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";
import { answer } from "../say.ts";
import { environmentsNamed, type LedgerOptions, ledgerNamed } from "./ledger.ts";
import { momentIn } from "./moment.ts";
import { modelNamed, modelsIn, sayingOf, timeText } from "./text.ts";

interface Options extends LedgerOptions {
  model?: string;
  platform?: boolean;
  since?: string;
}

/** `audit`. */
export async function list({ ledger: url, env, model, platform = false, since, json = false }: Options): Promise<void> {
  const environments = environmentsNamed(env);
  const subjects = [...(model === undefined ? [] : [modelNamed(model)]), ...(platform ? ["platform"] : [])];
  const from = since === undefined ? undefined : momentIn(since, "'--since'").from;
  const ledger = ledgerNamed(url);
  const chains = await Promise.all(environments.map((environment) => ledger.records(environment)));
  const known = modelsIn(chains.flat());
  if (model !== undefined && !known.includes(model)) {
    throw new BadInput(
      `'--model' must be a model that there is or was (${known.map(printable).join(", ")}), got ${shown(model)}${suggestion(model, known)}`,
    );
  }
  const records = inOrder(chains.map((chain) => (subjects.length === 0 ? chain : concerning(chain, subjects)))).filter(
    ({ time }) => from === undefined || new Date(time) >= from,
  );
  answer(json, records, () => (records.length === 0 ? "no record" : textOf(records)));
}

const textOf = (records: readonly LedgerRecord[]): string =>
  table(
    ["time", "environment", "record", "", "who", ""],
    records.map((record) => [
      timeText(record.time),
      record.environment,
      String(record.number),
      record.kind,
      printable(record.owner.who),
      sayingOf(record),
    ]),
  );

/** Records that speak of a subject, of an operation that changes it, or of everything. */
function concerning(records: readonly LedgerRecord[], subjects: readonly string[]): LedgerRecord[] {
  const begins = new Set<number>();
  return records.filter((record) => {
    switch (record.kind) {
      case "begin":
        return record.changes.some(({ subject }) => subjects.includes(subject)) && begins.add(record.number);
      case "taken-over":
      case "done":
      case "failed":
        return begins.has(record.begin);
      default:
        return record.subject === undefined || subjects.includes(record.subject);
    }
  });
}

/** Records of several chains by their time; each chain in its own order, whatever the clocks of its writers said. */
function inOrder(chains: readonly (readonly LedgerRecord[])[]): LedgerRecord[] {
  const timed = chains.flatMap((chain) => {
    let latest = 0;
    return chain.map((record) => ({ record, at: (latest = Math.max(latest, Date.parse(record.time))) }));
  });
  return timed.sort((one, other) => one.at - other.at).map(({ record }) => record);
}
