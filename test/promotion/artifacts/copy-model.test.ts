import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CopyModelArgs, copyModel, type ModelProgress } from "#promotion/artifacts/copy-model";
import type { ModelStore } from "#promotion/artifacts/store";
import { storeAt } from "#promotion/artifacts/store-at";
import { digestOf, storeWith } from "./trees.ts";

const PATH = "models/fraud/3";
const FILES = { MLmodel: "flavors", "model/data.bin": "0123456789".repeat(500), "model/env.yaml": "python: 3.12", empty: "" };

interface Case {
  source: string;
  target: string;
  copy: (args?: Partial<CopyModelArgs>) => ReturnType<typeof copyModel>;
}

async function twoStores(sourceFiles: Record<string, string> = FILES, targetFiles: Record<string, string> = {}): Promise<Case> {
  const [source, target] = [storeWith(PATH, sourceFiles), storeWith(PATH, targetFiles)];
  const [from, to] = [await storeAt(`file://${source}`), await storeAt(`file://${target}`)];
  return { source, target, copy: (args) => copyModel({ from, to, path: PATH, sha256: digestOf(FILES), ...args }) };
}

const sentenceOf = (copy: Promise<unknown>): Promise<string> =>
  copy.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );

/** Files in a store, without those that grow. */
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();

describe("a copy of a model", () => {
  it("brings every file and says how many", async () => {
    const { target, copy } = await twoStores();
    const seen: ModelProgress[] = [];
    expect(await copy({ onProgress: (progress) => seen.push(progress) })).toEqual({
      copied: { files: 4, bytes: 5019 },
      skipped: { files: 0, bytes: 0 },
    });
    for (const [path, content] of Object.entries(FILES)) {
      expect(readFileSync(join(target, PATH, path), "utf8")).toBe(content);
    }
    expect(filesIn(target)).toHaveLength(4);
    expect(seen.findLast(({ step }) => step === "check")).toEqual({ step: "check", bytes: 5019 });
    expect(seen.at(-1)).toEqual({ step: "copy", bytes: 5019, of: 5019 });
  });

  it("that is repeated copies nothing", async () => {
    const { copy } = await twoStores();
    await copy();
    expect(await copy()).toEqual({ copied: { files: 0, bytes: 0 }, skipped: { files: 4, bytes: 5019 } });
  });

  it("goes on where another one has ended", async () => {
    const { copy } = await twoStores(FILES, { MLmodel: FILES.MLmodel });
    expect(await copy()).toEqual({ copied: { files: 3, bytes: 5012 }, skipped: { files: 1, bytes: 7 } });
  });

  it("that runs three times at one time is one copy", async () => {
    const { target, copy } = await twoStores();
    const all = await Promise.all([copy(), copy(), copy()]);
    expect(all.reduce((sum, { copied }) => sum + copied.files, 0)).toBe(4);
    expect(filesIn(target)).toHaveLength(4);
  });

  it("takes no other version's files for its own", async () => {
    const { source, target, copy } = await twoStores();
    mkdirSync(join(source, "models/fraud/30"), { recursive: true });
    writeFileSync(join(source, "models/fraud/30/model.bin"), "another");
    await copy();
    expect(filesIn(target).every((file) => file.startsWith(`${PATH}/`))).toBe(true);
  });

  it("removes what a killed one left growing a day ago, and leaves what grows now", async () => {
    const { target, copy } = await twoStores();
    mkdirSync(join(target, ".incoming"));
    for (const name of ["old", "new"]) {
      writeFileSync(join(target, ".incoming", name), "half");
    }
    utimesSync(join(target, ".incoming/old"), 0, 0);
    await copy();
    expect(readdirSync(join(target, ".incoming"))).toEqual(["new"]);
  });
});

