import type { Rule } from "./shape.ts";

/** Least and greatest value of the five fields of a cron schedule: minute, hour, day, month, day of the week. */
const CRON_FIELDS: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];
const CRON_NAMES = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/;

/** Five fields of numbers, lists, ranges and steps, or one of the names. */
function isCron(schedule: string): boolean {
  const fields = schedule.split(" ");
  const fits = (field: string, [least, most]: readonly [number, number]): boolean =>
    field.split(",").every((part) => {
      const [, from = "", to, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [undefined, "-"];
      const [first, last] = [Number(from || least), Number(to ?? (from || most))];
      return first >= least && last <= most && first <= last && Number(step ?? 1) > 0;
    });
  return (
    CRON_NAMES.test(schedule) ||
    (fields.length === CRON_FIELDS.length && CRON_FIELDS.every((range, at) => fits(fields[at] ?? "", range)))
  );
}

/** In UTC: Kubernetes refuses a time zone in the schedule. The names of months and days are not taken. */
export const cron: Rule<string, false> = {
  must: "a cron schedule of five fields in numbers, such as 0 3 * * *",
  optional: false,
  fits: (value) => typeof value === "string" && isCron(value),
  inside: () => [],
};
