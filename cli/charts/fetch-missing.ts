import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockedAs, readLock } from "#toolchain/chart-lock";
import { sha256 } from "#toolchain/digest";
import { HostError } from "#toolchain/oci/http";
import { Failures, hostOf } from "./failures.ts";
import { fetchChart } from "./fetch.ts";
import { ChartError } from "./http.ts";
import type { Chart } from "./pins.ts";

/** Longest time for all of it, seconds: without a way to the internet an answer may never come. */
const PATIENCE = 10;

export interface MissingOptions {
  charts: readonly Chart[];
  /** Folder. */
  to: string;
  /** Committed list of digests: a chart that is not the one it names is left where it is. */
  lock: string;
  signal: AbortSignal;
}

/**
 * Fetches each of the charts that can be had now. Nobody has asked for it, so what cannot be had is no failure.
 *
 * @returns how many have come, and why the others have not, a sentence each.
 */
export async function fetchMissing({ charts, to, lock, signal }: MissingOptions): Promise<{ come: number; failed: string[] }> {
  const known = readLock(lock);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE * 1_000)]);
  const failures = new Failures();
  let come = 0;
  // Publishers at once, the charts of each in turn: one that does not answer is asked once.
  const publishers = [...Map.groupBy(charts, hostOf).values()].map(async (own) => {
    for (const chart of own) {
      if (failures.areOf(chart)) {
        continue;
      }
      try {
        const { archive } = await fetchChart(chart, limit);
        const digest = sha256(archive);
        const wanted = lockedAs(known, chart)?.sha256 ?? digest;
        if (digest !== wanted) {
          throw new ChartError(`${chart.name} ${chart.version} must have the digest ${wanted} that ${lock} names, got ${digest}`);
        }
        write(to, chart.archive, archive);
        come += 1;
      } catch (error) {
        signal.throwIfAborted();
        const late = new HostError(hostOf(chart), `${hostOf(chart)} has not given its charts within ${PATIENCE} s`);
        failures.add(chart, limit.aborted ? late : error);
      }
    }
  });
  await Promise.all(publishers);
  return { come, failed: failures.sentences() };
}

/** Whole or not at all: a rehearsal that is killed leaves no half archive. */
function write(folder: string, name: string, archive: Buffer): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `${name}.${process.pid}`);
  try {
    writeFileSync(draft, archive);
    renameSync(draft, join(folder, name));
  } finally {
    rmSync(draft, { force: true });
  }
}
