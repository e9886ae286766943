import type { LedgerRecord } from "../ledger/record.ts";

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
  since?: number;
}

/**
 * How a version has fared, from the records of an environment. A model counts from the moment at which it was stable, the platform from
 * that at which every layer was up; both until the next change of the same subject begins. A change that reaches no layer takes nothing
 * away, and a version that is thrown out gives its place back to the one before.
 */
export function faredIn(records: readonly LedgerRecord[], subject: string, version: string, now: Date): Fared {
  const isModel = subject !== "platform";
  const begun = new Map<number, { to: string; at: number; before: Running | undefined }>();
  const fared: Fared = { ran: 0, proven: false };
  let running: Running | undefined;

  const replace = (by: Running | undefined, at: number): void => {
    if (running?.version === version && running.since !== undefined) {
      fared.ran += Math.max(0, at - running.since);
    }
    running = by;
    fared.proven ||= by?.version === version && by.since !== undefined;
  };

  for (const record of records) {
    const time = Date.parse(record.time);
    if (record.kind === "begin") {
      const to = record.changes.find((each) => each.subject === subject)?.to;
      if (to !== undefined && to !== running?.version) {
        begun.set(record.number, { to, at: time, before: running });
        replace(running && { version: running.version }, time);
      }
    } else if (record.kind === "done" && begun.has(record.begin)) {
      const { to } = begun.get(record.begin)!;
      replace(isModel ? { version: to } : { version: to, since: time }, time);
    } else if (record.kind === "failed" && begun.has(record.begin)) {
      const { at, before } = begun.get(record.begin)!;
      const reached = isModel ? record.layers.includes("workloads") : record.layers.length > 0;
      replace(reached || before?.since === undefined ? undefined : { version: before.version, since: at }, time);
    } else if (record.kind === "stable" && record.subject === subject) {
      if (running?.version !== record.version || running.since === undefined) {
        replace({ version: record.version, since: time }, time);
      }
    } else if (record.kind === "thrown-out" && record.subject === subject) {
      if (record.version === version) {
        fared.thrownOut = { time: record.time, why: record.why };
      }
      if (running?.version === record.version) {
        const before = begun.get(record.begin)?.before;
        replace(before?.since === undefined ? undefined : { version: before.version, since: time }, time);
      }
    }
  }
  replace(undefined, now.getTime());
  return fared;
}
