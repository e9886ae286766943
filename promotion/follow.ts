import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkloadsOutputs } from "#stacks/contracts";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { readHistory } from "#stacks/inputs/releases/history";
import { placeOf } from "#stacks/inputs/releases/read";
import { bytesThatWereStable, readRecord } from "#stacks/inputs/stable-versions";
import { runsByPointer } from "./candidates.ts";
import type { Change, LedgerRecord, Owner } from "./ledger/record.ts";
import type { Begin } from "./open.ts";
import { pointAtAll, replaceFile } from "./releases/write.ts";
import { progressOf, type RolloutProgress } from "./rollouts/progress.ts";
import { problemOf, withVersion } from "./rollouts/record.ts";
import { stableVersionOf } from "./rollouts/version.ts";
import { stackOf } from "./state/stack-files.ts";
import { modelOf } from "./subjects.ts";
import { programWith, type Target } from "./target.ts";

/** What the measurements of a release said in the end. */
export type Judgement =
  | { state: "stable"; change: Change; seconds: number }
  | { state: "thrown out"; change: Change; why: string; seconds: number };

/** Seconds between two looks. */
const INTERVAL = 2;

/**
 * Follows the releases of models that a promotion began, until each is stable or thrown out, and writes down which. A version that is thrown
 * out leaves the pointer: the one before runs, as its users have it already.
 *
 * @throws {MachineError} when the cluster does not answer. Calling it again goes on.
 */
export async function follow(target: Target, begin: Begin, owner: Owner): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (const change of begin.changes) {
    const model = modelOf(change.subject);
    if (model !== undefined) {
      judgements.push(await followModel(target, begin, change, model, owner));
    }
  }
  return judgements;
}

/** Releases of models whose end nobody has written down. */
export function unjudged(records: readonly LedgerRecord[]): { begin: Begin; changes: Change[] } | undefined {
  const done = records.findLast(({ kind }) => kind === "done");
  const begin = records.find(
    (each): each is Begin => each.kind === "begin" && done?.kind === "done" && each.number === done.begin,
  );
  const judged = records.flatMap((each) =>
    (each.kind === "stable" || each.kind === "thrown-out") && each.begin === begin?.number ? [each.subject] : [],
  );
  const changes = begin?.changes.filter(({ subject }) => modelOf(subject) !== undefined && !judged.includes(subject)) ?? [];
  return begin === undefined || changes.length === 0 ? undefined : { begin, changes };
}

async function followModel(target: Target, begin: Begin, change: Change, model: string, owner: Owner): Promise<Judgement> {
  const { environment, ledger, update, signal } = target;
  const program = await programWith(target, await ledger.records(environment));
  const outputs: unknown = await program.engine.outputs(stackOf("workloads", environment));
  const { namespace = "" } = (outputs as WorkloadsOutputs).models[model] ?? {};
  const began = performance.now();
  for (;;) {
    const progress = await progressOf(namespace, model);
    update(`${model} ${change.to}: ${lineOf(progress)}`);
    const seconds = (performance.now() - began) / 1000;
    const at = () => ({ environment, owner, time: new Date().toISOString(), begin: begin.number, subject: change.subject });
    if (progress.version === change.to && progress.state === "stable") {
      recordStable(target, model, progress.json);
      // A version that has been stable has other steps when it comes back: what is up must be what the program says.
      await bringUp(target);
      await ledger.append({ kind: "stable", ...at(), version: change.to });
      return { state: "stable", change, seconds };
    }
    if (progress.version === change.to && progress.state === "thrown out") {
      const why = progress.message || "its measurements were bad";
      await ledger.append({ kind: "thrown-out", ...at(), version: change.to, why });
      await takeBack(target, change);
      return { state: "thrown out", change, why, seconds };
    }
    await sleep(INTERVAL * 1_000, undefined, { signal });
  }
}

/** Makes the pointer say again what users have; what says so already stays. */
async function takeBack(target: Target, { subject, from, to }: Change): Promise<void> {
  const { environment, releases, update } = target;
  if (runsByPointer(environment, releases)[subject] === to) {
    update(`${subject} back to ${from ?? "none"}`);
    pointAtAll(environment, [{ subject, to: from }], releases);
  }
  await bringUp(target);
}

/** Brings up what the records say by now. */
async function bringUp(target: Target): Promise<void> {
  const { environment, ledger } = target;
  const { engine, pack } = await programWith(target, await ledger.records(environment));
  await engine.up(stackOf("workloads", environment), pack);
}

const lineOf = ({ state, step, weight, message }: RolloutProgress): string =>
  state === "going"
    ? `step ${step.number} of ${step.of}, ${weight} %`
    : `${state === "paused" ? step.what : state === "stuck" ? "does not go on" : state}${message === "" ? "" : ` (${message})`}`;

/** Adds the version to those that have been stable there: it comes back quickly then. */
function recordStable({ environment, releases }: Target, model: string, json: string): void {
  const stable = stableVersionOf(json);
  const known = { models, releases: readHistory(model, releases), stable: bytesThatWereStable(releases) };
  const problem = problemOf(stable, environment, known);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const before = readRecord(environment, releases);
  const after = withVersion(before, stable);
  if (after !== before) {
    const file = placeOf(FILES.stable(environment), releases);
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, `${JSON.stringify(after, undefined, 2)}\n`);
  }
}
