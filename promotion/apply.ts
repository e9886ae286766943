import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { beginning, demandNoHold, demandSame, takeOver } from "./beginning.ts";
import { type Applied, digests, goOn } from "./carry-out.ts";
import { lookAt, type Outer } from "./facts.ts";
import { approvalsOf } from "./gates/approvals.ts";
import { checkGates } from "./gates/check.ts";
import type { Facts } from "./gates/gate.ts";
import type { Approval, Change, LedgerRecord, Owner, Verdict } from "./ledger/record.ts";
import { type Run, runsNow } from "./ledger/runs.ts";
import { type Open, openIn } from "./open.ts";
import { requirementsOf } from "./pace.ts";
import type { PromotionPlan } from "./plan.ts";
import type { Requirements } from "./requirements.ts";
import type { Target } from "./target.ts";

/** Gates that do not let a promotion through. Nothing was changed. */
export class Stopped extends Error {
  readonly verdicts: readonly Verdict[];
  constructor(verdicts: readonly Verdict[]) {
    super("gates are not met");
    this.verdicts = verdicts;
  }
}

/**
 * Applies what was planned: asks the gates once more, writes down who begins what, brings over bytes and images, sets the pointer and brings
 * up layer by layer. It stops at the first refusal, and goes on from there when it is called again.
 *
 * @returns nothing where the environment runs all of it already.
 * @throws {Stopped} when a gate does not pass. @throws {Held} when somebody else is at it. @throws {NotApplied} when a layer is refused.
 */
export async function applyPlan(target: Target, plan: PromotionPlan, outer: Outer): Promise<Applied | undefined> {
  const { environment, ledger } = target;
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
  demandFrom(changes, runs, environment);
  const { next, facts } = await lookAt(target, changes, outer, plan.states);
  const wanted = requirementsOf(environment);
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

/** @throws {pulumi.RunError} when a plan takes something else for what runs: gates would compare with that. */
function demandFrom(changes: readonly Change[], runs: ReadonlyMap<string, Run>, environment: EnvironmentName): void {
  for (const { subject, from } of changes) {
    const running = runs.get(subject)?.version ?? null;
    if (from !== running) {
      throw new pulumi.RunError(
        `the plan must be of what runs in ${environment}, '${running ?? "nothing"}' of ${subject}, got '${from ?? "nothing"}': plan again`,
      );
    }
  }
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

/** The approvals that count, for the record. Where none could be asked for, the gate has said so. */
async function approvalsIn(facts: Facts, wanted: Requirements): Promise<Approval[]> {
  const found = await approvalsOf(facts, wanted).catch(() => []);
  return found.flatMap(({ counted }) => counted.map(({ by, source, time }) => ({ by, source, time })));
}
