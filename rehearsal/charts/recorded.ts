import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { chartName } from "#components/chart";
import { type DeclaredRelease, podsOfRelease } from "#components/pods/chart-pods";
import type { ChartPin } from "#components/versions";
import { standInsOf } from "../cluster/nodes/chart-pods.ts";

/** Variable that names the folder of what the program declared last. */
export const NOTES = "MILLRACE_REHEARSAL_CHARTS";

/** Helm fills it in: a program may learn the namespace of a release only when it is made. */
const OWN_NAMESPACE = "{{ .Release.Namespace }}";

/**
 * Notes the pods that a release makes of its values, for the chart that stands in for its own. The program calls it whenever it
 * declares the release, before Helm asks for the chart.
 */
export function note(folder: string, { chart, values }: DeclaredRelease): void {
  const pods = podsOfRelease({ chart, namespace: OWN_NAMESPACE, ...(values && { values }) });
  if (pods !== undefined && typeof chart === "string") {
    mkdirSync(folder, { recursive: true });
    const objects = pods.flatMap(standInsOf).map((object) => JSON.stringify(object));
    writeFileSync(join(folder, chartName(chart)), objects.map((object) => `---\n${object}\n`).join(""));
  }
}

/**
 * An archive with which Helm makes pods of the size and number of the chart's own, and none of its other objects. Two archives of the
 * same notes are the same, byte for byte.
 *
 * @param folder of the notes.
 */
export async function recordedChart(folder: string, pin: ChartPin): Promise<Buffer> {
  const name = chartName(pin.chart);
  const scratch = mkdtempSync(join(tmpdir(), "millrace-chart-"));
  try {
    mkdirSync(join(scratch, name, "templates"), { recursive: true });
    const description = "Stands in for the chart of this name in a rehearsal: its pods, and none of its other objects.";
    writeFileSync(
      join(scratch, name, "Chart.yaml"),
      JSON.stringify({ apiVersion: "v2", name, version: pin.version, description }),
    );
    writeFileSync(join(scratch, name, "templates", "pods.yaml"), readFileSync(join(folder, name)));
    const file = join(scratch, "chart.tgz");
    await create({ file, gzip: true, cwd: scratch, portable: true, mtime: new Date(0) }, [name]);
    return readFileSync(file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
