import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { threadId } from "node:worker_threads";
import { type EnvironmentPlan, planEnvironment } from "#plan/environment";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";

const known = new Map<string, unknown>();

/** What takes a second to make and does not change: made once, and read from the temporary folder of this run by its other workers. */
export async function kept<T>(name: string, make: () => Promise<T>): Promise<T> {
  const file = join(tmpdir(), `kept-${name}`);
  const found = known.get(name) ?? (existsSync(file) ? deserialize(readFileSync(file)) : undefined);
  if (found !== undefined) {
    known.set(name, found);
    return found as T;
  }
  const made = await make();
  known.set(name, made);
  // Renamed when it is complete: another worker may read it at any moment.
  writeFileSync(`${file}.${process.pid}.${threadId}`, serialize(made));
  renameSync(`${file}.${process.pid}.${threadId}`, file);
  return made;
}

/** The plan of an environment as the repository has it. Nothing may change it. */
export const planOf = (environment: EnvironmentName): Promise<EnvironmentPlan> =>
  kept(`plan-${environment}`, () => planEnvironment(environment));
