import { join } from "node:path";
import { contentOfArchive, NoChart } from "#toolchain/chart-archive";
import { LOCK, type LockedChart, lockedAs, readLock } from "#toolchain/chart-lock";
import { sha256 } from "#toolchain/digest";
import { archiveProblems } from "./archive.ts";
import { type Chart, PINNED } from "./pins.ts";

/** What there is to say of a chart in a folder, a sentence each. */
export interface Verified {
  name: string;
  version: string;
  /** What would end an `up`, or make it another one. */
  problems: string[];
  /** What the archive has otherwise than the table of images says, and what no list knows: `charts fetch` only notes it, too. */
  notes: string[];
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
    verified.push({ name, version, ...(await foundOut(chart, folder, { listed, digests })) });
  }
  return verified;
}

async function foundOut(
  chart: Chart,
  folder: string,
  { listed, digests }: { listed: readonly LockedChart[]; digests: readonly LockedChart[] },
): Promise<Pick<Verified, "problems" | "notes">> {
  const archive = contentOf(join(folder, chart.archive));
  if (archive instanceof NoChart) {
    const { name, version } = chart;
    const problem = `${chart.archive} must be the chart ${name} ${version} in ${folder}, got ${archive.message}`;
    return { problems: [problem], notes: [] };
  }
  const [digest, known] = [sha256(archive), lockedAs(digests, chart)?.sha256];
  const inFolder = lockedAs(listed, chart);
  const { other, images } = await archiveProblems(chart, archive);
  const isOther = known !== undefined && known !== digest;
  const isStale = inFolder !== undefined && String(inFolder.images) !== String(chart.images);
  return {
    problems: [
      ...(isOther ? [`${chart.archive} must have the digest ${known}, got ${digest}`] : []),
      ...(other === undefined ? [] : [other]),
    ],
    notes: [
      ...images,
      ...(known === undefined
        ? [`${chart.archive}: no ${LOCK} knows it, so nothing says that it is the one that was fetched`]
        : []),
      ...(isStale
        ? [
            `${join(folder, LOCK)}: the images of ${chart.name} must be ${chart.images.join(", ") || "none"}, got ${inFolder.images.join(", ") || "none"}`,
          ]
        : []),
    ],
  };
}

/** The content of an archive, or why there is none: it hides nothing of the others. */
function contentOf(file: string): Buffer | NoChart {
  try {
    return contentOfArchive(file);
  } catch (error) {
    if (error instanceof NoChart) {
      return error;
    }
    throw error;
  }
}
