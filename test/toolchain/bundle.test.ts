import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTools, NoBundle, saveTools } from "#toolchain/bundle";
import { filesOf, toolFolder } from "#toolchain/locate";
import { PROJECT_FILES, projectFolder } from "#toolchain/projects";
import { TOOL_NAMES } from "#toolchain/tools";

let root = "";
let from = "";
let to = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "millrace-bundle-"));
  [from, to] = [join(root, "from"), join(root, "to")];
  for (const name of TOOL_NAMES) {
    await fill(await toolFolder(name, from), filesOf(name), name);
  }
  await fill(await projectFolder(from), PROJECT_FILES, "definitions");
});
afterEach(() => rm(root, { recursive: true }));

async function fill(folder: string, files: readonly string[], says: string): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), says, { mode: 0o755 });
  }
}

const bundle = (): string => join(root, "tools.tgz");

/** What is in the cache that a bundle was loaded into. */
const loaded = (): Promise<string[]> => readdir(join(to, "tools")).catch(() => []);

test("what one machine saved another one has", async () => {
  const names = await saveTools(bundle(), { cacheDir: from });
  expect(await loadTools(bundle(), { cacheDir: to })).toEqual(names);
  const [first = ""] = filesOf("pulumi");
  expect(await readFile(join(await toolFolder("pulumi", to), first), "utf8")).toBe("pulumi");
  expect(await readdir(await projectFolder(to))).toEqual([...PROJECT_FILES].sort());
  expect((await loaded()).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a tool that the cache has stays as it is", async () => {
  await saveTools(bundle(), { cacheDir: from });
  await fill(await toolFolder("pulumi", to), filesOf("pulumi"), "own");
  await loadTools(bundle(), { cacheDir: to });
  expect(await readFile(join(await toolFolder("pulumi", to), filesOf("pulumi")[0]!), "utf8")).toBe("own");
});

test.each<[what: string, make: () => Promise<void>, said: RegExp]>([
  ["text", () => writeFile(bundle(), "no archive"), /must be a file that `millrace tools save` wrote/],
  [
    "a file that was cut off",
    async () => {
      await saveTools(bundle(), { cacheDir: from });
      await truncate(bundle(), 300);
    },
    /must be a file that `millrace tools save` wrote|it lacks/,
  ],
  [
    "the tools of another commit",
    async () => {
      await fill(join(from, "tools", "pulumi-3.1.0-aaaaaaaaaaaa"), ["pulumi"], "old");
      await create({ file: bundle(), gzip: true, cwd: from }, ["tools/pulumi-3.1.0-aaaaaaaaaaaa"]);
    },
    /it lacks pulumi-3\.259.*, and has pulumi-3\.1\.0-aaaaaaaaaaaa besides: save it from the same commit$/,
  ],
  [
    "a tool without its program",
    async () => {
      await rm(join(await toolFolder("istiod", from), filesOf("istiod")[0]!));
      await create({ file: bundle(), gzip: true, cwd: from }, ["tools", "projects"]);
    },
    /must hold pilot-discovery in tools\/istiod-.*, and it does not: save it again$/,
  ],
  [
    "files beside the tools",
    async () => {
      await fill(join(from, "other"), ["file"], "x");
      await create({ file: bundle(), gzip: true, cwd: from }, ["tools", "projects", "other"]);
    },
    /and has other, file besides/,
  ],
])("%s is no bundle, and nothing is loaded", async (_, make, said) => {
  await make();
  await expect(loadTools(bundle(), { cacheDir: to })).rejects.toThrow(NoBundle);
  await expect(loadTools(bundle(), { cacheDir: to })).rejects.toThrow(said);
  expect(await loaded()).toEqual([]);
});
