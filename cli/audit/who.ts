import type { Approval, LedgerRecord, Owner, RecordOf, Verdict } from "#promotion/ledger/record";
import { type Run, runsIn } from "#promotion/ledger/runs";
import { bold, dim } from "#render/terminal";
import { printable, shown, suggestion } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";
import { answer } from "../say.ts";
import { environmentsNamed, type LedgerOptions, ledgerNamed } from "./ledger.ts";
import { changeText, modelsIn, nameOf, subjectOf, timeText } from "./text.ts";

/** Somebody's attempt to put a version into an environment. */
interface Attempt {
  begin: RecordOf<"begin">;
  /** Those who went on with it. */
  takenOver: RecordOf<"taken-over">[];
  end?: RecordOf<"done" | "failed">;
  /** What came of it, where it came up. */
  run?: Run;
}

/** `audit who`. */
export async function who(reference: string, { ledger: url, env, json = false }: LedgerOptions): Promise<void> {
  const [, name, version] = /^([a-z][a-z0-9-]*)@(\S+)$/.exec(reference) ?? [];
  if (name === undefined || version === undefined) {
    throw new BadInput(`the release must be <model>@<version> or platform@<id>, got ${shown(reference)}`);
  }
  const environments = environmentsNamed(env);
  const ledger = ledgerNamed(url);
  const subject = subjectOf(name);
  const chains = await Promise.all(environments.map((environment) => ledger.records(environment)));
  const attempts = chains.flatMap((records) => attemptsOf(records, subject, version));
  answer(json, attempts, () => {
    const models = modelsIn(chains.flat());
    const meant = models.includes(name) ? "" : suggestion(name, models);
    const known = [...new Set(chains.flatMap((records) => versionsIn(records, subject)))];
    return attempts.length > 0
      ? attempts.map((attempt) => textOf(attempt, subject)).join("\n\n")
      : `nobody put ${printable(reference)} into ${environments.join(", ")}; the ledger knows ${known.length === 0 ? `nothing of ${name}${meant}` : `${name} ${known.map(printable).join(", ")}`}`;
  });
  process.exitCode = attempts.length > 0 ? 0 : 1;
}

function attemptsOf(records: readonly LedgerRecord[], subject: string, version: string): Attempt[] {
  const runs = runsIn(records);
  return records.flatMap((begin): Attempt[] => {
    if (begin.kind !== "begin" || !begin.changes.some((change) => change.subject === subject && change.to === version)) {
      return [];
    }
    const of = <Kind extends LedgerRecord["kind"]>(...kinds: Kind[]) =>
      records.filter(
        (each): each is RecordOf<Kind> =>
          kinds.some((kind) => kind === each.kind) && "begin" in each && each.begin === begin.number,
      );
    const end = of("done", "failed")[0];
    const run = runs.find((each) => each.begin === begin.number && each.subject === subject);
    return [{ begin, takenOver: of("taken-over"), ...(end && { end }), ...(run && { run }) }];
  });
}

const versionsIn = (records: readonly LedgerRecord[], subject: string): string[] =>
  records.flatMap((record) =>
    record.kind === "begin" ? record.changes.flatMap((change) => (change.subject === subject ? [change.to] : [])) : [],
  );

function textOf({ begin, takenOver, end, run }: Attempt, subject: string): string {
  const { environment, number, operation, owner, time, reason, approvals, gates, program } = begin;
  const own = begin.changes.find((change) => change.subject === subject)!;
  const others = begin.changes.filter((change) => change !== own);
  const lines: [string, string][] = [
    [operation === "promote" ? "promoted by" : "rolled back by", `${ownerText(owner)}, ${timeText(time)}`],
    ...(reason === undefined ? [] : ([["reason", reason]] as [string, string][])),
    ...(others.length === 0 ? [] : ([["together with", others.map(changeText).join(", ")]] as [string, string][])),
    ...approvalLines(approvals),
    ...gateLines(gates),
    ["program", program],
    ...takenOver.map((each): [string, string] => [
      "taken over by",
      `${ownerText(each.owner)}, ${timeText(each.time)}: ${each.why}`,
    ]),
    ...endLines(end, run),
  ];
  const width = Math.max(...lines.map(([key]) => key.length));
  return [
    bold(`${environment}: ${changeText(own)}   record ${number}`),
    ...lines.map(([key, text]) => `  ${dim(key.padEnd(width))}  ${printable(text)}`),
  ].join("\n");
}

const ownerText = ({ who, host, job }: Owner): string => `${who} (${job ?? `on ${host}`})`;

const approvalLines = (approvals: readonly Approval[]): [string, string][] =>
  approvals.length === 0
    ? [["approved by", "nobody"]]
    : approvals.map(({ by, source, time }) => ["approved by", `${by}, ${timeText(time)}, ${source}`]);

/** Gates that passed by their names; the others with what they said. */
function gateLines(gates: readonly Verdict[]): [string, string][] {
  const passed = gates.filter(({ state }) => state === "passed").map(({ gate }) => gate);
  const others = gates.filter(({ state }) => state !== "passed");
  return [
    ...(passed.length === 0 ? [] : ([["gates passed", passed.join(", ")]] as [string, string][])),
    ...others.map(({ gate, state, detail }): [string, string] => [`gate ${nameOf(gate)}`, `${state}: ${detail}`]),
  ];
}

function endLines(end: Attempt["end"], run: Run | undefined): [string, string][] {
  const lines: [string, string][] = [];
  if (end === undefined) {
    lines.push(["came up", "not yet: nobody has ended it"]);
  } else if (end.kind === "failed") {
    lines.push(["failed", `${timeText(end.time)}, with ${end.layers.join(", ") || "no layer"} up: ${end.why}`]);
  } else {
    lines.push(["came up", `${timeText(end.time)}, after ${Math.round(end.seconds)} s`]);
  }
  if (run?.stable !== undefined) {
    lines.push(["stable", timeText(run.stable)]);
  }
  if (run?.thrownOut !== undefined) {
    lines.push(["thrown out", `${timeText(run.thrownOut.time)}: ${run.thrownOut.why}`]);
  } else if (run !== undefined) {
    lines.push(["ran until", run.until === undefined ? "now" : timeText(run.until)]);
  }
  return lines;
}
