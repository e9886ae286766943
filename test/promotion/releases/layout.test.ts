import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { approvalFiles } from "#promotion/approvals/files";
import { formatReleases } from "#promotion/releases/format";
import { listReleases } from "#promotion/releases/list";
import { find } from "#promotion/releases/references";
import { verifyAll } from "#promotion/releases/verify";
import { readSettings } from "#promotion/settings";
import { readTarget } from "#stacks/inputs/release";
import { readHistory, readPlatformHistory } from "#stacks/inputs/releases/history";
import { readRecord } from "#stacks/inputs/stable-versions";
import { modelReleaseOf, pointerOf, releasesFolder } from "../../harness/releases.ts";

/** A folder in which all is as it must be. */
function releases(): string {
  const folder = releasesFolder({
    "models/fraud/1.json": modelReleaseOf("fraud", "1"),
    "environments/dev.json": pointerOf({ fraud: "1" }),
    "environments/staging.json": pointerOf({ fraud: "1" }),
    "environments/prod.json": pointerOf({ fraud: "1" }),
    "stable/dev.json": "{}\n",
    "approvals/dev/README": "",
  });
  rmSync(join(folder, "approvals/dev/README"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Puts something else in the place of what is there. */
const PUT = {
  "symbolic link": (path: string) => {
    // What it leads to is good, so that who follows it finds nothing wrong.
    const elsewhere = join(mkdtempSync(join(dirname(path), ".was-")), "it");
    try {
      renameSync(path, elsewhere);
    } catch {
      mkdirSync(elsewhere);
    }
    symlinkSync(elsewhere, path);
  },
  "named pipe": (path: string) => {
    rmSync(path, { recursive: true, force: true });
    execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
  },
  socket: async (path: string) => {
    rmSync(path, { recursive: true, force: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
  },
  folder: (path: string) => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  },
  file: (path: string) => {
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, "");
  },
};

type Kind = keyof typeof PUT;
type Read = (folder: string) => unknown;

const everyModel: Read = (folder) => listReleases({}, folder);
const fraud: Read = (folder) => readHistory("fraud", folder);

/** Places, what belongs there, and who reads it. */
const PLACES: readonly [place: string, wanted: "file" | "folder", readers: readonly Read[]][] = [
  ["models", "folder", [everyModel, fraud]],
  ["models/fraud", "folder", [everyModel, fraud, (folder) => find("fraud@1", folder)]],
  ["models/churn", "folder", [everyModel, formatReleases]],
  ["models/fraud/1.json", "file", [fraud, everyModel, (folder) => readTarget("prod", folder), formatReleases]],
  ["models/fraud/2.json", "file", [fraud, everyModel, formatReleases]],
  ["models/fraud/more", "file", [fraud, everyModel]],
  ["platform", "folder", [readPlatformHistory, formatReleases]],
  ["platform/2026.11.21-1.json", "file", [readPlatformHistory, (folder) => readTarget("prod", folder)]],
  ["environments", "folder", [(folder) => readTarget("prod", folder)]],
  ["environments/prod.json", "file", [(folder) => readTarget("prod", folder), formatReleases]],
  ["stable", "folder", [(folder) => readRecord("dev", folder)]],
  ["stable/dev.json", "file", [(folder) => readRecord("dev", folder)]],
  ["approvals", "folder", [approvalFiles]],
  ["approvals/dev", "folder", []],
  ["signers.json", "file", [everyModel, readSettings, formatReleases]],
  ["promotion.json", "file", [readSettings, formatReleases]],
];

const all = PLACES.flatMap(([place, wanted, readers]) =>
  (Object.keys(PUT) as Kind[])
    // A README beside folders of models, and a file that is none of JSON, hide nothing.
    .filter((kind) => kind !== wanted && !(kind === "file" && ["models/fraud", "models/churn", "approvals/dev"].includes(place)))
    .map((kind) => ({ place, wanted, kind, readers })),
);

const messageOf = async (read: () => unknown): Promise<string> => {
  try {
    await read();
    return "nothing is refused";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("what is no plain file in plain folders", () => {
  it("is nowhere at first", async () => {
    expect((await verifyAll(releases())).files.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each(all)("is found, refused and not followed: $place as a $kind", async ({ place, wanted, kind, readers }) => {
    const folder = releases();
    await PUT[kind](join(folder, place));
    const sentence = new RegExp(`(^|\\n)releases/${place} must be a (file|folder), got a ${kind}: `);
    const { files } = await verifyAll(folder);
    const problems = files.flatMap((file) => file.problems);
    expect(problems.filter((problem) => sentence.test(problem))).toHaveLength(1);
    expect(problems.some((problem) => problem.includes(`must be a ${wanted}, got a ${kind}`))).toBe(true);
    for (const read of readers) {
      expect(await messageOf(() => read(folder))).toMatch(sentence);
    }
  });

  it("hides nothing of what is wrong with the others", async () => {
    const folder = releases();
    PUT["named pipe"](join(folder, "models/fraud/2.json"));
    writeFileSync(join(folder, "models/fraud/1.json"), "{");
    const problems = (await verifyAll(folder)).files.flatMap((file) => file.problems);
    expect(problems).toContainEqual(expect.stringContaining("releases/models/fraud/1.json must be JSON"));
    expect(problems).toContainEqual(expect.stringContaining("releases/models/fraud/2.json must be a file, got a named pipe"));
  });
});

describe("the folder of the releases itself", () => {
  const linked = (): string => {
    const folder = releases();
    PUT["symbolic link"](folder);
    return folder;
  };

  it("is no link, which may lead to what nobody reviewed", () => {
    const folder = linked();
    const sentence = "releases must be a folder, got a symbolic link: put the folder itself in its place";
    for (const read of [fraud, formatReleases, readPlatformHistory]) {
      expect(() => read(folder)).toThrow(sentence);
    }
  });

  it("may be one where a variable names it, as a rehearsal does", () => {
    const folder = linked();
    vi.stubEnv("MILLRACE_RELEASES", folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(fraud(folder)).toHaveLength(1);
  });
});
