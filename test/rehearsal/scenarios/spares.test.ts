import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Outcome } from "#rehearsal/outcome";
import { takeSpare } from "#rehearsal/scenarios/spares";
import type { Stage } from "#rehearsal/scenarios/stage";

/** Stands in for Python: writes a version as a file that says what is wrong with it, and counts how often it was started. */
const TRAINING = `
  const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
  const { into, versions } = JSON.parse(process.argv.at(-1));
  mkdirSync(into, { recursive: true });
  appendFileSync(into + "/starts", "|");
  for (const { model, version, fault = "good" } of versions) {
    mkdirSync(into + "/models/" + model + "/" + version, { recursive: true });
    writeFileSync(into + "/models/" + model + "/" + version + "/MLmodel", version + " " + fault);
  }
  console.log(JSON.stringify(versions.map(({ model, version }) => ({ model, version }))));
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stage = (): Stage =>
  ({
    outcome: {} as Outcome,
    served: { model: "fraud" },
    inside: { folder },
    tools: { python: [process.execPath, "-e", TRAINING] },
    cluster: { ended: new AbortController().signal },
  }) as unknown as Stage;
const filesOf = (version: string): string => readFileSync(join(folder, "store", "models", "fraud", version, "MLmodel"), "utf8");
const starts = (): number => readFileSync(join(folder, "spare-models", "starts"), "utf8").length;

it("gives each version files of its own, with the fault that is asked for, and trains many at a time", async () => {
  const one = stage();
  const taken = [await takeSpare(one, "6"), await takeSpare(one, "7", "errors"), await takeSpare(one, "8")];
  expect(taken.map(({ version }) => version)).toEqual(["6", "7", "8"]);
  expect(["6", "7", "8"].map((version) => filesOf(version).split(" ")[1])).toEqual(["good", "errors", "good"]);
  expect(new Set(["6", "7", "8"].map(filesOf)).size).toBe(3);
  expect(new Set(taken.map(({ sha256 }) => sha256)).size).toBe(3);
  expect(starts()).toBe(1);
});

it("trains more once none is left, and never takes another kind", async () => {
  const one = stage();
  for (let version = 1; version <= 9; version += 1) {
    await takeSpare(one, String(version), "drift");
  }
  expect(readdirSync(join(folder, "store", "models", "fraud")).map((version) => filesOf(version).split(" ")[1])).toEqual(
    Array(9).fill("drift"),
  );
  expect(starts()).toBe(2);
});
