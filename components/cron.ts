import type { Rule } from "./shape.ts";

/** Least and greatest value of the five fields of a cron schedule: minute, hour, day, month, day of the week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
const NAMES = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/;

/** Most days of each month; February has 29 in some years. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * A cron schedule, in UTC: five fields of numbers, lists, ranges and steps, or one of the names. Kubernetes refuses a time zone in it.
 * The names of months and days are not taken.
 */
export const cron: Rule<string, false> = {
  must: "a cron schedule of five fields in numbers, such as 0 3 * * *",
  optional: false,
  fits: (value) => typeof value === "string" && (NAMES.test(value) || valuesOf(value) !== undefined),
  inside: (value) => [["", value, everComes]],
};

const everComes: Rule<string, false> = {
  must: "a cron schedule with a day that comes: February has at most 29 days, and April, June, September and November have 30",
  optional: false,
  fits: (value) => typeof value !== "string" || NAMES.test(value) || comes(value),
  inside: () => [],
};

/**
 * Whether a day fits. Where both the day of the month and the day of the week are chosen, one of them is enough (robfig/cron 3, which
 * Kubernetes uses), and there is a day of each week in each month.
 */
function comes(schedule: string): boolean {
  const [, , days, , weekdays] = schedule.split(" ").map((field) => !isEvery(field));
  const [, , chosen = [], months = []] = valuesOf(schedule) ?? [];
  return (days === true && weekdays === true) || months.some((month) => chosen.some((day) => day <= (DAYS[month - 1] ?? 0)));
}

/** Whether a field chooses nothing. One with a step chooses. */
const isEvery = (field: string): boolean => field.split(",").some((part) => /^\*(\/0*1)?$/.test(part));

/** The values of each field; `undefined` where the text is no schedule. */
function valuesOf(schedule: string): number[][] | undefined {
  const written = schedule.split(" ");
  const values = FIELDS.map((range, at) => valuesOfField(written[at] ?? "", range));
  return written.length === FIELDS.length && values.every((each) => each !== undefined) ? values : undefined;
}

function valuesOfField(field: string, [least, most]: readonly [number, number]): number[] | undefined {
  const parts = field.split(",").map((part) => {
    const [, from, to, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [undefined, "-"];
    const first = Number(from ?? least);
    // `5/15` goes on to the greatest value.
    const last = Number(to ?? (from === undefined || step !== undefined ? most : from));
    const fits = first >= least && last <= most && first <= last && Number(step ?? 1) > 0;
    return fits ? range(first, last, Number(step ?? 1)) : undefined;
  });
  return parts.every((each) => each !== undefined) ? parts.flat() : undefined;
}

const range = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
