import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archiveProblems } from "./archive.ts";
import { sha256 } from "./digest.ts";
import { ChartError } from "./http.ts";
import { LOCK, type LockedChart, lockedAs, lockText, readLock } from "./lock.ts";
import { type Chart, PINNED } from "./pins.ts";
import { Registry } from "./registry.ts";
import { fromRepository } from "./repository.ts";

export interface FetchOptions {
  /** Folder, or `oci://<registry>/<path>`. */
  to: string;
  /** Committed list with the digest of each chart that was fetched before. */
  lock: string;
  /** Called for each chart that has come. */
  onProgress: (chart: Chart, bytes: number) => void;
  signal: AbortSignal;
}

/** What has come, and what stands against it. */
export interface Fetched {
  charts: LockedChart[];
  /** Charts that cannot be had, a sentence each. Nothing was written then. */
  failed: string[];
  /** Charts that are not those that were fetched before. Nothing was written then. */
  changed: string[];
  /** What the archives have otherwise than the table of images says. */
  noted: string[];
}

/** Fetches every pinned chart, and writes all or nothing. */
export async function fetchCharts({ to, lock, onProgress, signal }: FetchOptions): Promise<Fetched> {
  const known = readLock(lock);
  const come: { chart: Chart; archive: Buffer; locked: LockedChart }[] = [];
  const fetched: Fetched = { charts: [], failed: [], changed: [], noted: [] };
  for (const chart of PINNED) {
    try {
      const archive = await download(chart, signal);
      onProgress(chart, archive.length);
      const { name, version, images } = chart;
      come.push({ chart, archive, locked: { name, version, sha256: sha256(archive), images } });
    } catch (error) {
      fetched.failed.push(sentenceOf(error));
    }
  }
  for (const { chart, archive, locked } of come) {
    const before = lockedAs(known, chart);
    if (before !== undefined && before.sha256 !== locked.sha256) {
      fetched.changed.push(
        `${chart.name} ${chart.version} must have the digest ${before.sha256} that ${lock} names, got ${locked.sha256} from ${chart.published}: somebody has changed what was published`,
      );
    }
    fetched.noted.push(...(await archiveProblems(chart, archive)));
  }
  if (fetched.failed.length === 0 && fetched.changed.length === 0) {
    try {
      await bring(to, come, signal);
      fetched.charts = come.map(({ locked }) => locked);
      writeFileSync(lock, lockText(fetched.charts));
    } catch (error) {
      fetched.failed.push(sentenceOf(error));
    }
  }
  return fetched;
}

const download = (chart: Chart, signal: AbortSignal): Promise<Buffer> =>
  chart.published.startsWith("oci://") ? new Registry(chart.published, signal).pull(chart) : fromRepository(chart, signal);

/** @throws whatever is no failure of a repository. */
function sentenceOf(error: unknown): string {
  if (error instanceof ChartError) {
    return error.message;
  }
  throw error;
}

async function bring(to: string, come: readonly { chart: Chart; archive: Buffer; locked: LockedChart }[], signal: AbortSignal) {
  if (to.startsWith("oci://")) {
    for (const { chart, archive } of come) {
      await new Registry(`${to}/${chart.name}`, signal).push(chart, archive);
    }
    return;
  }
  mkdirSync(to, { recursive: true });
  for (const { chart, archive } of come) {
    writeFileSync(join(to, chart.archive), archive);
  }
  writeFileSync(join(to, LOCK), lockText(come.map(({ locked }) => locked)));
}
