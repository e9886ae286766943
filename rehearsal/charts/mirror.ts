import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { mirrorProblems } from "#stacks/inputs/mirror";
import { chartsFault } from "#stacks/inputs/places";
import { shown } from "#stacks/wording";
import { defaultCache } from "#toolchain/cache";

/** Where an environment takes its charts from. */
export type Mirror = { kind: "publishers" } | { kind: "folder"; folder: string } | { kind: "registry"; url: string };

/** What the stack config of an environment says (`millrace:charts`). */
export function mirrorIn(environment: EnvironmentName): Mirror {
  const charts = chartsIn(environment);
  if (typeof charts !== "string" || charts === "") {
    return { kind: "publishers" };
  }
  return charts.startsWith("oci://")
    ? { kind: "registry", url: charts }
    : { kind: "folder", folder: join(PROJECT_FOLDER, charts) };
}

/** What is wrong with it, as an `up` would say: a rehearsal leaves a folder out of the config. `undefined` where nothing is. */
export function mirrorFault(environment: EnvironmentName): string | undefined {
  const charts = chartsIn(environment);
  if (charts === undefined) {
    return undefined;
  }
  const file = `${FILES.config("platform", environment)}: millrace:`;
  const fault = chartsFault(charts);
  const [problem] =
    fault === undefined ? mirrorProblems({ charts: charts as string }) : [`charts must ${fault}, got ${shown(charts)}`];
  return problem === undefined ? undefined : `${file}${problem}`;
}

const chartsIn = (environment: EnvironmentName): unknown => configFile(FILES.config("platform", environment))["millrace:charts"];

/** Keys of the stack config that a rehearsal leaves out: archives of a folder are served at the addresses of their publishers. */
export const keysLeftOut = (environment: EnvironmentName): string[] =>
  mirrorIn(environment).kind === "folder" ? ["millrace:charts"] : [];

/** Folder of the cache for archives of charts: `npx millrace charts fetch --to <folder>` fills it. */
export const chartCache = (): string => join(defaultCache(), "charts");

/** Folders in which archives for an environment may lie, the best first. */
export function chartFolders(environment: EnvironmentName): string[] {
  const mirror = mirrorIn(environment);
  return [...(mirror.kind === "folder" ? [mirror.folder] : []), chartCache()];
}
