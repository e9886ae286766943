import { OFFERING_REGIONS } from "../instances/offerings.ts";

/** Memory of the instance classes we know, GiB (RDS user guide, "Hardware specifications for DB instance classes"). */
export const CLASS_MEMORY_GIB: Record<string, number> = {
  ...sizes("db.t4g", { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, "2xlarge": 32 }),
  ...sizes("db.m7g", { large: 8, xlarge: 16, "2xlarge": 32, "4xlarge": 64 }),
  ...sizes("db.m8g", { large: 8, xlarge: 16, "2xlarge": 32, "4xlarge": 64 }),
  ...sizes("db.r7g", { large: 16, xlarge: 32, "2xlarge": 64, "4xlarge": 128 }),
  ...sizes("db.r8g", { large: 16, xlarge: 32, "2xlarge": 64, "4xlarge": 128 }),
};

/**
 * Families that RDS does not sell for PostgreSQL in some regions of the offerings table, by region (cfn-lint 1.58.0 of 2026-10-20,
 * which takes them from the price list).
 */
const MISSING: Readonly<Record<string, readonly string[]>> = {
  "db.m7g": ["eu-south-1"],
  "db.m8g": ["ca-central-1"],
  "db.r7g": ["eu-west-3"],
  "db.r8g": ["eu-south-1"],
};

/** Regions of the offerings table in which RDS sells a class for PostgreSQL. */
export function regionsOfClass(instanceClass: string): string[] {
  const missing = MISSING[instanceClass.slice(0, instanceClass.lastIndexOf("."))] ?? [];
  return OFFERING_REGIONS.filter((region) => !missing.includes(region));
}

/**
 * Connections that RDS gives a class by default: `LEAST({DBInstanceClassMemory/9531392}, 5000)` (RDS user guide, "Quotas and
 * constraints", maximum number of database connections).
 *
 * RDS takes what its own processes use off the memory first, by an amount that it does not publish; so the figure is computed
 * here from the whole memory and set in the parameter group, where both sides can count on it.
 */
export function connectionsOf(instanceClass: string): number {
  const bytes = (CLASS_MEMORY_GIB[instanceClass] ?? 0) * 2 ** 30;
  return Math.min(Math.floor(bytes / 9_531_392), 5_000);
}

function sizes(family: string, memory: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(memory).map(([size, gib]) => [`${family}.${size}`, gib]));
}
