import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { storeVersion } from "#rehearsal/promotion/versions";
import { train } from "./train.ts";

it("a version has the same files in each store, and what users ask beside them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-versions-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  const [version] = await train(from, [
    { model: "fraud", version: "4" },
    { model: "fraud", version: "5" },
  ]);
  storeVersion(from, to, version!);
  expect(execFileSync("find", [".", "-type", "f"], { cwd: to, encoding: "utf8" }).trim().split("\n").sort()).toEqual([
    "./models/fraud/4/MLmodel",
    "./models/fraud/4/model.skops",
    "./questions/fraud.json",
  ]);
  expect(readFileSync(join(to, "models/fraud/4/model.skops"))).toEqual(readFileSync(join(from, "models/fraud/4/model.skops")));
});
