import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, onTestFinished } from "vitest";
import { LedgerBroken, LedgerMoved } from "#promotion/ledger/errors";
import { type Ledger, openLedger } from "#promotion/ledger/ledger";
import { type Draft, digestOfRecord, type LedgerRecord } from "#promotion/ledger/record";
import { BOB, begin, done, fraud, hour, ledgerFolder, platform, stable, word } from "./records.ts";

/** What a call throws. */
const errorOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A ledger with four records. */
async function fourRecords(): Promise<{
  ledger: Ledger;
  folder: string;
  url: string;
  last: LedgerRecord;
  file: (n: number) => string;
}> {
  const { folder, url } = ledgerFolder();
  const ledger = openLedger(url);
  await ledger.appendAfter(undefined, begin(hour(9), [fraud(null, "3")]));
  await ledger.append(done(hour(10), 1));
  await ledger.append(word(hour(11), "hold"));
  const last = await ledger.append(word(hour(12), "resume"));
  return { ledger, folder, url, last, file: (n) => join(folder, "prod", `0000000${n}.json`) };
}

async function socketAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
}

const problemsIn = async (url: string): Promise<readonly string[]> => {
  const error = await errorOf(openLedger(url).records("prod"));
  expect(error).toBeInstanceOf(LedgerBroken);
  return (error as LedgerBroken).problems;
};

describe("a ledger in a folder", () => {
  it("is empty where there is nothing, and has what was appended, in files that others may read", async () => {
    const { url: nowhere } = ledgerFolder();
    expect(await openLedger(nowhere).records("prod")).toEqual([]);
    const { url, folder, file } = await fourRecords();
    const records = await openLedger(url).records("prod");
    expect(records.map(({ number, kind }) => `${number} ${kind}`)).toEqual(["1 begin", "2 done", "3 hold", "4 resume"]);
    expect(records[1]!.previous).toBe(digestOfRecord(records[0]!));
    expect(readdirSync(join(folder, "prod"))).toEqual([1, 2, 3, 4].map((n) => `0000000${n}.json`));
    expect(statSync(file(1)).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, "prod")).mode & 0o777).toBe(0o755);
  });

  it("keeps the order in which one program appends", async () => {
    const { ledger } = await fourRecords();
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, at) => ledger.append(word(hour(at), "hold", `models/m${at}`))),
    );
    expect(appended.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 5));
    expect((await ledger.records("prod")).slice(4)).toEqual(appended);
  });

  it("goes on where others have written meanwhile", async () => {
    const { ledger, url } = await fourRecords();
    const other = openLedger(url);
    await other.append(word(hour(13), "hold"));
    await other.append(word(hour(14), "hold"));
    expect((await ledger.append(word(hour(15), "resume"))).number).toBe(7);
    expect(await ledger.records("prod")).toHaveLength(7);
  });

  it("lets one of two who read the same record append after it, and shows the other one who was first", async () => {
    const { ledger, url, last } = await fourRecords();
    const theirs = await openLedger(url).appendAfter(last, begin(hour(13), [fraud("3", "4")], { owner: BOB }));
    const error = await errorOf(ledger.appendAfter(last, begin(hour(13), [fraud("3", "5")])));
    expect(error).toBeInstanceOf(LedgerMoved);
    expect((error as LedgerMoved).record).toEqual(theirs);
    expect((error as Error).message).toBe(
      "prod has moved: Bob <bob@example.com> was first with record 5 ('begin', 2026-11-20T13:00:00Z). Look at it with npx millrace audit --env prod, and begin again.",
    );
    expect(await errorOf(ledger.appendAfter(undefined, begin(hour(13), [fraud("3", "5")])))).toBeInstanceOf(LedgerMoved);
    expect(await ledger.records("prod")).toHaveLength(5);
  });

  it("appends after no record that it does not have", async () => {
    const { ledger, last, folder } = await fourRecords();
    const draft = begin(hour(13), [fraud("3", "5")]);
    for (const stranger of [{ ...last, number: 9 }, { ...last, reason: "another one" } as LedgerRecord]) {
      expect(await errorOf(ledger.appendAfter(stranger, draft))).toBeInstanceOf(LedgerBroken);
    }
    expect(readdirSync(join(folder, "prod"))).toHaveLength(4);
  });

  it("takes no draft that no record may be", async () => {
    const { ledger, folder } = await fourRecords();
    const error = await errorOf(ledger.append({ ...done(hour(13), 1), seconds: Number.NaN } as never));
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).message).toBe("the record 'done' of prod: seconds must be a number, got 'NaN'");
    const empty = { ...word(hour(13), "hold"), reason: "", more: 1 } as unknown as Draft;
    expect(((await errorOf(ledger.appendAfter(undefined, empty))) as Error).message).toMatch(
      /reason .*\n.* more must be a known key/,
    );
    expect(readdirSync(join(folder, "prod"))).toHaveLength(4);
  });

  it.each<[what: string, draft: Draft, sentence: string]>([
    [
      "a version to go to",
      begin(hour(13), [fraud("3", "../../x")]),
      "changes[0].to must be a version of a model, such as 4, got '../../x'",
    ],
    [
      "a version to come from",
      begin(hour(13), [fraud("latest", "4")]),
      "changes[0].from must be a version of a model, such as 4, got 'latest'",
    ],
    ["a version that is stable", stable(hour(13), 1, "x"), "version must be a version of a model, such as 4, got 'x'"],
    [
      "an id",
      begin(hour(13), [platform(null, "4")]),
      "changes[0].to must be an id of the platform, such as 2026.11.21-1, got '4'",
    ],
    ["a subject", word(hour(13), "hold", "models/no\nx"), "subject must be platform, or models/ and the name of a model, got "],
  ])("takes no draft with %s that there cannot be", async (_, draft, sentence) => {
    expect(String(await errorOf(openLedger(ledgerFolder().url).appendAfter(undefined, draft)))).toContain(sentence);
  });

  it("shows no draft of a process that died while it wrote", async () => {
    const { ledger, folder } = await fourRecords();
    writeFileSync(join(folder, "prod", ".00000005.json.77-0"), '{"half');
    expect(await ledger.records("prod")).toHaveLength(4);
    expect((await ledger.append(word(hour(13), "hold"))).number).toBe(5);
  });
});

