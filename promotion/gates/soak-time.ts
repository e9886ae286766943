import type { Change, LedgerRecord } from "../ledger/record.ts";

/** How a version of a subject has fared in an environment. */
export interface Fared {
  /** Milliseconds for which it was what ran there. */
  ran: number;
  /** Whether it has been stable there or, of the platform, came up. */
  proven: boolean;
  /** Why a measurement threw it out last; absent where none did. */
  thrownOut?: { time: string; why: string };
}

/** What runs, and since when that counts; absent while nobody has measured it yet, or while it is being replaced. */
interface Running {
  version: string;
  digest: string;
  since?: number;
}

/**
 * How a release has fared, from the records of an environment. A model counts from the moment at which it was stable, the platform from
 * that at which every layer was up; both until the next change of the same subject begins. A change that reaches no layer takes nothing
 * away, and a version that is thrown out gives its place back to the one before. Time counts for the bytes that ran; what is thrown out is
 * out by its name, too.
 */
export function faredIn(
  records: readonly LedgerRecord[],
  { subject, to: version, digest }: Pick<Change, "subject" | "to" | "digest">,
  now: Date,
): Fared {
  const isModel = subject !== "platform";
  const begun = new Map<number, { change: Change; at: number; before: Running | undefined }>();
  const fared: Fared = { ran: 0, proven: false };
  let running: Running | undefined;
  const isIt = (one: Running | undefined): one is Required<Running> =>
    one?.version === version && one.digest === digest && one.since !== undefined;

  const replace = (by: Running | undefined, at: number): void => {
    if (isIt(running)) {
      fared.ran += Math.max(0, at - running.since);
    }
    running = by;
    fared.proven ||= isIt(by);
  };
  /** What runs again when a change has come to nothing. */
  const back = (before: Running | undefined, since: number): Running | undefined =>
    before?.since === undefined ? undefined : { ...before, since };

  for (const record of records) {
    const time = Date.parse(record.time);
    if (record.kind === "begin") {
      const change = record.changes.find((each) => each.subject === subject);
      if (change !== undefined && (change.to !== running?.version || change.digest !== running.digest)) {
        begun.set(record.number, { change, at: time, before: running });
        replace(running && { version: running.version, digest: running.digest }, time);
      }
    } else if (record.kind === "done" && begun.has(record.begin)) {
      const { to, digest: own } = begun.get(record.begin)!.change;
      replace({ version: to, digest: own, ...(!isModel && { since: time }) }, time);
    } else if (record.kind === "failed" && begun.has(record.begin)) {
      const { at, before } = begun.get(record.begin)!;
      const reached = isModel ? record.layers.includes("workloads") : record.layers.length > 0;
      replace(reached ? undefined : back(before, at), time);
    } else if (record.kind === "stable" && record.subject === subject) {
      const own = begun.get(record.begin)?.change.digest ?? running?.digest;
      if (own !== undefined && (running?.version !== record.version || running.since === undefined)) {
        replace({ version: record.version, digest: own, since: time }, time);
      }
    } else if (record.kind === "thrown-out" && record.subject === subject) {
      if (record.version === version) {
        fared.thrownOut = { time: record.time, why: record.why };
      }
      if (running?.version === record.version) {
        replace(back(begun.get(record.begin)?.before, time), time);
      }
    }
  }
  replace(undefined, now.getTime());
  return fared;
}
