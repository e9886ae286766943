import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { pointAt } from "#promotion/releases/write";
import { nameTrained, releaseVersion } from "#rehearsal/releases";
import { models } from "#stacks/inputs/models";
import { readRelease } from "#stacks/inputs/release";
import { readHistory } from "#stacks/inputs/releases/history";
import { FORMS } from "#stacks/inputs/releases/read";
import { asParent, modelReleaseOf, pointerOf, releasesFolder } from "../harness/releases.ts";
import { trainedAs } from "./trained.ts";

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
  it("changes what training says, path and parent of one model, as a new file without a signature, in one environment", () => {
    releaseVersion(releases, "dev", trainedAs("fraud", "4"));
    const { signature: _, ...made } = fraud;
    const { parameters: _told, ...trained } = trainedAs("fraud", "4");
    expect(readRelease("dev", releases).models).toEqual({
      churn,
      fraud: { ...made, ...trained, path: "models/fraud/4", parent: asParent(fraud) },
    });
    expect(readRelease("prod", releases)).toEqual(before);
    expect(readdirSync(join(releases, "models", "fraud"))).toEqual(["3.json", "4.json"]);
  });

  it("is taken back by the pointer alone", () => {
    releaseVersion(releases, "dev", trainedAs("fraud", "4"));
    pointAt("dev", "fraud", "3", releases);
    expect(readRelease("dev", releases)).toEqual(before);
  });

  it("is refused for a model that the environment does not run, and nothing is written", () => {
    expect(() => releaseVersion(releases, "dev", trainedAs("spam", "1"))).toThrow(
      new Error("releases/environments/dev.json must name model 'spam' for the rehearsal to release it"),
    );
    expect(readdirSync(join(releases, "models")).sort()).toEqual(["churn", "fraud"]);
  });
});

describe("the releases of models that were trained here", () => {
  it("have the digest of those files and no signature, and nothing else is changed", () => {
    nameTrained(releases, "dev", [trainedAs("fraud", "3")]);
    const { signature: _, ...made } = fraud;
    expect(readRelease("dev", releases).models).toEqual({
      churn,
      fraud: { ...made, sha256: trainedAs("fraud", "3").sha256 },
    });
  });

  it("name the version before by what it is here", () => {
    const second = modelReleaseOf("fraud", "4", { parent: asParent(fraud) });
    writeFileSync(join(releases, "models", "fraud", "4.json"), FORMS.model.textFor(second));
    nameTrained(releases, "dev", [trainedAs("fraud", "3")]);
    const [first, later] = readHistory("fraud", releases);
    expect(first?.sha256).toBe(trainedAs("fraud", "3").sha256);
    expect(later?.parent).toEqual(asParent(first!));
  });
});

describe("the repository's releases", () => {
  it.each(["dev", "staging", "prod"] as const)("name in %s every model that there is", (environment) => {
    expect(Object.keys(readRelease(environment).models)).toEqual(Object.keys(models));
  });
});
