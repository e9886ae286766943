import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { create, extract } from "tar";
import { chartName } from "#components/chart";
import type { ChartPin } from "#components/versions";
import { readChartArchive } from "#toolchain/chart-archive";
import type { FoundChart } from "./found.ts";

/** A chart as Helm is given it. */
export interface PackedChart {
  archive: Buffer;
  /** Templates with webhooks that were left out. */
  webhooks: number;
}

/**
 * Packs a chart. Sources are packed under the pinned version, as a project does when it publishes them; an archive stays as it is. The
 * same input gives the same bytes.
 *
 * @param path file with one folder in it.
 * @param answers whether the program behind the chart's webhooks runs in this rehearsal. Where it does not, its webhooks are left out:
 * they fail closed, and nothing that they watch could be made.
 */
export async function packedChart(
  { path, kind }: { path: string; kind: Exclude<FoundChart["kind"], "manifests"> },
  pin: ChartPin,
  answers: boolean,
): Promise<PackedChart> {
  const name = chartName(pin.chart);
  const { folder } = await readChartArchive(readFileSync(path)).catch((error: Error) => {
    throw new Error(`${path} must be an archive of ${name}, got ${error.message}: remove it, and it is made or fetched again`);
  });
  const scratch = mkdtempSync(join(tmpdir(), "millrace-chart-"));
  try {
    await extract({ file: path, cwd: scratch });
    const chart = join(scratch, name);
    if (folder !== name) {
      renameSync(join(scratch, folder), chart);
    }
    if (kind === "sources") {
      stamp(join(chart, "Chart.yaml"), pin);
    }
    const webhooks = answers ? 0 : removeWebhooks(chart);
    if (kind === "archive" && webhooks === 0) {
      return { archive: readFileSync(path), webhooks };
    }
    const archive = join(scratch, "chart.tgz");
    await create({ file: archive, gzip: true, cwd: scratch, portable: true, mtime: new Date(0) }, [name]);
    return { archive: readFileSync(archive), webhooks };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function stamp(file: string, { version, app = version }: ChartPin): void {
  const { dependencies: _, ...chart } = load(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(file, dump({ ...chart, version, appVersion: app }));
}

const WEBHOOKS = /^kind: (Validating|Mutating)WebhookConfiguration\s*$/m;

/** From the templates of a chart and of the charts in it. */
function removeWebhooks(chart: string): number {
  const files = readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes("/templates"))
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = files.filter((path) => WEBHOOKS.test(readFileSync(path, "utf8")));
  for (const path of found) {
    rmSync(path);
  }
  return found.length;
}
