import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveOf, chartName } from "#components/chart";
import type { Mirror } from "#components/mirror";
import { CHARTS, type ChartPin } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { FOLDER_EXAMPLE } from "./places.ts";
import type { Settings } from "./settings.ts";

/** Option of every component of an environment: where its charts and images come from. Nothing where each comes from its publisher. */
export const mirrorOf = ({ charts, images }: Pick<Settings, "charts" | "images">): { mirror?: Mirror } =>
  charts === undefined && images === undefined ? {} : { mirror: { ...(charts && { charts }), ...(images && { images }) } };

/** Most archives that a sentence names. */
const NAMED = 4;

/** Whether a folder's name is probably the address of a registry. */
const isHost = (charts: string): boolean => /^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}\/./.test(charts);

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
  const there = statSync(folder, { throwIfNoEntry: false });
  if (!there?.isDirectory()) {
    const [got, next] =
      there === undefined
        ? ["does not exist here", isHost(charts) ? `${remedy}, or write 'oci://${charts}' for a registry` : remedy]
        : ["is a file", `name the folder around it, '${dirname(charts)}', or ${remedy.replace(charts, FOLDER_EXAMPLE)}`];
    return [`charts must be a folder with the archive of each chart, got '${charts}', which ${got}: ${next}`];
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
