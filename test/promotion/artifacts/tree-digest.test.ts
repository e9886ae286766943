import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { storeAt } from "#promotion/artifacts/store-at";
import { digestOfFiles, pathProblem, treeOf } from "#promotion/artifacts/tree-digest";
import { never, shellDigest, storeWith } from "./trees.ts";

describe("the digest of a model's files", () => {
  it("is that of the command on the page", async () => {
    const files = { "b/c.txt": "one", "b.txt": "two", "b-c": "", "a b/ü.bin": "three", "\u{1F600}": "4", "\uFFFD": "5" };
    const root = storeWith("models/fraud/3", files);
    const { sha256, bytes } = await treeOf(await storeAt(`file://${root}`), "models/fraud/3", never);
    expect(shellDigest(join(root, "models/fraud/3"))).toBe(sha256);
    expect(bytes).toBe(13);
  });

  it("is a known one", () => {
    const file = { path: "model.bin", sha256: "a".repeat(64) };
    expect(digestOfFiles([file])).toBe(
      execFileSync("sh", ["-c", `printf '%s  model.bin\\n' ${file.sha256} | sha256sum`], { encoding: "utf8" }).slice(0, 64),
    );
  });
});

describe("a path that fetch-model could not write, or the command not read,", () => {
  it.each<[string, string]>([
    ["../model.bin", "without '.', '..' or an empty one"],
    ["a/../../b", "without '.', '..' or an empty one"],
    ["a/./b", "without '.', '..' or an empty one"],
    ["a//b", "without '.', '..' or an empty one"],
    ["folder/", "without '.', '..' or an empty one"],
    ["", "without '.', '..' or an empty one"],
    ["/etc/passwd", "must be relative"],
    ["a\nb", "only characters that are seen"],
    ["a\0b", "only characters that are seen"],
    ["a\u0085b", "only characters that are seen"],
    ["a\u2028b", "only characters that are seen"],
    ["a\u00A0b", "only characters that are seen"],
    ["a\u200Db", "only characters that are seen"],
    [".fetch/a", "where fetch-model keeps"],
    ["a\\b", "backslash"],
    ["-rf", "must not begin with '-'"],
    ["\uD800", "must be valid Unicode"],
    ["ü".repeat(128), "names of at most 255 bytes"],
    ["a/".repeat(600), "at most 1024 bytes"],
  ])("%j is refused", (path, reason) => {
    expect(pathProblem(path)).toContain(reason);
  });

  it.each(["model.bin", "a/b/c", "a b", "..a", "a..", ".hidden", ".fetched", "a/.fetch", "ü/é", "a-b", "x/-y"])(
    "%j is none",
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );
});

describe("a folder", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["without files", () => undefined, "must have files below 'models/fraud/3/', got none"],
    [
      "with a link",
      (folder) => symlinkSync("/etc/passwd", join(folder, "link")),
      '"link" must be a file, got a link or a device',
    ],
    [
      "with a pipe",
      (folder) => execFileSync("sh", ["-c", `mkfifo "$0"`, join(folder, "pipe")]),
      '"pipe" must be a file, got a link or a device',
    ],
    [
      "with a name that is not UTF-8",
      (folder) => writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x41])]), ""),
      "must be a name in UTF-8",
    ],
    [
      "with a newline in a name",
      (folder) => writeFileSync(join(folder, "a\nb"), ""),
      '"a\\nb" must have only characters that are seen',
    ],
  ])("%s is refused", async (_, make, sentence) => {
    const root = mkdtempSync(join(tmpdir(), "store-"));
    mkdirSync(join(root, "models/fraud/3"), { recursive: true });
    make(join(root, "models/fraud/3"));
    await expect(treeOf(await storeAt(`file://${root}`), "models/fraud/3", never)).rejects.toThrow(sentence);
  });

  it("that is not there is refused", async () => {
    const store = await storeAt(`file://${dirname(mkdtempSync(join(tmpdir(), "store-")))}/none`);
    await expect(treeOf(store, "models/fraud/3", never)).rejects.toThrow("must have files below 'models/fraud/3/', got none");
  });
});

describe("the URL of a store", () => {
  it.each([
    "models",
    "",
    "http://models",
    "file:models",
    "file://host/models",
    "file:///",
    "file:///a?region=x",
    "file:///a%00b",
    "file:///%2e%2e%2f%00",
    "s3://",
    "s3://Models",
    "s3://models/../x/%2e%2e",
    "s3://models/a//b",
    "s3://models/a%",
    "s3://models?regoin=eu-north-1",
    "s3://models?region=nowhere",
    "s3://key@models",
    "s3://models#x",
  ])("%j is refused in one sentence", async (url) => {
    const error = await storeAt(url).catch((reason: Error) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("a store of models must be file:///<folder> or s3://") });
  });
});
