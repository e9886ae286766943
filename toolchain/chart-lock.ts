import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { MachineError } from "./errors.ts";

/** Name of the list of charts, in the project and in each folder that `charts fetch` fills. */
export const LOCK = "charts.lock.json";

/** What is known of a chart's archive. */
export interface LockedChart {
  name: string;
  version: string;
  /** Digest of the archive, 64 hexadecimal digits. */
  sha256: string;
  /** Images that the chart starts with this program's values, without tags. */
  images: string[];
}

/** A file is no list of charts. */
export class ChartLockError extends MachineError {}

const schema = z.strictObject({
  charts: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      images: z.array(z.string()),
    }),
  ),
});

/**
 * What a list of charts says; nothing where there is none.
 *
 * @throws {ChartLockError} when the file is no such list.
 */
export function readLock(file: string): LockedChart[] {
  if (!existsSync(file)) {
    return [];
  }
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8"))).charts;
  } catch {
    throw new ChartLockError(
      `${file} must be a list that \`millrace charts fetch\` wrote, got something else:`,
      "restore it (git checkout)",
    );
  }
}

export const lockText = (charts: readonly LockedChart[]): string => `${JSON.stringify({ charts }, null, 2)}\n`;

/** The entry of a chart in a version. */
export const lockedAs = (charts: readonly LockedChart[], { name, version }: Pick<LockedChart, "name" | "version">) =>
  charts.find((each) => each.name === name && each.version === version);
