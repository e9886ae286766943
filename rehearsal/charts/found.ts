import { existsSync } from "node:fs";
import { join } from "node:path";
import { archiveOf, chartName } from "#components/chart";
import { CHARTS, type ChartPin } from "#components/versions";
import type { ProjectFiles } from "#toolchain/projects";
import { MADE } from "./made.ts";

/** A chart that this machine has. */
export interface FoundChart {
  name: string;
  /** The pinned version. */
  version: string;
  path: string;
  /**
   * The archive that its publisher made, the folder in its project's sources that a publisher packs, or the objects that a project
   * without a chart of its own says to install.
   */
  kind: "archive" | "sources" | "manifests";
}

/**
 * The charts that this machine has, each from the best place.
 *
 * @param folders with archives, the best first: what an environment names as its mirror, then the cache. What `millrace charts fetch` has
 * written there is what an account gets.
 */
export function findCharts({ charts }: Pick<ProjectFiles, "charts">, folders: readonly string[]): FoundChart[] {
  return Object.values<ChartPin>(CHARTS).flatMap((pin): FoundChart[] => {
    const [name, { version }] = [chartName(pin.chart), pin];
    const archive = folders.map((folder) => join(folder, archiveOf({ name, version }))).find(existsSync);
    const sources = charts.find((each) => each.name === name)?.path;
    return archive !== undefined
      ? [{ name, version, path: archive, kind: "archive" }]
      : sources !== undefined
        ? [{ name, version, path: sources, kind: name in MADE ? "manifests" : "sources" }]
        : [];
  });
}
