import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Release } from "#stacks/inputs/manifests";
import { readRelease } from "#stacks/inputs/release";
import { bytesOf, versionProblems } from "#stacks/inputs/same-version";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const release = (id: string, version: string, path: string, digit: string): Release => ({
  id,
  created: `2026-11-0${id}T00:00:00Z`,
  models: {
    fraud: { version, path, sha256: digit.repeat(64), image: { repository: "r", digest: `sha256:${"0".repeat(64)}` } },
  },
});

const FIRST = release("1", "3", "models/fraud/3", "a");

it.each<[what: string, next: Release, problems: string[]]>([
  ["the same version again", release("2", "3", "models/fraud/3", "a"), []],
  ["a new version of other bytes", release("2", "4", "models/fraud/4", "b"), []],
  ["another model of the same number", { ...FIRST, id: "2", models: { churn: FIRST.models["fraud"]! } }, []],
  [
    "a new version on old bytes",
    release("2", "4", "models/fraud/4", "a"),
    ["models.fraud.sha256 must be new for version 4, got that of version 3 in release '1': name the bytes of the new version"],
  ],
  [
    "a new version in the old folder",
    release("2", "4", "models/fraud/3", "b"),
    ["models.fraud.path must be new for version 4, got that of version 3 in release '1': name the bytes of the new version"],
  ],
  [
    "an old version with other bytes",
    release("2", "3", "models/fraud/3", "b"),
    [
      `models.fraud.sha256 must be that of version 3 in release '1', '${"a".repeat(64)}', got '${"b".repeat(64)}': give other bytes another version`,
    ],
  ],
  [
    "an old version in another folder",
    release("2", "3", "models/fraud/three", "a"),
    [
      "models.fraud.path must be that of version 3 in release '1', 'models/fraud/3', got 'models/fraud/three': give other bytes another version",
    ],
  ],
])("a release beside another, whichever was written first: %s", (_, next, problems) => {
  expect(versionProblems(next, bytesOf(FIRST))).toEqual(problems);
  expect(versionProblems({ ...next, created: "2020-01-01T00:00:00Z" }, bytesOf(FIRST))).toEqual(problems);
  expect(versionProblems(FIRST, bytesOf(next))).toHaveLength(problems.length);
});

describe("an environment's release", () => {
  const put = (file: string, content: unknown): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  };
  const NEXT = release("2", "4", "models/fraud/4", "b");
  const OTHER_BYTES = [{ version: "4", sha256: "c".repeat(64), image: `sha256:${"0".repeat(64)}` }];
  const SECOND = "releases/manifests/2.json: models.fraud.sha256 must be";

  it.each<[what: string, files: Record<string, unknown>, sentence: string | undefined]>([
    ["a release before it", { "manifests/1.json": FIRST }, undefined],
    [
      "the bytes of a release of a later date",
      {
        "manifests/3.json": {
          ...NEXT,
          id: "3",
          created: "2027-01-01T00:00:00Z",
          models: release("3", "3", "models/fraud/3", "b").models,
        },
      },
      `${SECOND} new for version 4, got that of version 3 in release '3'`,
    ],
    [
      "the bytes of a release of the same second",
      {
        "manifests/1.json": {
          ...FIRST,
          created: "2026-11-02T00:00:00.500Z",
          models: release("1", "3", "models/fraud/3", "b").models,
        },
      },
      `${SECOND} new for version 4, got that of version 3 in release '1'`,
    ],
    ["half a file beside it", { "manifests/0.json": "{" }, "releases/manifests/0.json must be JSON"],
    [
      "a misspelt key in a release beside it",
      { "manifests/0.json": { idd: "0", ...FIRST } },
      "releases/manifests/0.json: idd must be a known key (id, created, models). Did you mean 'id'?",
    ],
    [
      "the file of another release beside it",
      { "manifests/0.json": FIRST },
      "releases/manifests/0.json: id must be the name of the file, '0', got '1'",
    ],
    [
      "a hidden key in a release beside it",
      { "manifests/0.json": '{"id":"0","__proto__":{}}' },
      "releases/manifests/0.json must have no key '__proto__', got one: remove it, nothing reads it",
    ],
    [
      "other bytes than the version had when it was stable",
      { "stable/dev.json": { fraud: OTHER_BYTES } },
      `${SECOND} that of version 4 in releases/stable/dev.json, '${"c".repeat(64)}', got '${"b".repeat(64)}'`,
    ],
    [
      "other bytes than the version had in another environment",
      { "stable/prod.json": { fraud: OTHER_BYTES } },
      `${SECOND} that of version 4 in releases/stable/prod.json`,
    ],
    [
      "the bytes of another version that was stable",
      { "stable/dev.json": { fraud: [{ ...OTHER_BYTES[0], version: "2", sha256: "b".repeat(64) }] } },
      `${SECOND} new for version 4, got that of version 2 in releases/stable/dev.json`,
    ],
    ["versions of another model", { "stable/dev.json": { churn: OTHER_BYTES } }, undefined],
    ["a copy that an editor keeps", { "manifests/.2.json": "{" }, undefined],
  ])("is held against every file of the folder: %s", (_, files, sentence) => {
    put("dev.json", { release: "2" });
    put("manifests/2.json", NEXT);
    Object.entries(files).forEach(([file, content]) => put(file, content));
    const read = () => readRelease("dev", folder);
    if (sentence === undefined) {
      expect(read()).toEqual(NEXT);
    } else {
      expect(read).toThrow(sentence);
    }
  });
});
