import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { pointAt, writeModelRelease, writePlatformRelease } from "#promotion/releases/write";
import { contentOf } from "../../cli/release/run.ts";
import { modelReleaseOf, platformReleaseOf, pointerOf, releasesFolder } from "../../harness/releases.ts";

function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = releasesFolder(files);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("a release is never written over, and nothing else is left", () => {
  const folder = folderWith({ "models/fraud/3.json": modelReleaseOf() });
  const before = contentOf(folder);
  expect(() => writeModelRelease(modelReleaseOf("fraud", "3", { data: "other" }), folder)).toThrow(
    "releases/models/fraud/3.json must be new, got a release that is there already: it never changes; create another one",
  );
  expect(() => writePlatformRelease(platformReleaseOf(), folder)).toThrow("releases/platform/2026.11.21-1.json must be new");
  expect(contentOf(folder)).toEqual(before);
});

it("one line of a pointer changes", () => {
  const folder = folderWith({ "environments/dev.json": pointerOf({ churn: "1", fraud: "3" }) });
  const lines = () => readFileSync(join(folder, "environments/dev.json"), "utf8").split("\n");
  const before = lines();
  pointAt("dev", "fraud", "4", folder);
  expect(lines().filter((line, at) => line !== before[at])).toEqual(['    "fraud": "4"']);
  expect(Object.keys(contentOf(folder)).filter((file) => file.startsWith("environments/"))).toEqual(["environments/dev.json"]);
});
