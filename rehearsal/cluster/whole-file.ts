import { renameSync, writeFileSync } from "node:fs";

/** Writes a file that another program reads as soon as it changes: it is never half-written. */
export function writeWhole(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
