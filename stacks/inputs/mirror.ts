import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveOf, chartName } from "#components/chart";
import type { Mirror } from "#components/mirror";
import { CHARTS, type ChartPin } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { chartsFault, FOLDER_EXAMPLE } from "./places.ts";
import type { Settings } from "./settings.ts";

/** Option of every component of an environment: where its charts and images come from. Nothing where each comes from its publisher. */
export const mirrorOf = ({ charts, images }: Pick<Settings, "charts" | "images">): { mirror?: Mirror } =>
  charts === undefined && images === undefined ? {} : { mirror: { ...(charts && { charts }), ...(images && { images }) } };

/** Most archives that a sentence names. */
const NAMED = 4;

/** Whether a folder's name is probably the address of a registry. */
const isHost = (charts: string): boolean => /^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}\/./.test(charts);

/** Whether a folder belongs to git or npm, or lies in one of theirs: nothing should be fetched into it. */
const isOfOthers = (charts: string): boolean => /(^|\/)(\.git|node_modules)(\/|$)/.test(charts);

function kindOf(path: string): "folder" | "file" | "nothing" | "unreadable" {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? "nothing" : "unreadable";
  }
}

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
  const fetchTo = (place: string): string => `fetch them: npx millrace charts fetch --to ${place}`;
  const remedy = fetchTo(isOfOthers(charts) ? FOLDER_EXAMPLE : charts);
  const there = kindOf(folder);
  if (there !== "folder") {
    const around = dirname(charts);
    const [got, next] = {
      nothing: ["does not exist here", isHost(charts) ? `${remedy}, or write 'oci://${charts}' for a registry` : remedy],
      file: [
        "is a file",
        `${chartsFault(around) === undefined && !isOfOthers(around) ? `name the folder around it, '${around}', or ` : ""}${fetchTo(FOLDER_EXAMPLE)}`,
      ],
      unreadable: ["cannot be read, as a link that leads back to itself", `remove it, then ${remedy}`],
    }[there];
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
