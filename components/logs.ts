import { oneOf } from "./shape.ts";

/** CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Days for which CloudWatch Logs can keep a log. */
export const logDays = oneOf<number>(...RETENTION_DAYS);
