import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a run of tests, and the programs that it starts, a temporary folder of its own, and removes it with all that they left there. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  // Some tests run programs as another user.
  chmodSync(folder, 0o755);
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
