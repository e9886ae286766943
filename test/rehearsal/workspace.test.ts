import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { pointAt } from "#promotion/releases/write";
import { releaseVersion } from "#rehearsal/workspace";
import { models } from "#stacks/inputs/models";
import { readRelease } from "#stacks/inputs/release";
import { asParent, modelReleaseOf, pointerOf, releasesFolder } from "../harness/releases.ts";

const fraud = modelReleaseOf("fraud", "3", {
  signature: { kind: "key", signer: "ada", value: `${"A".repeat(86)}==` },
});
const churn = modelReleaseOf("churn", "9");
const before = { platform: "2026.11.21-1", models: { churn, fraud } };

let releases: string;
beforeEach(() => {
  const pointer = pointerOf({ churn: "9", fraud: "3" });
  releases = releasesFolder({
    "models/fraud/3.json": fraud,
    "models/churn/9.json": churn,
    "environments/dev.json": pointer,
    "environments/prod.json": pointer,
  });
  onTestFinished(() => rmSync(releases, { recursive: true }));
});

describe("a release of the rehearsal", () => {
  it("changes version, path, digest and parent of one model, as a new file without a signature, in one environment", () => {
    releaseVersion(releases, "dev", "fraud", "4", "d".repeat(64));
    const { signature: _, ...made } = fraud;
    expect(readRelease("dev", releases).models).toEqual({
      churn,
      fraud: { ...made, version: "4", path: "models/fraud/4", sha256: "d".repeat(64), parent: asParent(fraud) },
    });
    expect(readRelease("prod", releases)).toEqual(before);
    expect(readdirSync(join(releases, "models", "fraud"))).toEqual(["3.json", "4.json"]);
  });

  it("is taken back by the pointer alone", () => {
    releaseVersion(releases, "dev", "fraud", "4", "d".repeat(64));
    pointAt("dev", "fraud", "3", releases);
    expect(readRelease("dev", releases)).toEqual(before);
  });

  it("is refused for a model that the environment does not run, and nothing is written", () => {
    expect(() => releaseVersion(releases, "dev", "spam", "1", "")).toThrow(
      new Error("releases/environments/dev.json must name model 'spam' for the rehearsal to release it"),
    );
    expect(readdirSync(join(releases, "models")).sort()).toEqual(["churn", "fraud"]);
  });
});

describe("the repository's releases", () => {
  it.each(["dev", "staging", "prod"] as const)("name in %s every model that there is", (environment) => {
    expect(Object.keys(readRelease(environment).models)).toEqual(Object.keys(models));
  });
});
