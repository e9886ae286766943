import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { type InstalledExample, install, readJson, registeredBy } from "./installed.ts";

describe("the example of a managed endpoint", () => {
  let example: InstalledExample;
  beforeAll(() => {
    example = install("managed-endpoint");
  }, 180_000);
  afterAll(() => rmSync(example.folder, { recursive: true, force: true }));

  it("installs what the other example installs", () => {
    const dependenciesOf = (name: string) => readJson(PROJECT_FOLDER, "examples", name, "package.json").dependencies;
    expect(dependenciesOf("managed-endpoint")).toEqual(dependenciesOf("existing-cluster"));
  });

  it("makes keys, a store, a repository and an endpoint from the compiled package", () => {
    const resources = registeredBy(example.folder, "managed-endpoint");
    expect(resources.filter(([type]) => type.startsWith("millrace:"))).toEqual([
      ["millrace:keys:EncryptionKey", "data"],
      ["millrace:keys:EncryptionKey", "logs"],
      ["millrace:storage:ObjectStore", "models"],
      ["millrace:registry:ImageRepository", "images"],
      ["millrace:serving:SageMakerEndpoint", "fraud"],
    ]);
    const ofSageMaker = resources.filter(([type]) => type.startsWith("aws:sagemaker/")).map(([, name]) => name);
    expect(ofSageMaker).toEqual([
      expect.stringMatching(/^fraud-model-v1-[0-9a-f]{8}$/),
      expect.stringMatching(/^fraud-configuration-v1-[0-9a-f]{8}$/),
      "fraud-endpoint",
    ]);
  });

  it("type-checks, and wrong combinations cannot be written", () => {
    writeFileSync(
      join(example.folder, "wrong.ts"),
      `import type { Instances } from "@millrace/components/serving/sagemaker/instances";
import type { TrafficShift } from "@millrace/components/serving/sagemaker/traffic";
// @ts-expect-error all at once has no first share
export const atOnce: TrafficShift = { kind: "allAtOnce", firstPercent: 10 };
// @ts-expect-error a canary has no steps
export const canary: TrafficShift = { kind: "canary", stepPercent: 10 };
// @ts-expect-error a fixed number follows no requests
export const fixed: Instances = { kind: "fixed", type: "ml.m7i.large", count: 2, requestsPerMinute: 1 };
`,
    );
    const tsc = join(PROJECT_FOLDER, "node_modules/tsc7/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", example.folder], { encoding: "utf8" });
    expect([stdout, status]).toEqual(["", 0]);
  }, 60_000);
});
