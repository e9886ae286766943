import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { readRelease } from "#stacks/inputs/release";

const releases = mkdtempSync(join(tmpdir(), "millrace-record-"));
cpSync(join(PROJECT_FOLDER, "releases"), releases, { recursive: true });
afterAll(() => rmSync(releases, { recursive: true }));

const { version, sha256, image } = readRelease("dev").models["fraud"]!;

const record = (namespace: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT_FOLDER, "scripts", "record-stable.ts"), "dev"], {
    encoding: "utf8",
    input: JSON.stringify(rolloutIn(namespace)),
    env: { ...process.env, MILLRACE_RELEASES: releases },
  });
  return [status, stdout, stderr, JSON.parse(readFileSync(join(releases, "stable", "dev.json"), "utf8"))];
};

const rolloutIn = (namespace: string): object => {
  const env = [
    { name: "MODEL_VERSION", value: version },
    { name: "MODEL_SHA256", value: sha256 },
  ];
  return {
    kind: "Rollout",
    metadata: { name: "fraud", namespace, generation: 1 },
    spec: { template: { spec: { containers: [{ name: "server", image: `model-server@${image.digest}`, env }] } } },
    status: { phase: "Healthy", observedGeneration: "1", stableRS: "a", currentPodHash: "a" },
  };
};

it("says what it has written, and that there is nothing new; changes nothing where it refuses", () => {
  const refusal = "metadata.namespace must be 'models-risk', the namespace of team 'risk', got 'default'\n";
  expect(record("default")).toEqual([2, "", refusal, {}]);
  const after = { fraud: [{ version, sha256, image: image.digest }] };
  const added = `releases/stable/dev.json: added fraud ${version}, sha256 ${sha256}, image ${image.digest}\n`;
  expect(record("models-risk")).toEqual([0, added, "", after]);
  const nothing = `releases/stable/dev.json: nothing new, it has fraud ${version} already\n`;
  expect(record("models-risk")).toEqual([0, nothing, "", after]);
});
