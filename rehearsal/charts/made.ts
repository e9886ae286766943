import { loadAll } from "js-yaml";
import { list, type ReadEntry } from "tar";
import { chartName } from "#components/chart";
import type { Values } from "#components/pods/workload";
import type { ChartPin } from "#components/versions";
import type { KubeObject } from "../cluster/controlplane/kube.ts";
import { rolloutsObjects } from "./argo-rollouts.ts";
import { stackObjects } from "./prometheus-stack.ts";
import { writtenChart } from "./written.ts";

/** Charts that are made here of what their projects say to install, by name: each with what its own chart makes of our values. */
export const MADE: Readonly<Record<string, (install: readonly KubeObject[], values: Values) => KubeObject[]>> = {
  "argo-rollouts": rolloutsObjects,
  "kube-prometheus-stack": stackObjects,
};

/**
 * An archive of a chart with its project's own objects, changed as the values ask for.
 *
 * @param path archive of `readInstall`.
 */
export async function madeChart(path: string, pin: ChartPin, values: Values): Promise<Buffer> {
  const objects = MADE[chartName(pin.chart)]!(await readInstall(path), values).map(
    (object) => `---\n${JSON.stringify(object)}\n`,
  );
  return writtenChart(pin, "Made in a rehearsal of the objects that the project says to install.", objects.join(""));
}

/** The objects in an archive of files of them. @throws {Error} when there are none. */
export async function readInstall(path: string): Promise<KubeObject[]> {
  const files: Buffer[][] = [];
  const onReadEntry = (entry: ReadEntry): void => {
    const parts: Buffer[] = [];
    files.push(parts);
    entry.on("data", (part: Buffer) => parts.push(part));
  };
  await list({ file: path, strict: true, onReadEntry });
  const objects = files.flatMap((parts) => loadAll(Buffer.concat(parts).toString("utf8"))).filter(Boolean) as KubeObject[];
  if (!objects.some(({ kind }) => kind === "Deployment")) {
    throw new Error("no Deployment");
  }
  return objects;
}
