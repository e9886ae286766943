import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { archiveProblems } from "./archive.ts";
import { sha256 } from "./digest.ts";
import { LOCK, type LockedChart, lockedAs, readLock } from "./lock.ts";
import { type Chart, PINNED } from "./pins.ts";

/** What stands against a chart in a folder, a sentence each. */
export interface Verified {
  name: string;
  version: string;
  problems: string[];
}

/**
 * Holds a folder of charts against the pins, the digests and the table of images, without a network.
 *
 * @param folder that `charts fetch` has filled.
 * @param lock committed list of digests; where it does not know a chart, the list in the folder counts.
 */
export async function verifyCharts(folder: string, lock: string): Promise<Verified[]> {
  const listed = readLock(join(folder, LOCK));
  const digests = [...readLock(lock), ...listed];
  const verified: Verified[] = [];
  for (const chart of PINNED) {
    const { name, version } = chart;
    verified.push({ name, version, problems: await problemsOf(chart, folder, { listed, digests }) });
  }
  return verified;
}

async function problemsOf(
  chart: Chart,
  folder: string,
  { listed, digests }: { listed: readonly LockedChart[]; digests: readonly LockedChart[] },
): Promise<string[]> {
  const file = join(folder, chart.archive);
  const there = statSync(file, { throwIfNoEntry: false });
  if (!there?.isFile()) {
    return [`${chart.archive} must be a file in ${folder}, got ${there === undefined ? "nothing" : "something else"}`];
  }
  const archive = readFileSync(file);
  const [digest, known] = [sha256(archive), lockedAs(digests, chart)?.sha256];
  const inFolder = lockedAs(listed, chart);
  const { other, images } = await archiveProblems(chart, archive);
  return [
    ...(known === digest
      ? []
      : [`${chart.archive} must have the digest ${known ?? `that ${LOCK} names, which does not know it`}, got ${digest}`]),
    ...(inFolder === undefined || String(inFolder.images) === String(chart.images)
      ? []
      : [
          `${join(folder, LOCK)}: the images of ${chart.name} must be ${chart.images.join(", ") || "none"}, got ${inFolder.images.join(", ") || "none"}`,
        ]),
    ...(other === undefined ? images : [other]),
  ];
}
