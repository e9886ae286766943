import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { provideTools } from "#toolchain/toolchain";

/** For a story that ends well, on a loaded machine. */
const LIMIT_MS = 1_800_000;

/**
 * Runs a program of this folder before the tests of a file, and clears away after them. Its namespace has no network: what it needs is fetched
 * before.
 *
 * @param fetched what it needs besides the tools.
 * @returns what the program has written, for the tests.
 */
// biome-ignore lint/suspicious/noExplicitAny: what the program has written.
export function told(program: string, fetched?: () => Promise<unknown>): () => Record<string, any> {
  const root = mkdtempSync(join(tmpdir(), "millrace-tracking-"));
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  let result: Record<string, any> = {};
  beforeAll(async () => {
    await provideTools(["model-server", "model-store", "mlflow", "postgres"]);
    await fetched?.();
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, program), join(root, "rehearsal")]);
    result = JSON.parse(readFileSync(join(root, "result.json"), "utf8"));
  }, LIMIT_MS);
  afterAll(() => takeDown(root));
  return () => result;
}
