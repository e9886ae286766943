import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { pointAt, releaseVersion } from "#rehearsal/workspace";
import { models } from "#stacks/inputs/models";
import { readRelease } from "#stacks/inputs/release";

const releases = mkdtempSync(join(tmpdir(), "millrace-releases-"));
afterAll(() => rmSync(releases, { recursive: true }));

const image = { repository: "model-server", digest: `sha256:${"a".repeat(64)}` };
const manifest = {
  id: "2026.1",
  created: "2026-01-01T00:00:00Z",
  models: {
    fraud: { version: "3", path: "models/fraud/3", sha256: "b".repeat(64), image },
    churn: { version: "9", path: "models/churn/9", sha256: "c".repeat(64), image },
  },
};

beforeEach(() => {
  rmSync(releases, { recursive: true });
  mkdirSync(join(releases, "manifests"), { recursive: true });
  writeFileSync(join(releases, "manifests", "2026.1.json"), JSON.stringify(manifest));
  pointAt(releases, "dev", "2026.1");
  pointAt(releases, "prod", "2026.1");
});

describe("a release of the rehearsal", () => {
  it("is what the environment's pointer names", () => {
    expect(readRelease("dev", releases)).toEqual(manifest);
    expect(readFileSync(join(releases, "dev.json"), "utf8")).toBe('{"release":"2026.1"}\n');
  });

  it("changes version, path and digest of one model, as a new file, in one environment", () => {
    releaseVersion(releases, "dev", "fraud", "4", "d".repeat(64));
    expect(readRelease("dev", releases)).toEqual({
      ...manifest,
      id: "rehearsal-fraud-4",
      models: { ...manifest.models, fraud: { version: "4", path: "models/fraud/4", sha256: "d".repeat(64), image } },
    });
    expect(readRelease("prod", releases)).toEqual(manifest);
    expect(readdirSync(join(releases, "manifests")).sort()).toEqual(["2026.1.json", "rehearsal-fraud-4.json"]);
  });

  it("is taken back by the pointer alone", () => {
    releaseVersion(releases, "dev", "fraud", "4", "d".repeat(64));
    pointAt(releases, "dev", "2026.1");
    expect(readRelease("dev", releases)).toEqual(manifest);
  });

  it("is refused for a model that the release does not name, and nothing is written", () => {
    expect(() => releaseVersion(releases, "dev", "spam", "1", "")).toThrow(
      new Error("release 2026.1 must name model 'spam' for the rehearsal to release it"),
    );
    expect(readdirSync(join(releases, "manifests"))).toEqual(["2026.1.json"]);
    expect(readRelease("dev", releases)).toEqual(manifest);
  });
});

describe("the repository's releases", () => {
  it.each(["dev", "staging", "prod"] as const)("name in %s every model that there is", (environment) => {
    expect(Object.keys(readRelease(environment).models)).toEqual(Object.keys(models));
  });
});
