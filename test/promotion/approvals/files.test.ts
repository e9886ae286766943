import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { approvalsInFiles } from "#promotion/approvals/files";
import { formatReleases } from "#promotion/releases/format";
import { verifyAll } from "#promotion/releases/verify";
import { readSettings } from "#promotion/settings";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { placeOf, readModelRelease } from "#stacks/inputs/releases/read";
import { modelReleaseOf } from "../../harness/releases.ts";
import { approvedBy, folderOf, PROMOTION, refusal } from "../written.ts";

const FILE = "releases/approvals/prod/models-fraud-4/grace.json";
const read = (folder: string) => approvalsInFiles({ kind: "files", folder }, "prod", readSettings(folder));
const problemsOf = async (folder: string) =>
  (await verifyAll(folder)).files.flatMap(({ problems }) => problems).filter((each) => each.includes("approvals/"));

/** Version 4 as Ada's, with the signature of another one. */
const signedBy = (signer: string) => ({
  kind: "model" as const,
  file: "",
  release: modelReleaseOf("fraud", "4", { author: "Ada", signature: { kind: "key", signer, value: `${"A".repeat(86)}==` } }),
});

describe("an approval in a file", () => {
  it("says who approves which release for what, and is read back", async () => {
    const folder = folderOf();
    expect(approvedBy("grace", folder, { comment: "measured on my own" })).toBe(FILE);
    const digest = digestOfRelease(readModelRelease("fraud", "4", folder));
    expect(read(folder)).toEqual({
      given: [
        {
          by: "grace",
          source: FILE,
          time: "2026-11-24T11:00:00.000Z",
          approves: [{ environment: "prod", subject: "models/fraud", to: "4", digest }],
        },
      ],
      openedBy: [],
      committedBy: [],
      refused: [],
      unsettled: [],
    });
    expect(await problemsOf(folder)).toEqual([]);
    expect(formatReleases(folder)).toEqual([]);
    expect(approvalsInFiles({ kind: "files", folder }, "staging", readSettings(folder)).given).toEqual([]);
    // A second one takes the place of the first.
    approvedBy("grace", folder, { now: new Date("2026-11-24T12:00:00Z") });
    expect(read(folder).given.map(({ time }) => time)).toEqual(["2026-11-24T12:00:00.000Z"]);
  });

  it("names the resources whose data may go with it, and they are signed too", () => {
    const folder = folderOf();
    const [one, other] = ["a", "b"].map((name) => `urn:pulumi:foundation-prod::millrace::aws:rds/instance:Instance::${name}`);
    const path = placeOf(approvedBy("grace", folder, { allowReplace: [other, one, other] }), folder);
    expect(read(folder).given[0]!.approves[0]!.allowReplace).toEqual([one, other]);
    writeFileSync(path, readFileSync(path, "utf8").replace(one!, `${one}2`));
    expect(read(folder).refused[0]).toMatch(/signature must be grace's over this approval/);
  });

  it.each<[what: string, change: (text: string) => string, why: string]>([
    [
      "another version",
      (text) => text.replace('"to": "4"', '"to": "5"'),
      `${FILE} must be where what it says belongs, releases/approvals/prod/models-fraud-5/grace.json, got another place: move it there`,
    ],
    [
      "another digest",
      (text) => text.replace(/"digest": "..../, '"digest": "0000'),
      `${FILE}: signature must be grace's over this approval, got one of other bytes or of another key: approve it again`,
    ],
    [
      "a later time",
      (text) => text.replace("2026-11-24T11", "2026-11-25T11"),
      `${FILE}: signature must be grace's over this approval, got one of other bytes or of another key: approve it again`,
    ],
    [
      "somebody without a key",
      (text) => text.replaceAll('"grace"', '"tom"'),
      `${FILE} must be where what it says belongs, releases/approvals/prod/models-fraud-4/tom.json, got another place: move it there`,
    ],
  ])("does not count once somebody writes into it %s", async (_, change, why) => {
    const folder = folderOf();
    const path = placeOf(approvedBy("grace", folder), folder);
    writeFileSync(path, change(readFileSync(path, "utf8")));
    expect(read(folder)).toMatchObject({ given: [], refused: [why] });
    expect(await problemsOf(folder)).toEqual([why]);
  });

  it("does not count under another name, of somebody without a key, or from a copy in another environment", () => {
    const folder = folderOf();
    const path = placeOf(approvedBy("grace", folder), folder);
    const copied = readFileSync(path, "utf8");
    for (const [file, text, why] of [
      [
        "releases/approvals/prod/models-fraud-4/linus.json",
        copied.replace('"by": "grace"', '"by": "linus"'),
        "releases/approvals/prod/models-fraud-4/linus.json: signature must be linus's over this approval, got one of other bytes or of another key: approve it again",
      ],
      [
        "releases/approvals/prod/models-fraud-4/tom.json",
        copied.replace('"by": "grace"', '"by": "tom"'),
        "releases/approvals/prod/models-fraud-4/tom.json: by must be somebody with a key in releases/promotion.json (ada, grace, linus), got 'tom'",
      ],
      [
        "releases/approvals/prod/models-fraud-4/x/grace.json",
        copied,
        "releases/approvals/prod/models-fraud-4/x/grace.json must be where what it says belongs, releases/approvals/prod/models-fraud-4/grace.json, got another place: move it there",
      ],
    ] as const) {
      const at = placeOf(file, folder);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, text);
      expect(read(folder).refused).toContain(why);
    }
    const staging = join(folder, "approvals/staging/models-fraud-4");
    mkdirSync(staging, { recursive: true });
    renameSync(path, join(staging, "grace.json"));
    expect(approvalsInFiles({ kind: "files", folder }, "staging", readSettings(folder)).refused).toEqual([
      "releases/approvals/staging/models-fraud-4/grace.json must be where what it says belongs, releases/approvals/prod/models-fraud-4/grace.json, got another place: move it there",
    ]);
  });

  it.each<[what: string, name: "ada" | "grace" | "linus", rest: object, settings: object, why: RegExp]>([
    [
      "whoever released it",
      "ada",
      {},
      PROMOTION,
      /^whoever approves fraud 4 must not have released it, got ada, who did \(Ada <ada@example.com>\): ask somebody else$/,
    ],
    [
      "no approver",
      "linus",
      {},
      PROMOTION,
      /^releases\/promotion.json: approvers.prod must name linus for models\/fraud for linus to approve it, got ada, grace$/,
    ],
    [
      "nobody who is named",
      "linus",
      {},
      { ...PROMOTION, people: { ...PROMOTION.people, linus: { authors: ["Linus"] } } },
      /^releases\/promotion.json: people must have somebody whose key is 'linus-key', got nobody: add "key": "linus-key" to that person$/,
    ],
    [
      "no key",
      "grace",
      { keyFile: "/nowhere.pem" },
      PROMOTION,
      /^'--sign-key' must be a file with an Ed25519 private key .*, got '\/nowhere.pem', which is not there/,
    ],
    [
      "whoever signed it for somebody else",
      "grace",
      { release: signedBy("grace-key") },
      PROMOTION,
      /^whoever approves fraud 4 must not have released it, got grace, who did \(grace-key\): ask somebody else$/,
    ],
    [
      "somebody who lets go what is no resource",
      "grace",
      { allowReplace: ["database"] },
      PROMOTION,
      /^'--allow-replace' must be the URN of a resource, urn:pulumi:…, got 'database': the plan shows it$/,
    ],
    [
      "a comment of two lines",
      "grace",
      { comment: "a\nb" },
      PROMOTION,
      /^'--comment' must be one line of text, 1 to 200 characters, got 'a\\nb'$/,
    ],
  ])("is not written by %s", (_, name, rest, settings, why) => {
    const folder = folderOf({ "promotion.json": settings });
    expect(refusal(() => approvedBy(name, folder, rest))).toMatch(why);
    expect(existsSync(join(folder, "approvals"))).toBe(false);
  });

  it("is put into its form, and other files beside it are found", async () => {
    const folder = folderOf();
    const path = placeOf(approvedBy("grace", folder), folder);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, JSON.stringify(JSON.parse(text)));
    expect(read(folder).refused[0]).toMatch(/must be canonical JSON/);
    expect(formatReleases(folder)).toEqual([FILE]);
    expect(readFileSync(path, "utf8")).toBe(text);
    writeFileSync(join(dirname(path), "notes.txt"), "x");
    expect(await problemsOf(folder)).toEqual([
      "releases/approvals/prod/models-fraud-4/notes.txt must be an approval, a file that ends with .json, got another one: remove it",
    ]);
  });
});
