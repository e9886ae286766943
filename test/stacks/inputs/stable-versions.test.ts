import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readStableVersions } from "#stacks/inputs/stable-versions";
import { modelReleaseOf } from "../../harness/releases.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-stable-"));
  mkdirSync(join(folder, "stable"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const digest = (letter: string): string => letter.repeat(64);
const recorded = { version: "4", sha256: digest("a"), image: `sha256:${digest("b")}` };
const released = modelReleaseOf("fraud", "4", {
  sha256: digest("a"),
  image: { repository: "model-server", digest: `sha256:${digest("b")}` },
});

const read = (content: unknown) => {
  writeFileSync(join(folder, "stable", "prod.json"), typeof content === "string" ? content : JSON.stringify(content));
  return readStableVersions("prod", ["fraud", "churn"], folder);
};

describe("the versions that have been stable", () => {
  it("are none where there is no file", () => {
    expect(readStableVersions("prod", ["fraud"], folder)("fraud", released)).toBe(false);
  });

  it("are known by their bytes and their image, in one environment and of one model", () => {
    const known = read({ fraud: [recorded] });
    expect(known("fraud", released)).toBe(true);
    expect(known("churn", released)).toBe(false);
    expect(known("fraud", { ...released, version: "5" })).toBe(false);
    expect(known("fraud", { ...released, sha256: digest("c") })).toBe(false);
    expect(known("fraud", { ...released, image: { ...released.image, digest: `sha256:${digest("c")}` } })).toBe(false);
    expect(readStableVersions("dev", ["fraud"], folder)("fraud", released)).toBe(false);
  });

  it.each<[unknown, string]>([
    ["{", "releases/stable/prod.json must be JSON, got "],
    [[], "releases/stable/prod.json: must be an object, got '[]'"],
    [{ fraud: "4" }, "releases/stable/prod.json: fraud must be a list, got '4'"],
    [{ fraud: ["4"] }, "releases/stable/prod.json: fraud[0] must be an object, got '4'"],
    [
      { fraud: [{ ...recorded, sha256: "a" }] },
      "releases/stable/prod.json: fraud[0].sha256 must be 64 hexadecimal digits, got 'a'",
    ],
    [
      { fraud: [{ ...recorded, image: "v4" }] },
      "releases/stable/prod.json: fraud[0].image must be sha256: and 64 hexadecimal digits",
    ],
    [{ fraud: [{ ...recorded, version: 4 }] }, "releases/stable/prod.json: fraud[0].version must be text, got '4'"],
    [
      { fraud: [{ ...recorded, tag: "x" }] },
      "releases/stable/prod.json: fraud[0].tag must be a known key (version, sha256, image)",
    ],
    [
      { fruad: [recorded] },
      "releases/stable/prod.json: fruad must be a model of stacks/inputs/models.ts (fraud, churn). Did you mean 'fraud'?",
    ],
    [
      { fraud: [recorded, { ...recorded, sha256: digest("c") }] },
      `releases/stable/prod.json: fraud[1].sha256 must be that of version 4 in fraud[0], '${digest("a")}', got '${digest("c")}'`,
    ],
    [
      { fraud: [recorded, { ...recorded, version: "5" }] },
      "releases/stable/prod.json: fraud[1].sha256 must be new for version 5, got that of version 4 in fraud[0]",
    ],
    ['{"fraud":[],"__proto__":[]}', "releases/stable/prod.json must have no key '__proto__', got one"],
    [{ constructor: [recorded] }, "releases/stable/prod.json: constructor must be a model of stacks/inputs/models.ts"],
  ])("are refused as %j", (content, sentence) => {
    expect(() => read(content)).toThrow(sentence);
  });
});
