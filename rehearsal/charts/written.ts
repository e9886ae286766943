import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { chartName } from "#components/chart";
import type { ChartPin } from "#components/versions";

/** An archive of a chart under the pinned name and version. The same objects give the same bytes. */
export async function writtenChart(pin: ChartPin, description: string, objects: string): Promise<Buffer> {
  const name = chartName(pin.chart);
  const scratch = mkdtempSync(join(tmpdir(), "millrace-chart-"));
  try {
    mkdirSync(join(scratch, name, "templates"), { recursive: true });
    const about = { apiVersion: "v2", name, version: pin.version, description };
    writeFileSync(join(scratch, name, "Chart.yaml"), JSON.stringify(about));
    writeFileSync(join(scratch, name, "templates", "objects.yaml"), objects);
    const file = join(scratch, "chart.tgz");
    await create({ file, gzip: true, cwd: scratch, portable: true, mtime: new Date(0) }, [name]);
    return readFileSync(file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
