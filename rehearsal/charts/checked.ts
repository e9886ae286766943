import { dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { quoted } from "#render/shell";
import { contentOfArchive, NoChart, readChartArchive } from "#toolchain/chart-archive";
import { LOCK, type LockedChart, lockedAs, readLock } from "#toolchain/chart-lock";
import { sha256 } from "#toolchain/digest";
import { MachineError } from "#toolchain/errors";
import type { FoundChart } from "./found.ts";
import { readInstall } from "./made.ts";

/** Archives that a rehearsal cannot take. */
export class ChartsRefused extends MachineError {}

/**
 * Reads every archive before anything is started, and holds those of publishers against the digests that are known.
 *
 * @param lock the project's list of digests; where it does not know a chart, the list next to the archive counts.
 * @throws {ChartsRefused} when an archive is damaged, is another chart, or is not the one that was fetched.
 */
export async function checkArchives(charts: readonly FoundChart[], lock = join(PROJECT_FOLDER, LOCK)): Promise<void> {
  const known = readLock(lock);
  const said = await Promise.all(
    charts.map(async (chart) => {
      const fault = await faultIn(chart, () => [...known, ...readLock(join(dirname(chart.path), LOCK))]);
      return fault === undefined ? undefined : { fault, remedy: remedyFor(chart) };
    }),
  );
  const faults = said.flatMap((each) => each ?? []);
  if (faults.length > 0) {
    const remedies = new Set(faults.map(({ remedy }) => remedy));
    throw new ChartsRefused(`${faults.map(({ fault }) => fault).join(".\n")}.`, [...remedies].join("; "));
  }
}

/** @param known digests, for an archive of a publisher. */
async function faultIn(
  { name, version, path, kind }: FoundChart,
  known: () => readonly LockedChart[],
): Promise<string | undefined> {
  if (kind === "manifests") {
    return readInstall(path).then(
      () => undefined,
      ({ message }: Error) => `${path} must hold what ${name} installs, got ${message}`,
    );
  }
  let archive: Buffer;
  try {
    archive = contentOfArchive(path);
    const { about } = await readChartArchive(archive);
    if (kind === "sources") {
      return undefined;
    }
    if (about.name !== name || String(about.version) !== version) {
      return `${path} must be the chart ${name} ${version}, got ${about.name ?? "no name"} ${about.version ?? "without a version"}`;
    }
  } catch (error) {
    if (!(error instanceof NoChart)) {
      throw error;
    }
    return `${path} must be the chart ${name} ${version}, got ${error.message}`;
  }
  const [digest, wanted] = [sha256(archive), lockedAs(known(), { name, version })?.sha256];
  return wanted === undefined || wanted === digest
    ? undefined
    : `${path} must have the digest ${wanted} of ${name} ${version} in ${LOCK}, got ${digest}`;
}

const remedyFor = ({ path, kind }: FoundChart): string =>
  kind === "archive"
    ? `Fetch them again: npx millrace charts fetch --to ${quoted(dirname(path))}`
    : `Remove ${path}: it is downloaded again`;
