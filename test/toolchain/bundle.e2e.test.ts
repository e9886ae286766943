import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { create } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
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

/** A program of the cache that is saved. */
const program = async (): Promise<string> => join(await toolFolder("istiod", from), filesOf("istiod")[0]!);

/** Writes a manifest of what the cache has now. */
async function manifest(folders = ["tools", "projects"]): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(from.length + 1));
  const digests = paths
    .filter((path) => folders.some((folder) => path.startsWith(folder)))
    .map(async (path) => [
      path,
      createHash("sha256")
        .update(await readFile(join(from, path)))
        .digest("hex"),
    ]);
  await writeFile(join(from, "manifest.json"), JSON.stringify(Object.fromEntries(await Promise.all(digests))));
}

const archived = (paths: string[]): Promise<void> =>
  create({ file: bundle(), gzip: true, cwd: from }, ["manifest.json", ...paths]);

/** A bundle with a manifest that is right, of what should not be in one. */
async function byHand(paths: string[]): Promise<void> {
  await manifest(paths);
  await archived(paths);
}

/** A bundle in whose middle one bit is another: the first one from there with which it does not unpack to the same bytes. */
async function damaged(): Promise<void> {
  await saveTools(bundle(), { cacheDir: from });
  const bytes = await readFile(bundle());
  const whole = gunzipSync(bytes);
  for (let at = bytes.length >> 1; unpacksTo(whole, bytes); at++) {
    bytes[at]! ^= 1;
  }
  await writeFile(bundle(), bytes);
}

/** Zeros may be packed in several ways: a bit of their packing may be another without any damage. */
function unpacksTo(whole: Buffer, bytes: Buffer): boolean {
  try {
    return gunzipSync(bytes).equals(whole);
  } catch {
    return false;
  }
}

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
      await byHand(["tools/pulumi-3.1.0-aaaaaaaaaaaa"]);
    },
    /it lacks pulumi-3\.259.*, and has pulumi-3\.1\.0-aaaaaaaaaaaa besides: save it from the same commit$/,
  ],
  [
    "a tool without its program",
    async () => {
      await rename(await program(), `${await program()}2`);
      await byHand(["tools", "projects"]);
    },
    /must hold pilot-discovery in tools\/istiod-.*, and it does not: save it again$/,
  ],
  [
    "files beside the tools",
    async () => {
      await fill(join(from, "other"), ["file"], "x");
      await byHand(["tools", "projects", "other"]);
    },
    /and has file besides/,
  ],
  ["a damaged byte", damaged, /must be a file that `millrace tools save` wrote, and it cannot be read: .*: save it again$/],
  [
    "no manifest",
    () => create({ file: bundle(), gzip: true, cwd: from }, ["tools", "projects"]),
    /and it has no manifest\.json with the digest of each file: save it again$/,
  ],
  [
    "another content than was saved",
    async () => {
      await manifest();
      await writeFile(await program(), "#!/bin/sh\nexit 0\n");
      await archived(["tools", "projects"]);
    },
    /it has 'tools\/istiod-.*\/pilot-discovery' with another content than its manifest\.json says: save it again$/,
  ],
  [
    "a folder for a program",
    async () => {
      await rm(await program());
      await mkdir(await program());
      await byHand(["tools", "projects"]);
    },
    /it lacks istiod-.*, and has nothing besides/,
  ],
  [
    "a file beside the manifest's",
    async () => {
      await manifest();
      await writeFile(`${await program()}.more`, "");
      await archived(["tools", "projects"]);
    },
    /it has '.*pilot-discovery\.more' with another content than its manifest/,
  ],
  [
    "a path out of the cache",
    async () => {
      await writeFile(join(root, "outside"), "");
      execFileSync("tar", ["-czPf", bundle(), "../outside"], { cwd: from });
    },
    /it has '\.\.\/outside', which is no path below the cache/,
  ],
  [
    "an absolute path",
    async () => {
      await writeFile(join(root, "outside"), "");
      execFileSync("tar", ["-czPf", bundle(), join(root, "outside")], { cwd: from });
    },
    /it has '\/.*outside', which is no path below the cache/,
  ],
  [
    "a hard link",
    async () => {
      await link(await program(), `${await program()}2`);
      execFileSync("tar", ["-czf", bundle(), "tools"], { cwd: from });
    },
    /it has '.*', which is no file and no folder \(Link\)/,
  ],
  [
    "a pipe",
    async () => {
      execFileSync("sh", ["-c", 'mkfifo "$0.pipe"', await program()]);
      execFileSync("tar", ["-czf", bundle(), "tools", "projects"], { cwd: from });
    },
    /pilot-discovery\.pipe', which is no file and no folder \(FIFO\)/,
  ],
  [
    "a symbolic link for a program",
    async () => {
      await rm(await program());
      await symlink("/bin/sh", await program());
      await byHand(["tools", "projects"]);
    },
    /pilot-discovery', which is no file and no folder \(SymbolicLink\)/,
  ],
  [
    "a symbolic link for a folder",
    async () => {
      const folder = await toolFolder("istiod", from);
      await rename(folder, join(root, "elsewhere"));
      await symlink(join(root, "elsewhere"), folder);
      await byHand(["tools", "projects"]);
    },
    /istiod-.*', which is no file and no folder \(SymbolicLink\)/,
  ],
  [
    "a file twice",
    async () => {
      const path = (await program()).slice(from.length + 1);
      execFileSync("tar", ["-czf", bundle(), "--hard-dereference", path, path], { cwd: from });
    },
    /pilot-discovery' twice/,
  ],
])("%s is no bundle, and nothing is loaded", async (_, make, said) => {
  await make();
  await expect(loadTools(bundle(), { cacheDir: to })).rejects.toThrow(NoBundle);
  await expect(loadTools(bundle(), { cacheDir: to })).rejects.toThrow(said);
  expect(await loaded()).toEqual([]);
});

