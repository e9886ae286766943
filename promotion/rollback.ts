import * as pulumi from "@pulumi/pulumi";
import { shown } from "#stacks/wording";
import { demandAdopted } from "./adopted.ts";
import { goOnWith, Stopped } from "./apply.ts";
import { beginning, takeOver } from "./beginning.ts";
import { demandDigest } from "./candidates.ts";
import { type Applied, goOn } from "./carry-out.ts";
import { lookAt, type Outer } from "./facts.ts";
import { checkGates } from "./gates/check.ts";
import { GATES } from "./gates/index.ts";
import type { Change, LedgerRecord, Verdict } from "./ledger/record.ts";
import { runsNow, type Stable, stableIn, thrownOut } from "./ledger/runs.ts";
import { openIn } from "./open.ts";
import { requirementsOf } from "./pace.ts";
import { modelOf } from "./subjects.ts";
import { programWith, type Target } from "./target.ts";
import { DAYS_WITHOUT_APPROVAL } from "./times.ts";

const DAY = 24 * 3600 * 1000;

export interface RollbackRequest {
  subject: string;
  /** Version or id to go back to. @default - the last one that was stable there before the one that runs */
  to?: string | undefined;
  /** Why, in a person's words. */
  reason: string;
}

/**
 * The change back to a release that was good there: of a model a version that was stable within the last 30 days and that no measurement
 * threw out, of the platform the release before.
 *
 * @throws {pulumi.RunError} when there is none, the named one is no such release, or its file has changed since.
 */
export function changeBack(
  { subject, to }: RollbackRequest,
  target: Target,
  records: readonly LedgerRecord[],
  now: Date,
): Change {
  const { environment, releases } = target;
  // What was begun may have users already.
  const begun = openIn(records).flatMap(({ begin }) => begin.changes.filter((change) => change.subject === subject));
  const running = begun.at(-1)?.to ?? runsNow(records).get(subject)?.version;
  if (running === undefined) {
    demandAdopted(environment, records);
    throw new pulumi.RunError(
      `'<what>' must be something that ${environment} runs, got ${shown(modelOf(subject) ?? subject)}: npx millrace promote status`,
    );
  }
  const good = goodBefore(subject, running, records, now);
  const left = takenBack(records, subject);
  const wanted = to ?? good.filter(({ version }) => !left.has(version)).at(-1)?.version;
  if (wanted === undefined) {
    throw new pulumi.RunError(
      `${modelOf(subject) ?? subject} must have another release that was stable in ${environment} within ${DAYS_WITHOUT_APPROVAL} days, got none: promote one instead`,
    );
  }
  const names = good.map(({ version }) => version).join(", ") || "there is none";
  const why = thrownOut(records, subject).find(({ version }) => version === wanted)?.why;
  if (why !== undefined) {
    throw new pulumi.RunError(`'--to' must be a release that no measurement threw out (${names}), got '${wanted}': ${why}`);
  }
  const found = good.find(({ version }) => version === wanted);
  if (found === undefined) {
    throw new pulumi.RunError(
      `'--to' must be a release that was stable in ${environment} within ${DAYS_WITHOUT_APPROVAL} days (${names}), got ${shown(wanted)}: promote it instead, with its gates`,
    );
  }
  const change: Change = { subject, from: running, to: wanted, digest: found.digest };
  demandDigest(change, `as it was stable in ${environment}`, releases);
  return change;
}

/** Releases that ran in an environment until some time within the last 30 days, and were good, the latest last. */
const goodBefore = (subject: string, running: string, records: readonly LedgerRecord[], now: Date): Stable[] =>
  stableIn(records, subject).filter(
    ({ version, until }) =>
      version !== running && Date.parse(until ?? now.toISOString()) >= now.getTime() - DAYS_WITHOUT_APPROVAL * DAY,
  );

/** Versions that a rollback has taken away: the same command once more must not bring them back. */
function takenBack(records: readonly LedgerRecord[], subject: string): ReadonlySet<string> {
  const left = new Set<string>();
  for (const record of records.filter((each) => each.kind === "begin")) {
    for (const { from, to } of record.changes.filter((change) => change.subject === subject)) {
      left.delete(to);
      if (record.operation === "rollback" && from !== null) {
        left.add(from);
      }
    }
  }
  return left;
}

/** A rollback of the subject, to that release or any, that was begun and not ended: the same command goes on with it. */
export const begunBack = ({ subject, to }: Pick<RollbackRequest, "subject" | "to">, records: readonly LedgerRecord[]) =>
  openIn(records).find(
    ({ begin }) =>
      begin.operation === "rollback" &&
      begin.changes.some((change) => change.subject === subject && (to === undefined || change.to === to)),
  );

/** Gates of a rollback: what was good needs no new approval, but nothing stateful goes, and two do not write at once. */
const GATES_OF_ROLLBACK = ["stateful", "unmoved"];

/**
 * Goes back to a release that was good. A model needs no preview: only its own layer is brought up. Nothing is measured away: the version that
 * comes back is measured as any other, in two shares.
 *
 * @returns nothing where the release that is asked for runs already.
 * @throws {Held} when somebody is changing the environment. @throws {NotApplied} when a layer is refused.
 */
export async function rollBack(target: Target, request: RollbackRequest, outer: Outer): Promise<Applied | undefined> {
  const { environment, ledger } = target;
  const records = await ledger.records(environment);
  const open = openIn(records);
  const mine = begunBack(request, records);
  if (mine !== undefined) {
    return goOnWith(target, records, mine, outer.owner);
  }
  const isBegun = open.some(({ begin }) => begin.changes.some(({ subject }) => subject === request.subject));
  if (!isBegun && runsNow(records).get(request.subject)?.version === request.to) {
    return undefined;
  }
  let last = records.at(-1);
  for (const each of open.filter(({ holder }) => holder !== undefined)) {
    // What a dead process has begun is left where it is; what a living one does must end first.
    last = await takeOver(target, each, last, outer.owner);
  }
  const change = changeBack(request, target, records, outer.now);
  const verdicts = modelOf(change.subject) === undefined ? await gatesOfPlatform(target, change, outer) : [];
  if (verdicts.some(({ state }) => state === "failed")) {
    throw new Stopped(verdicts);
  }
  const program = await programWith(target, records, [change]);
  const begin = await beginning(target, last, {
    operation: "rollback",
    changes: [change],
    gates: verdicts,
    approvals: [],
    states: {},
    program: program.release.program,
    owner: outer.owner,
    reason: request.reason,
  });
  return goOn(target, begin, outer.owner);
}

async function gatesOfPlatform(target: Target, change: Change, outer: Outer): Promise<Verdict[]> {
  const { facts } = await lookAt(target, [change], outer);
  const { levels, ...rest } = requirementsOf(target.environment);
  const asked = Object.entries(levels).filter(([name]) => GATES_OF_ROLLBACK.includes(name));
  return checkGates(
    facts,
    { ...rest, levels: Object.fromEntries(asked) },
    GATES.filter(({ name }) => GATES_OF_ROLLBACK.includes(name)),
  );
}
