import { MODEL, VERSION } from "./model.ts";

/** The quality job runs every day; a measurement holds for a day and a half. */
export const FRESH_HOURS = 36;

/**
 * What the quality job has pushed of versions, without what is old. The push gateway shows the last push for ever. It says when each group
 * was pushed, and a group may be one version or all of them.
 *
 * @param of matchers of the model.
 * @param version matcher of the versions. @default - all
 */
export function fresh(series: "mlops_online_quality" | "mlops_online_quality_samples", of: string, version?: string): string {
  const old = (group: string) => `time() - max by (${group}) (push_time_seconds{${of}}) > ${FRESH_HOURS * 3_600}`;
  const groups = [`job, ${MODEL}`, `job, ${VERSION}`];
  const chosen = [of, ...(version === undefined ? [] : [version]), 'metric="accuracy"'].join(", ");
  return `${series}{${chosen}} ${groups.map((group) => `unless on (${group}) ${old(group)}`).join(" ")}`;
}
