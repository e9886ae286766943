import { EngineFailure } from "#engine/failure";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { bringOver } from "./artifacts/bring-over.ts";
import { candidateOf, layersOf } from "./candidates.ts";
import { factsOf, type Outer, planOf } from "./facts.ts";
import { approvalsOf } from "./gates/approvals.ts";
import { checkGates } from "./gates/check.ts";
import type { Facts, LayerState } from "./gates/gate.ts";
import { LedgerMoved } from "./ledger/errors.ts";
import { holdOn } from "./ledger/holder.ts";
import type { Approval, Change, LedgerRecord, Operation, Owner, Verdict } from "./ledger/record.ts";
import { runsNow } from "./ledger/runs.ts";
import { type Begin, type Open, openIn } from "./open.ts";
import { isGone } from "./owner.ts";
import { requirementsOf } from "./pace.ts";
import type { PromotionPlan } from "./plan.ts";
import { pointAtAll } from "./releases/write.ts";
import type { Requirements } from "./requirements.ts";
import { stateOf } from "./state/layer-state.ts";
import { recoverLayer } from "./state/recover.ts";
import { nameOf } from "./subjects.ts";
import { before, type Program, programIn, releasesWith, stackOf, type Target } from "./target.ts";

/** Somebody else is changing the environment. Nothing was changed. */
export class Held extends Error {}

/** A layer was refused. What is up stays up; the same command goes on. */
export class NotApplied extends Error {
  readonly layers: readonly Layer[];
  constructor(message: string, layers: readonly Layer[], cause: unknown) {
    super(message, { cause });
    this.layers = layers;
  }
}

/** Gates that do not let a promotion through. Nothing was changed. */
export class Stopped extends Error {
  readonly verdicts: readonly Verdict[];
  constructor(verdicts: readonly Verdict[]) {
    super("gates are not met");
    this.verdicts = verdicts;
  }
}

/** What became of a promotion. */
export interface Applied {
  begin: Begin;
  seconds: number;
  layers: readonly Layer[];
}

/**
 * Applies what was planned: asks the gates once more, writes down who begins what, brings over bytes and images, sets the pointer and brings
 * up layer by layer. It stops at the first refusal, and goes on from there when it is called again.
 *
 * @returns nothing where the environment runs all of it already.
 * @throws {Stopped} when a gate does not pass. @throws {Held} when somebody else is at it. @throws {NotApplied} when a layer is refused.
 */
export async function applyPlan(target: Target, plan: PromotionPlan, outer: Outer): Promise<Applied | undefined> {
  const { environment, ledger, releases } = target;
  const { changes } = plan;
  const records = await ledger.records(environment);
  const open = openIn(records).at(-1);
  if (open !== undefined) {
    demandSame(environment, open, changes);
    return goOnWith(target, records, open, outer.owner);
  }
  const runs = runsNow(records);
  if (changes.every(({ subject, to }) => runs.get(subject)?.version === to)) {
    return undefined;
  }
  const candidates = changes.map((each) => candidateOf(each, releases));
  const next = await programIn(target, releasesWith(target, changes));
  const now = await programIn(target, releasesWith(target, before(changes)));
  const facts = factsOf(target, { candidates, next, now, planned: plan.states, plan: planOf(next, environment) }, outer);
  const wanted = requirementsOf(environment, ledger.isFolder);
  const verdicts = await checkGates(facts, wanted);
  if (verdicts.some(({ state }) => state === "failed")) {
    if ((await ledger.records(environment)).length > records.length) {
      // Somebody was first while the gates were asked: that is what they have met.
      return applyPlan(target, plan, outer);
    }
    throw new Stopped(verdicts);
  }
  const begin = await beginning(target, records.at(-1), {
    operation: "promote",
    changes,
    gates: verdicts,
    approvals: await approvalsIn(facts, wanted),
    states: digests(await facts.states()),
    program: next.release.program,
    owner: outer.owner,
  });
  return goOn(target, begin, outer.owner);
}

/**
 * Goes on with what was begun and not ended, whoever began it: a promotion or a rollback.
 *
 * @param records those that say so.
 * @throws {Held} when somebody is at it, or a person has forbidden the promotion since. @throws {NotApplied} when a layer is refused.
 */
export async function goOnWith(target: Target, records: readonly LedgerRecord[], open: Open, owner: Owner): Promise<Applied> {
  if (open.begin.operation === "promote") {
    demandNoHold(records, open.begin.changes);
  }
  await takeOver(target, open, records.at(-1), owner);
  return goOn(target, open.begin, owner);
}

/** What a beginning says. */
interface Intent {
  operation: Operation;
  changes: readonly Change[];
  gates: readonly Verdict[];
  approvals: readonly Approval[];
  states: Begin["states"];
  program: string;
  owner: Owner;
  reason?: string;
}

/** Writes down who begins what. The place in the chain decides between two who begin at once. @throws {Held} when somebody was first. */
export async function beginning(target: Target, last: LedgerRecord | undefined, intent: Intent): Promise<Begin> {
  const { environment, ledger } = target;
  const { changes, gates, approvals, ...rest } = intent;
  try {
    const record = await ledger.appendAfter(last, {
      kind: "begin",
      environment,
      time: new Date().toISOString(),
      changes: [...changes],
      gates: [...gates],
      approvals: [...approvals],
      ...rest,
    });
    return record as Begin;
  } catch (error) {
    if (error instanceof LedgerMoved) {
      throw new Held(heldBy(environment, error.record.owner, error.record.time));
    }
    throw error;
  }
}