test("every program of a bundle may be run, whatever its mode in the archive, and stays whole", async () => {
  await byHand(["tools", "projects"]);
  execFileSync("chmod", ["0600", await program()]);
  await archived(["tools", "projects"]);
  await loadTools(bundle(), { cacheDir: to });
  expect((await stat(join(await toolFolder("istiod", to), filesOf("istiod")[0]!))).mode & 0o111).not.toBe(0);
});

test("a link in the cache is saved as what it leads to", async () => {
  await rename(await program(), join(root, "elsewhere"));
  await symlink(join(root, "elsewhere"), await program());
  await saveTools(bundle(), { cacheDir: from });
  await loadTools(bundle(), { cacheDir: to });
  expect(await readFile(join(await toolFolder("istiod", to), filesOf("istiod")[0]!), "utf8")).toBe("istiod");
});

test.each(["a file", "a link to nothing", "/proc"])("a cache in %s is refused in a sentence", async (kind) => {
  await saveTools(bundle(), { cacheDir: from });
  const place = kind === "/proc" ? "/proc/millrace" : join(root, "place");
  await (kind === "a file" ? writeFile(place, "") : kind === "/proc" ? undefined : symlink(join(root, "none"), place));
  await expect(loadTools(bundle(), { cacheDir: place })).rejects.toThrow(/is no folder that can be written\. Set MILLRACE_CACHE/);
});

test("a damaged bundle is refused with 2 by the command, which ends", async () => {
  // A block that is no header, two that end an archive, and many megabytes, which a parser of tar keeps.
  const bytes = Buffer.alloc(300_000_000, "x").fill(0, 512, 1_536);
  await writeFile(bundle(), gzipSync(bytes, { level: 1 }));
  const run = spawnSync(process.execPath, [join(PROJECT_FOLDER, "cli/millrace.mjs"), "tools", "load", bundle()], {
    encoding: "utf8",
    timeout: 8_000,
    env: { ...process.env, MILLRACE_CACHE: to },
  });
  expect(run).toMatchObject({ status: 2, stderr: expect.stringMatching(/^'[^\n]*: save it again\n$/) });
  expect(await readdir(root)).toEqual(["from", "tools.tgz"]);
});