describe("a ledger that was changed", () => {
  it.each<[what: string, change: (file: (n: number) => string, folder: string) => void, problems: (string | RegExp)[]]>([
    [
      "a word",
      (file) => writeFileSync(file(3), readFileSync(file(3), "utf8").replace("an incident", "no incident")),
      [
        /^prod\/00000004\.json: previous must be '[0-9a-f]{64}', the digest of prod\/00000003\.json, got '[0-9a-f]{64}': one of the two files was changed$/,
      ],
    ],
    [
      "white space",
      (file) => writeFileSync(file(2), `${readFileSync(file(2), "utf8")} `),
      ["prod/00000002.json: must be canonical JSON (sorted keys, two spaces a level, one newline at the end), got another form"],
    ],
    [
      "a value",
      (file) => writeFileSync(file(2), readFileSync(file(2), "utf8").replace('"seconds": 85', '"seconds": "85"')),
      ["prod/00000002.json: seconds must be a number, got '85'"],
    ],
    [
      "a kind",
      (file) => writeFileSync(file(3), readFileSync(file(3), "utf8").replace('"hold"', '"held"')),
      [
        "prod/00000003.json: kind must be begin, taken-over, done, failed, stable, thrown-out, continued, aborted, hold or resume, got 'held'",
      ],
    ],
    [
      "a missing file",
      (file) => rmSync(file(2)),
      ["prod/00000002.json must be there, got nothing: prod/00000004.json comes after it"],
    ],
    [
      "several missing files",
      (file) => [2, 3].forEach((number) => rmSync(file(number))),
      ["prod/00000002.json to prod/00000003.json must be there, got nothing: prod/00000004.json comes after them"],
    ],
    [
      "a name with a high number, at once",
      (_, folder) => writeFileSync(join(folder, "prod", "99999999.json"), ""),
      [
        "prod/00000005.json to prod/99999998.json must be there, got nothing: prod/99999999.json comes after them",
        "prod/99999999.json must be JSON in UTF-8, got an empty file",
      ],
    ],
    ["an empty file", (file) => writeFileSync(file(4), ""), ["prod/00000004.json must be JSON in UTF-8, got an empty file"]],
    [
      "a byte of no text",
      (file) =>
        writeFileSync(file(4), Buffer.from(readFileSync(file(4), "latin1").replace("an incident", "\u00ffn incident"), "latin1")),
      [/^prod\/00000004\.json must be JSON in UTF-8, got (a |other)/],
    ],
    [
      "two files that changed places",
      (file, folder) => {
        renameSync(file(2), join(folder, "x"));
        renameSync(file(3), file(2));
        renameSync(join(folder, "x"), file(3));
      },
      [
        "prod/00000002.json: number must be 2, the name of the file, got '3'",
        /^prod\/00000002\.json: previous must be/,
        "prod/00000003.json: number must be 3, the name of the file, got '2'",
      ],
    ],
    [
      "the first file, gone and taken by the second",
      (file) => renameSync(file(2), file(1)),
      [
        "prod/00000001.json: number must be 1, the name of the file, got '2'",
        /^prod\/00000001\.json: previous must be null in the first record, got '[0-9a-f]{64}'$/,
        "prod/00000002.json must be there, got nothing: prod/00000004.json comes after it",
      ],
    ],
    [
      "extra files",
      (file, folder) => {
        writeFileSync(join(folder, "prod", "notes.txt"), "");
        writeFileSync(join(folder, "prod", "00000000.json"), "");
        mkdirSync(join(folder, "prod", "deep"));
        renameSync(file(4), join(folder, "prod", "deep", "00000004.json"));
      },
      [
        "prod/00000000.json must be named <8 digits>.json from 00000001.json on, got an extra file",
        "prod/deep/00000004.json must be named <8 digits>.json from 00000001.json on, got an extra file",
        "prod/notes.txt must be named <8 digits>.json from 00000001.json on, got an extra file",
      ],
    ],
    [
      "a link in place of a file",
      (file, folder) => {
        renameSync(file(4), join(folder, "elsewhere"));
        symlinkSync("../elsewhere", file(4));
      },
      ["prod/00000004.json must be a file, got a symbolic link: put the file itself in its place"],
    ],
    [
      "a file of another environment",
      (file) => writeFileSync(file(4), readFileSync(file(4), "utf8").replace('"prod"', '"dev"')),
      ["prod/00000004.json: environment must be 'prod', the name of the folder, got 'dev'"],
    ],
  ])("is found by %s", async (_, change, problems) => {
    const { url, folder, file } = await fourRecords();
    change(file, folder);
    expect(await problemsIn(url)).toEqual(
      problems.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
    );
  });

  const KINDS: readonly [kind: string, put: (path: string) => unknown][] = [
    ["symbolic link", (path) => symlinkSync(mkdtempSync(join(tmpdir(), "elsewhere-")), path)],
    ["named pipe", (path) => execFileSync("sh", ["-c", 'mkfifo "$0"', path])],
    ["folder", (path) => mkdirSync(path)],
    ["socket", (path) => socketAt(path)],
  ];
  const NAMES = ["00000002.json", "00000004.json", "00000005.json", "99999999.json", "notes", "notes.json"];

  it.each(NAMES.flatMap((name) => KINDS.map(([kind, put]) => ({ name, kind, put }))))(
    "is found by a $kind named $name, by everybody and at once",
    async ({ name, kind, put }) => {
      const { url, folder, last } = await fourRecords();
      const path = join(folder, "prod", name);
      rmSync(path, { force: true });
      await put(path);
      const sentence = expect.stringMatching(new RegExp(`^prod/${name} must be a file, got a ${kind}: `));
      expect(await problemsIn(url)).toContainEqual(sentence);
      expect((await openLedger(url).verify()).chains[2]!.problems).toContainEqual(sentence);
      expect(((await errorOf(openLedger(url).append(word(hour(13), "hold")))) as LedgerBroken).problems).toContainEqual(sentence);
      if (["00000004.json", "00000005.json"].includes(name)) {
        const error = await errorOf(openLedger(url).appendAfter(last, begin(hour(13), [fraud("3", "4")])));
        expect((error as LedgerBroken).problems).toEqual([sentence]);
      }
    },
  );

  it.each([...KINDS.filter(([kind]) => kind !== "folder"), ["file", (path: string) => writeFileSync(path, "")] as const])(
    "is found by an environment that is a %s, by everybody",
    async (kind, put) => {
      const { url, folder, last } = await fourRecords();
      const path = join(folder, "prod");
      const elsewhere = join(folder, "..", "elsewhere");
      renameSync(path, elsewhere);
      if (kind === "symbolic link") {
        symlinkSync(elsewhere, path);
      } else {
        await put(path);
      }
      const sentence = expect.stringMatching(new RegExp(`^prod must be a folder, got a ${kind}: `));
      const ledger = openLedger(url);
      expect(await problemsIn(url)).toEqual([sentence]);
      expect(await ledger.verify()).toMatchObject({ chains: [{}, {}, { problems: [sentence] }], strangers: [] });
      for (const call of [
        () => ledger.append(word(hour(13), "hold")),
        () => ledger.appendAfter(last, begin(hour(13), [fraud("3", "4")])),
        () => ledger.appendAfter(undefined, begin(hour(13), [fraud("3", "4")])),
      ]) {
        expect(((await errorOf(call())) as LedgerBroken).problems).toEqual([sentence]);
      }
      expect(readdirSync(elsewhere)).toHaveLength(4);
    },
  );

  it("is a folder, or does not answer", async () => {
    const { url, folder } = ledgerFolder();
    writeFileSync(folder, "");
    const ledger = openLedger(url);
    for (const call of [() => ledger.records("prod"), () => ledger.verify(), () => ledger.append(word(hour(1), "hold"))]) {
      expect(String(await errorOf(call()))).toMatch(
        /The ledger in .* does not answer: ENOTDIR.*\. Name a folder: there is something else\.$/,
      );
    }
  });

  it("is found with files beside the environments, and takes no further record", async () => {
    const { url, folder, file } = await fourRecords();
    writeFileSync(join(folder, "prdo"), "");
    expect((await openLedger(url).verify()).strangers).toEqual([
      "prdo must lie in the folder of an environment (dev, staging, prod), got an extra file",
    ]);
    mkdirSync(join(folder, "notes", "old"), { recursive: true });
    mkdirSync(join(folder, "dev"));
    expect((await openLedger(url).verify()).strangers).toEqual([
      "notes/old must lie in the folder of an environment (dev, staging, prod), got an extra thing",
      expect.stringMatching(/^prdo /),
    ]);
    rmSync(file(2));
    expect(await errorOf(openLedger(url).append(word(hour(13), "hold")))).toBeInstanceOf(LedgerBroken);
    expect(readdirSync(join(folder, "prod"))).toHaveLength(3);
  });
});
