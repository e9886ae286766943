import { optional, wholeNumber } from "../../shape.ts";

// How long a part of a release may take, seconds. Longer ones are a slip of the pen: `ReleaseStuck` would come after weeks.

const DAY = 86_400;

/** A time at the end of which something is measured or stopped: a day at most. */
export const stageSeconds = optional(wholeNumber({ min: 1, max: DAY }));

/** The time in which the old version stays at full size while the new one has all users: a week at most, which costs twice the pods. */
export const soakSeconds = optional(wholeNumber({ min: 1, max: 7 * DAY }));
