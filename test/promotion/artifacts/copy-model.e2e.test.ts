import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import type { CopiedModel } from "#promotion/artifacts/copy-model";
import { storeAt } from "#promotion/artifacts/store-at";
import { pathProblem, treeOf } from "#promotion/artifacts/tree-digest";
import { s3Server } from "./s3-server.ts";
import { never, shellDigest, storeWith } from "./trees.ts";

const PATH = "models/fraud/3";
const MIB = 2 ** 20;

/** 200 MiB in 10 files. */
function largeModel(): { root: string; sha256: string } {
  const root = storeWith(PATH);
  mkdirSync(join(root, PATH, "data"), { recursive: true });
  for (let at = 0; at < 10; at++) {
    writeFileSync(join(root, PATH, "data", `${at}.bin`), randomBytes(20 * MIB));
  }
  return { root, sha256: shellDigest(join(root, PATH)) };
}

interface Ended {
  signal: NodeJS.Signals | null;
  result: CopiedModel | undefined;
}

/** Copies in a process of its own, which is killed once so many bytes were read. */
async function copyAndKill(
  source: string,
  target: string,
  sha256: string,
  at = Number.POSITIVE_INFINITY,
  env = {},
): Promise<Ended> {
  const script = join(PROJECT_FOLDER, "test/promotion/artifacts/copy-process.ts");
  const child = spawn(process.execPath, [script, source, target, PATH, sha256], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = "";
  createInterface(child.stdout).on("line", (line) => {
    last = line;
    if (Number(line) >= at) {
      child.kill("SIGKILL");
    }
  });
  const signal = await new Promise<NodeJS.Signals | null>((done) => void child.on("close", (_, how) => done(how)));
  return { signal, result: last.startsWith("{") ? (JSON.parse(last) as CopiedModel) : undefined };
}

describe("a copy of 200 MiB that is killed in the middle", () => {
  it("is gone on with: no file is there half, and no file is copied twice", async () => {
    const { root, sha256 } = largeModel();
    const target = storeWith(PATH);
    expect(await copyAndKill(`file://${root}`, `file://${target}`, sha256, 130 * MIB)).toMatchObject({ signal: "SIGKILL" });
    const whole = readdirSync(join(target, PATH, "data")).length;
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(10);
    const { result } = await copyAndKill(`file://${root}`, `file://${target}`, sha256);
    expect(result).toEqual({
      copied: { files: 10 - whole, bytes: (10 - whole) * 20 * MIB },
      skipped: { files: whole, bytes: whole * 20 * MIB },
    });
    expect(shellDigest(join(target, PATH))).toBe(sha256);
  });

  it("is gone on with in S3 too", async () => {
    const [{ root, sha256 }, s3] = [largeModel(), await s3Server()];
    try {
      const url = "s3://models?region=eu-north-1";
      expect(await copyAndKill(`file://${root}`, url, sha256, 130 * MIB, s3.env)).toMatchObject({ signal: "SIGKILL" });
      const whole = s3.objects.size;
      expect(whole).toBeGreaterThan(0);
      expect(whole).toBeLessThan(10);
      const { result } = await copyAndKill(`file://${root}`, url, sha256, undefined, s3.env);
      expect(result).toMatchObject({ copied: { files: 10 - whole }, skipped: { files: whole } });
      expect(s3.objects.size).toBe(10);
    } finally {
      await s3.close();
    }
  });

  it("and four processes that copy at one time end with one copy", async () => {
    const { root, sha256 } = largeModel();
    const target = storeWith(PATH);
    const all = await Promise.all([1, 2, 3, 4].map(() => copyAndKill(`file://${root}`, `file://${target}`, sha256)));
    expect(all.reduce((sum, { result }) => sum + (result?.copied.files ?? 0), 0)).toBe(10);
    expect(readdirSync(join(target, ".incoming"))).toEqual([]);
    expect(shellDigest(join(target, PATH))).toBe(sha256);
  });
});

/** A path of up to three names, drawn from those that a computer trips over. */
const anyPath = fc
  .array(
    fc.oneof(
      fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" }),
      fc.constantFrom(
        "a",
        "a.b",
        "a-b",
        "B",
        "-x",
        "\u{1F600}",
        "\uFFFD",
        "ü",
        "u\u0308",
        " ",
        "'\"$(x)",
        "#",
        "%41",
        ".fetch",
        "\u00A0",
      ),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((names) => names.join("/"));

/** Those of the paths that `fetch-model` does not write. */
function notFetched(paths: readonly string[]): string[] {
  const program = `
import json, sys
from fetch_model.errors import FetchError
from fetch_model.sources.source import Remote
from fetch_model.store import _checked
def taken(path):
    try:
        return bool(_checked([Remote(path, 1)]))
    except FetchError:
        return False
json.dump([path for path in json.load(sys.stdin) if not taken(path)], sys.stdout)`;
  const env = { ...process.env, PYTHONPATH: join(PROJECT_FOLDER, "images/model-server"), PYTHONDONTWRITEBYTECODE: "1" };
  return JSON.parse(
    execFileSync("python3", ["-c", program], { env, input: JSON.stringify(paths), encoding: "utf8" }),
  ) as string[];
}

it("what is copied is fetched: 5,000 paths", () => {
  const paths = fc.sample(anyPath, 5_000).filter((path) => pathProblem(path) === undefined);
  expect(paths.length).toBeGreaterThan(1_000);
  expect(notFetched([...paths, "a\u2028b", ".fetch/a"])).toEqual(["a\u2028b", ".fetch/a"]);
});

it("200 trees of any names have the digest of sha256sum, or are refused because of a name", async () => {
  const trees = fc.array(fc.tuple(anyPath, fc.uint8Array({ maxLength: 64 })), { minLength: 1, maxLength: 12 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(trees, async (files) => {
      const root = storeWith(PATH);
      const folder = join(root, PATH);
      const written = files.filter(([file, content]) => write(folder, file, content)).map(([file]) => file);
      fc.pre(written.length > 0);
      const store = await storeAt(`file://${root}`);
      if (written.some((file) => pathProblem(file) !== undefined)) {
        refused += 1;
        await expect(treeOf(store, PATH, never)).rejects.toThrow(/: the path ".*" must /s);
      } else {
        expect((await treeOf(store, PATH, never)).sha256).toBe(shellDigest(folder));
      }
      rmSync(root, { recursive: true });
    }),
    { numRuns: 200, examples: [[[["-\u2028", new Uint8Array()]]], [[["a\u2028b", new Uint8Array()]]]] },
  );
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(150);
});

/** @returns whether the file system takes such a path; those that leave the folder are not tried. */
function write(folder: string, file: string, content: Uint8Array): boolean {
  if (file.split("/").some((each) => ["", ".", ".."].includes(each))) {
    return false;
  }
  try {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content, { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}
