import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";

describe("the tracking server of dev, on a cluster", () => {
  const root = mkdtempSync(join(tmpdir(), "millrace-tracking-"));
  // biome-ignore lint/suspicious/noExplicitAny: what the program has written.
  let result: Record<string, any> = {};
  beforeAll(async () => {
    // It checks what the rehearsal's own phase checks, and ends with what does not hold.
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, "tracking-program.ts"), join(root, "rehearsal")]);
    result = JSON.parse(readFileSync(join(root, "result.json"), "utf8"));
  }, 900_000);
  afterAll(() => takeDown(root));

  it("keeps what training records, through a kill, and names a version whose files are others", () => {
    expect(result["changed"]).toContain(
      `the files of fraud 3 must have the digest ${"0".repeat(64)}, those in the tracking server have ${result["first"].sha256}`,
    );
    expect(result["first"].run).toMatch(/^[0-9a-f]{32}$/);
  });

  it("runs as the pod of its Deployment, beside PostgreSQL and a store", () => {
    const running = Object.keys(result["memory"]);
    expect(running).toEqual(expect.arrayContaining(["database", "artifact-store", expect.stringMatching(/^mlflow\/mlflow-/)]));
  });
});
