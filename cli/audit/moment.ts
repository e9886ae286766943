import { shown } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";

/** A time, or a whole day: from its first moment to the one before the next day's. */
export interface Moment {
  from: Date;
  to: Date;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment that somebody types.
 *
 * @param name what to call it in a refusal.
 * @throws {BadInput} when it is written otherwise, is in no calendar, or has not come yet.
 */
export function momentIn(text: string, name: string, now = new Date()): Moment {
  const from = new Date(text);
  const isDay = DAY.test(text);
  // Without a zone a time would be another one on each machine. The 30th of February would be the 2nd of March.
  const isReal = (isDay || TIME.test(text)) && !Number.isNaN(from.getTime()) && isInCalendar(text.slice(0, 10));
  if (!isReal) {
    throw new BadInput(
      `${name} must be a day, such as 2026-11-20, or a time with its zone, such as 2026-11-20T10:00Z, got ${shown(text)}`,
    );
  }
  if (from > now) {
    throw new BadInput(`${name} must not be in the future, got ${shown(text)}`);
  }
  return { from, to: isDay ? new Date(from.getTime() + 86_400_000 - 1) : from };
}

function isInCalendar(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
