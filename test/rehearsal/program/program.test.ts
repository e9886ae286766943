import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { expect, it, onTestFinished, vi } from "vitest";
import { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { NOTES, notedValues } from "#rehearsal/charts/recorded";
import { installProgram, NO_CHANGES, readChanges, writeChanges } from "#rehearsal/program/changes";
import { noteReleases } from "#rehearsal/program/charts";
import { record } from "../../harness/graph.ts";

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

it("notes the values of a chart that is made of them as they are once known, whoever makes them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-notes-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.stubEnv(NOTES, folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await record(() => {
    noteReleases();
    new PrometheusStack("monitoring", {
      environment: "dev",
      runbookBaseUrl: "https://example.com/runbooks",
      webhook: "https://pager.invalid/1",
    });
  });
  const values = notedValues(folder, "kube-prometheus-stack");
  // The names of Secrets that the engine makes.
  expect(values["alertmanager"].alertmanagerSpec.configSecret).toBe("alertmanager-routes");
  expect(values["grafana"].admin.existingSecret).toBe("grafana-admin");
});
