/** A day in UTC, for example `2026-11-21`. */
export type Day = string;

const MILLISECONDS = 24 * 3600 * 1000;

/** Whether a text is a day of the calendar. JavaScript would read the 31st of February as the 3rd of March. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Days from one day to another; negative when the other is earlier. */
export const daysBetween = (from: Day, to: Day): number => Math.round((Date.parse(to) - Date.parse(from)) / MILLISECONDS);

/** A number of days in words: `1 day`, `90 days`. */
export const inDays = (days: number): string => `${days} ${days === 1 ? "day" : "days"}`;

/** The day that comes a number of days after another. */
export const daysAfter = (day: Day, days: number): Day =>
  new Date(Date.parse(day) + days * MILLISECONDS).toISOString().slice(0, 10);

/** `MILLRACE_TODAY` is no day. */
export class DayError extends Error {}

/**
 * The day on which ends of support and ends of exceptions are judged. It is the only place that reads the clock for this purpose: the
 * command line, the policy pack and the scripts ask here and hand the day on.
 *
 * `MILLRACE_TODAY` gives another day: tests and rehearsals judge on a fixed one, and a person can ask what a later day brings.
 *
 * @throws {DayError} when `MILLRACE_TODAY` is set and is no day.
 */
export function today(env: NodeJS.ProcessEnv = process.env): Day {
  const given = env["MILLRACE_TODAY"] ?? new Date().toISOString().slice(0, 10);
  if (!isDay(given)) {
    throw new DayError(`MILLRACE_TODAY must be a day, \`2026-11-21\`, got '${given}': unset it to judge on the real day`);
  }
  return given;
}
