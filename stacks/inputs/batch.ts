import type { BatchTerms } from "#components/serving/batch-job";
import {
  anyText,
  closed,
  fields,
  listOf,
  matching,
  number,
  oneOf,
  optional,
  type Rule,
  text,
  wholeNumber,
} from "#components/shape";

/**
 * Predictions of a model for a table at set times. Its files lie in the data store: the table in `validated/<team>/`, the predictions in
 * `scores/<team>/<model>/`. It runs as a job of the team, on CPUs.
 */
export interface Batch
  extends Pick<BatchTerms, "partitions" | "keep" | "rowsPerCall" | "maxRejectedShare" | "again" | "pods" | "deadlineSeconds"> {
  /** Folder of the table below `validated/<team>/`. */
  table: string;
  /** When it runs, in UTC: a cron schedule of five fields in numbers, such as `0 3 * * *`. */
  schedule: string;
}

/** Folder of the data store in which predictions for tables lie, one folder a team. */
export const SCORES = "scores";

/** Ranges that the component has are left to it. */
export const batchRule: Rule<Batch, true> = optional(
  closed(
    fields<Batch>({
      table: matching(
        /^[\w=-][\w.=-]*(\/[\w=-][\w.=-]*)*$/,
        "a folder below validated/<team>/, such as payments, without a slash at its end",
      ),
      schedule: text,
      partitions: optional(anyText),
      keep: optional(listOf(anyText, 1)),
      rowsPerCall: optional(wholeNumber({ min: 1 })),
      maxRejectedShare: optional(number({ min: 0, max: 1 })),
      again: optional(oneOf("refuse", "replace")),
      pods: optional(wholeNumber({ min: 1 })),
      deadlineSeconds: optional(wholeNumber({ min: 60 })),
    }),
  ),
);
