import type * as pulumi from "@pulumi/pulumi";
import { check } from "./validation.ts";

/** CloudWatch Logs API reference, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** @throws {pulumi.ResourceError} when CloudWatch Logs cannot keep a log for so many days. */
export function checkLogDays(argument: string, days: number, on: pulumi.Resource): void {
  check.oneOf(argument, String(days), RETENTION_DAYS.map(String), on);
}
