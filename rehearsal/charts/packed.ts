import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { create, extract } from "tar";
import type { ChartPin } from "#components/versions";
import { nameOf } from "./recorded.ts";

/** A chart made of its project's own sources, as its publisher makes it. */
export interface PackedChart {
  archive: Buffer;
  /** Templates with webhooks that were left out. */
  webhooks: number;
}

/**
 * Packs a chart out of its project's sources under the pinned version, as a project does when it publishes one. The same sources give
 * the same archive, byte for byte.
 *
 * @param file archive of the sources, with one folder in it.
 * @param answers whether the program behind the chart's webhooks runs in this rehearsal. Where it does not, its webhooks are left out:
 * they fail closed, and nothing that they watch could be made.
 */
export async function packedChart(file: string, pin: ChartPin, answers: boolean): Promise<PackedChart> {
  const scratch = mkdtempSync(join(tmpdir(), "millrace-chart-"));
  try {
    await extract({ file, cwd: scratch });
    const [folder = ""] = readdirSync(scratch);
    const name = nameOf(pin);
    const chart = join(scratch, name);
    renameSync(join(scratch, folder), chart);
    stamp(join(chart, "Chart.yaml"), pin);
    const webhooks = answers ? 0 : removeWebhooks(join(chart, "templates"));
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

function removeWebhooks(templates: string): number {
  const files = readdirSync(templates, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = files.filter((path) => WEBHOOKS.test(readFileSync(path, "utf8")));
  for (const path of found) {
    rmSync(path);
  }
  return found.length;
}
