import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const file = join(PROJECT_FOLDER, "package.json");

it.each([
  ["refresh-versions.ts", ["--into", "/proc/none"], "'--into' must be a writable folder, got '/proc/none'"],
  ["refresh-instances.ts", ["--into", file], `'--into' must be a writable folder, got '${file}'`],
  ["refresh-instances.ts", ["--from", "/nowhere"], "'--from' must be a readable folder, got '/nowhere'"],
])("%s %j ends with one sentence before any work", (script, args, sentence) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT_FOLDER, "scripts", script), ...args], {
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([2, "", `${sentence}: make it first, or name another one\n`]);
});
