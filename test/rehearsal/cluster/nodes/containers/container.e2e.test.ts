import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { probeIsolation, unshareArguments } from "#rehearsal/cluster/isolation/probe";

const folder = mkdtempSync(join(tmpdir(), "millrace-container-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("containers have a port, a root folder and volumes of their own, and reach the API server and each other", {
  timeout: 180_000,
}, () => {
  const program = join(import.meta.dirname, "container-program.ts");
  execFileSync("unshare", [...unshareArguments(probeIsolation()), process.execPath, program, folder], { stdio: "inherit" });
  const { answers, end, beside } = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"));
  const seen = (ip: string, token: string) => ({
    token,
    seesOthersFiles: false,
    writesVolume: "EROFS",
    writesMachine: "EROFS",
    seesMachine: true,
    server: `hello ${ip}`,
  });
  const [first, second] = ["10.67.0.1", "10.67.0.2"] as const;
  // The third after the volume has changed, the fourth after a kill, the fifth in another pod at the same address.
  const later = Array.from({ length: 3 }, () => seen(first, "second"));
  expect(answers).toEqual([seen(first, "first"), seen(second, "first"), ...later]);
  expect(end).toBe("SIGKILL");
  expect(beside).toEqual(["200", "200"]);
  expect(existsSync(join(folder, "written"))).toBe(false);
});
