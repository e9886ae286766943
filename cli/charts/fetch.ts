import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCK, type LockedChart, lockedAs, lockText, readLock } from "#toolchain/chart-lock";
import { sha256 } from "#toolchain/digest";
import { archiveProblems } from "./archive.ts";
import { Failures, sentenceOf } from "./failures.ts";
import { ChartError } from "./http.ts";
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
  const failures = new Failures();
  for (const chart of PINNED) {
    if (failures.areOf(chart)) {
      continue;
    }
    try {
      const { archive, notes } = await fetchChart(chart, signal);
      fetched.noted.push(...notes);
      onProgress(chart, archive.length);
      const { name, version, images } = chart;
      come.push({ chart, archive, locked: { name, version, sha256: sha256(archive), images } });
    } catch (error) {
      signal.throwIfAborted();
      failures.add(chart, error);
    }
  }
  fetched.failed.push(...failures.sentences());
  for (const { chart, locked } of come) {
    const before = lockedAs(known, chart);
    if (before !== undefined && before.sha256 !== locked.sha256) {
      fetched.changed.push(
        `${chart.name} ${chart.version} must have the digest ${before.sha256} that ${lock} names, got ${locked.sha256} from ${chart.published}: somebody has changed what was published`,
      );
    }
  }
  if (fetched.failed.length === 0 && fetched.changed.length === 0) {
    try {
      await bring(to, come, signal);
      fetched.charts = come.map(({ locked }) => locked);
      writeFileSync(lock, lockText(fetched.charts));
    } catch (error) {
      signal.throwIfAborted();
      fetched.failed.push(sentenceOf(error, `charts cannot be brought to ${to}`));
    }
  }
  return fetched;
}

/**
 * A chart from its publisher, and what it has otherwise than the table of images says.
 *
 * @throws {ChartError} when it cannot be had, or is another one.
 */
export async function fetchChart(chart: Chart, signal: AbortSignal): Promise<{ archive: Buffer; notes: string[] }> {
  const { published } = chart;
  const archive = await (published.startsWith("oci://")
    ? new Registry(published, signal).pull(chart)
    : fromRepository(chart, signal));
  const { other, images: notes } = await archiveProblems(chart, archive);
  if (other !== undefined) {
    throw new ChartError(`${other} from ${published}`);
  }
  return { archive, notes };
}

async function bring(to: string, come: readonly { chart: Chart; archive: Buffer; locked: LockedChart }[], signal: AbortSignal) {
  if (to.startsWith("oci://")) {
    for (const { chart, archive } of come) {
      await new Registry(`${to}/${chart.name}`, signal).push(chart, archive);
    }
    return;
  }
  mkdirSync(to, { recursive: true });
  const files = [
    ...come.map(({ chart, archive }) => ({ path: join(to, chart.archive), content: archive })),
    { path: join(to, LOCK), content: lockText(come.map(({ locked }) => locked)) },
  ];
  const draft = (path: string): string => `${path}.unfinished`;
  try {
    // All of them are written before the first gets its name: a full disk leaves what was there.
    files.forEach(({ path, content }) => writeFileSync(draft(path), content));
    files.forEach(({ path }) => renameSync(draft(path), path));
  } finally {
    files.forEach(({ path }) => rmSync(draft(path), { force: true, recursive: true }));
  }
}
