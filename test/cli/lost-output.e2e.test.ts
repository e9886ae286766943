import { exec } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

/** Runs a line of the shell, with the command line as `$MILLRACE`. */
const shell = (line: string): Promise<{ code: number; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, MILLRACE: `${process.execPath} ${join(PROJECT_FOLDER, "cli", "millrace.mjs")}` };
    exec(`bash -o pipefail -c '${line}'`, { env }, (error, _, stderr) => resolve({ code: error?.code ?? 0, stderr }));
  });

describe("output that is lost", () => {
  it("because the disk is full ends the process with 1 and the reason", async () => {
    expect(await shell("$MILLRACE plan --help > /dev/full")).toEqual({
      code: 1,
      stderr: "standard output cannot be written: ENOSPC: no space left on device, write\n",
    });
  });

  it("because its reader has seen enough is no failure", async () => {
    expect(await shell("$MILLRACE rehearse dev --list --json | head -1")).toEqual({ code: 0, stderr: "" });
    expect(await shell("$MILLRACE --help | true")).toEqual({ code: 0, stderr: "" });
  });
});