describe("a source that is not what was released", () => {
  it.each<[string, (source: string) => void]>([
    ["a flipped byte", (source) => writeFileSync(join(source, PATH, "model/data.bin"), `1${FILES["model/data.bin"].slice(1)}`)],
    ["a file less", (source) => rmSync(join(source, PATH, "empty"))],
    ["a file more", (source) => writeFileSync(join(source, PATH, "more"), "")],
    ["another name", (source) => writeFileSync(join(source, PATH, "mlmodel"), readFileSync(join(source, PATH, "MLmodel")))],
  ])("by %s is refused before anything is written", async (_, change) => {
    const { source, target, copy } = await twoStores();
    change(source);
    expect(await sentenceOf(copy())).toMatch(
      /^.*, 'models\/fraud\/3\/' must have the sha256 \w{64} of the release, got \w{64} over \d files: its files are not those that were released, and nothing was copied$/,
    );
    expect(filesIn(target)).toEqual([]);
  });

  it.each(["../models", "/models", "models//3", "models/fraud/..", ""])("the path %j is refused", async (path) => {
    const { copy } = await twoStores();
    expect(await sentenceOf(copy({ path }))).toMatch(/^the path of a model must .*, got "/);
  });
});

describe("a target that holds something else", () => {
  it.each<[string, Record<string, string>, string]>([
    [
      "a flipped byte",
      { "model/data.bin": `1${FILES["model/data.bin"].slice(1)}` },
      "has another 'models/fraud/3/model/data.bin' already",
    ],
    [
      "half a file",
      { "model/data.bin": FILES["model/data.bin"].slice(500) },
      "has another 'models/fraud/3/model/data.bin' already",
    ],
    ["a file more", { "more.bin": "" }, `must have the 4 files of the release only, got "more.bin" too`],
    ["a folder where a file belongs", { "MLmodel/x": "" }, `must have the 4 files of the release only, got "MLmodel/x" too`],
  ])("by %s is refused, and nothing there changes", async (_, files, sentence) => {
    const { target, copy } = await twoStores(FILES, files);
    const message = await sentenceOf(copy());
    expect(message).toContain(sentence);
    expect(message).toContain("find out who put it there, or release the model under a new version");
    expect(filesIn(target)).toEqual(Object.keys(files).map((file) => `${PATH}/${file}`));
  });

  it("by a folder of the model that is a file is refused", async () => {
    const { target, copy } = await twoStores();
    rmSync(join(target, "models"), { recursive: true, force: true });
    writeFileSync(join(target, "models"), "");
    expect(await sentenceOf(copy())).toMatch(/cannot be read \(ENOTDIR\)$/);
  });
});

describe("a copy that fails in the middle", () => {
  /** A store that gives other bytes the second time. */
  const changing = (store: ModelStore, path: string): ModelStore => ({
    name: store.name,
    list: (...args) => store.list(...args),
    exists: (...args) => store.exists(...args),
    digest: (...args) => store.digest(...args),
    put: (...args) => store.put(...args),
    async *read(file, signal) {
      for await (const chunk of store.read(file, signal)) {
        yield file.endsWith(path) ? chunk.map((byte) => byte ^ 1) : chunk;
      }
    },
  });

  it("says what is there and what is not, and goes on", async () => {
    const { source, target, copy } = await twoStores();
    const from = changing(await storeAt(`file://${source}`), "model/env.yaml");
    const message = await sentenceOf(copy({ from }));
    expect(message).toMatch(/^'models\/fraud\/3\/model\/env.yaml' must arrive in .* with the sha256 \w{64}, got \w{64}\. /);
    const [, count] = /(\d) of 4 files of 'models\/fraud\/3\/' \(0\.0 of 0\.0 MiB\) are in /.exec(message) ?? [];
    expect(message).toMatch(/, the others are not\. The same command goes on from there$/);
    expect(filesIn(target)).toHaveLength(Number(count));
    expect(filesIn(target)).not.toContain(`${PATH}/model/env.yaml`);
    expect((await copy()).skipped.files).toBe(Number(count));
  });

  it("ends at once when it is interrupted", async () => {
    const { copy } = await twoStores();
    const stop = new AbortController();
    const reason = new Error("interrupted");
    const onProgress = () => stop.abort(reason);
    await expect(copy({ signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect((await copy()).copied.files + (await copy()).skipped.files).toBe(8);
  });

  it("refuses a target that cannot be written in one sentence", async () => {
    const { target, copy } = await twoStores();
    writeFileSync(join(target, ".incoming"), "");
    expect(await sentenceOf(copy())).toMatch(/cannot be read or written \(mkdir: EEXIST\)\. 0 of 4 files/);
  });
});