/**
 * Goes on with what was begun and not ended: by a process that is gone, or that met a refusal.
 *
 * @throws {Held} when the process that began is not provably gone, or somebody else was first to go on.
 */
export async function takeOver(
  { environment, ledger, update }: Target,
  { begin, holder, since, failure }: Open,
  last: LedgerRecord | undefined,
  owner: Owner,
): Promise<LedgerRecord> {
  let why = failure ?? "";
  if (holder !== undefined) {
    const found = await isGone(holder, { since });
    if (!found.gone) {
      throw new Held(`${heldBy(environment, holder, since)}: ${found.why}`);
    }
    why = found.why;
  }
  update(`going on with what ${begin.owner.who} began at ${begin.time}: ${why}`);
  try {
    return await ledger.appendAfter(last, { kind: "taken-over", environment, time: now(), owner, begin: begin.number, why });
  } catch (error) {
    throw error instanceof LedgerMoved ? new Held(heldBy(environment, error.record.owner, error.record.time)) : error;
  }
}

/** Does what a beginning says, whatever of it has been done already. */
export async function goOn(target: Target, begin: Begin, owner: Owner): Promise<Applied> {
  const { environment, ledger, releases, update } = target;
  const began = performance.now();
  const layers = layersOf(begin.changes);
  const done: Layer[] = [];
  const at = { environment, owner, begin: begin.number };
  try {
    if (begin.operation === "promote") {
      await bringOver(target, begin.changes);
    }
    pointAtAll(environment, begin.changes, releases);
    const program = await programFor(target, begin);
    for (const layer of layers) {
      update(`${stackOf(layer, environment)}`);
      await recoverLayer(program.engine, layer, environment, { say: update, forget: false });
      await program.engine.up(stackOf(layer, environment), program.pack);
      done.push(layer);
    }
    const states = digests(await Promise.all(layers.map((layer) => stateOf(program.engine, layer, environment))));
    const seconds = (performance.now() - began) / 1000;
    await ledger.append({ kind: "done", time: now(), ...at, states, seconds });
    return { begin, seconds, layers: done };
  } catch (error) {
    const why = error instanceof EngineFailure ? error.message : (error as Error).message;
    await ledger.append({ kind: "failed", time: now(), ...at, layers: done, why: why.slice(0, 2_000) });
    target.signal.throwIfAborted();
    throw new NotApplied(why, done, error);
  }
}

/** The program of what is begun. A platform that is half promoted does not come in with a model that is rolled back. */
async function programFor(target: Target, begin: Begin): Promise<Program> {
  const others = openIn(await target.ledger.records(target.environment)).filter((open) => open.begin.number !== begin.number);
  const undone = others.flatMap((open) => before(open.begin.changes));
  const pointed = [...undone, ...begin.changes];
  return programIn(target, undone.length === 0 ? target.releases : releasesWith(target, pointed));
}

/** The approvals that count, for the record. Where none could be asked for, the gate has said so. */
async function approvalsIn(facts: Facts, wanted: Requirements): Promise<Approval[]> {
  const found = await approvalsOf(facts, wanted).catch(() => []);
  return found.flatMap(({ counted }) => counted.map(({ by, source, time }) => ({ by, source, time })));
}

const now = (): string => new Date().toISOString();

const digests = (states: readonly LayerState[]): Begin["states"] =>
  Object.fromEntries(states.flatMap(({ layer, digest }) => (digest === null ? [] : [[layer, digest]])));

const heldBy = (environment: EnvironmentName, { who, job, host, pid }: Owner, since: string): string =>
  `${environment} is being changed by ${who} on ${job ?? `${host} (process ${pid})`} since ${since}`;

/** Gates are not asked again for what was begun; a person's word that came since counts. @throws {Held} when there is one. */
function demandNoHold(records: readonly LedgerRecord[], changes: readonly Change[]): void {
  for (const { subject } of changes) {
    const hold = holdOn(records, subject);
    if (hold !== undefined) {
      throw new Held(`${hold.environment} is held by ${hold.owner.who} since ${hold.time}: ${hold.reason}`);
    }
  }
}

/** @throws {Held} when something else must be finished first. */
export function demandSame(
  environment: EnvironmentName,
  { begin, failure }: Open,
  changes: readonly Pick<Change, "subject" | "to">[],
): void {
  const text = (all: typeof changes): string => all.map(nameOf).sort().join();
  if (text(begin.changes) !== text(changes)) {
    throw new Held(
      `${environment} must be finished first, got another promotion: ${namesOf(begin.changes)} was begun at ${begin.time} by ${begin.owner.who}${failure === undefined ? "" : ` and failed (${failure})`}: npx millrace promote apply --to ${environment} goes on with it, npx millrace rollback ends it`,
    );
  }
}

export const namesOf = (changes: readonly Change[]): string => changes.map(nameOf).join(", ");
