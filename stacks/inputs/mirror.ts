import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { archiveOf, chartName } from "#components/chart";
import type { Mirror } from "#components/mirror";
import { CHARTS, type ChartPin } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import type { Settings } from "./settings.ts";

/** Option of every component of an environment: where its charts and images come from. Nothing where each comes from its publisher. */
export const mirrorOf = ({ charts, images }: Pick<Settings, "charts" | "images">): { mirror?: Mirror } =>
  charts === undefined && images === undefined ? {} : { mirror: { ...(charts && { charts }), ...(images && { images }) } };

/** Most archives that a sentence names. */
const NAMED = 4;

/**
 * What is wrong with a folder of charts: it is not there, or has not every pinned chart. Helm would say so in the middle of an `up`.
 *
 * @returns a sentence that begins with the key.
 */
export function mirrorProblems({ charts }: Pick<Settings, "charts">): string[] {
  if (charts === undefined || charts.startsWith("oci://")) {
    return [];
  }
  const folder = join(PROJECT_FOLDER, charts);
  const remedy = `fetch them: npx millrace charts fetch --to ${charts}`;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return [`charts must be a folder with the archive of each chart, got '${charts}', which is no folder here: ${remedy}`];
  }
  const missing = Object.values<ChartPin>(CHARTS)
    .map(({ chart, version }) => archiveOf({ name: chartName(chart), version }))
    .filter((archive) => !existsSync(join(folder, archive)));
  const [named, more] = [missing.slice(0, NAMED).join(", "), missing.length - NAMED];
  return missing.length === 0
    ? []
    : [
        `charts must be a folder with the archive of each chart, got '${charts}' without ${named}${more > 0 ? ` and ${more} more` : ""}: ${remedy}`,
      ];
}
