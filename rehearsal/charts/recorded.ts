import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartName } from "#components/chart";
import { type DeclaredRelease, podsOfRelease } from "#components/pods/chart-pods";
import type { Values } from "#components/pods/workload";
import type { ChartPin } from "#components/versions";
import { standInsOf } from "../cluster/nodes/chart-pods.ts";
import { MADE } from "./made.ts";
import { writtenChart } from "./written.ts";

/** Variable that names the folder of what the program declared last. */
export const NOTES = "MILLRACE_REHEARSAL_CHARTS";

/** Helm fills it in: a program may learn the namespace of a release only when it is made. */
const OWN_NAMESPACE = "{{ .Release.Namespace }}";

const valuesFile = (folder: string, name: string): string => join(folder, `${name}.values`);

/** Notes the pods that a release makes of its values, for the chart that stands in for its own. The program calls it when it declares the release. */
export function note(folder: string, { chart, values }: DeclaredRelease): void {
  const pods = podsOfRelease({ chart, namespace: OWN_NAMESPACE, ...(values && { values }) });
  if (pods !== undefined && typeof chart === "string") {
    mkdirSync(folder, { recursive: true });
    const objects = pods.flatMap(standInsOf).map((object) => JSON.stringify(object));
    writeFileSync(join(folder, chartName(chart)), objects.map((object) => `---\n${object}\n`).join(""));
  }
}

/** Notes the values of a release whose whole chart is made of them. The program calls it when it knows them, before Helm asks for the chart. */
export function noteValues(folder: string, { chart, values = {} }: DeclaredRelease): void {
  if (typeof chart === "string" && chartName(chart) in MADE) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(valuesFile(folder, chartName(chart)), JSON.stringify(values));
  }
}

/** The values that the program noted for a chart that is made of them. */
export const notedValues = (folder: string, name: string): Values => JSON.parse(readFileSync(valuesFile(folder, name), "utf8"));

/**
 * An archive with which Helm makes pods of the size and number of the chart's own, and none of its other objects. Two archives of the
 * same notes are the same, byte for byte.
 *
 * @param folder of the notes.
 */
export const recordedChart = (folder: string, pin: ChartPin): Promise<Buffer> =>
  writtenChart(
    pin,
    "Stands in for the chart of this name in a rehearsal: its pods, and none of its other objects.",
    readFileSync(join(folder, chartName(pin.chart)), "utf8"),
  );
