import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect, it, onTestFinished } from "vitest";
import { installProgram, NO_CHANGES, readChanges, writeChanges } from "#rehearsal/program/changes";

it("a throwaway project runs the rehearsed program, which finds its changes in the project", () => {
  const project = mkdtempSync(join(tmpdir(), "millrace-program-"));
  onTestFinished(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, "Pulumi.yaml"), "name: millrace\nruntime: nodejs\n");
  installProgram(project);
  const { main, ...rest } = load(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as { main: string };
  expect(rest).toEqual({ name: "millrace", runtime: "nodejs" });
  expect(existsSync(join(project, main))).toBe(true);
  expect(readChanges(project)).toEqual(NO_CHANGES);
  writeChanges(project, { ...NO_CHANGES, mutants: ["S3-01"] });
  expect(readChanges(project).mutants).toEqual(["S3-01"]);
});
