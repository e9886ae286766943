import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ledgerOfPromotions } from "#cli/audit/ledger";
import { PROJECT_FOLDER } from "#engine/project";
import { openLedger } from "#promotion/ledger/ledger";
import { begin, done, fraud, hour, ledgerFolder, platform, stable } from "../promotion/ledger/records.ts";
import { millrace, type Ran } from "./release/run.ts";

let url: string;
beforeEach(() => {
  ({ url } = ledgerFolder());
});

/** Runs the command on a ledger of its own. */
async function typed(...args: string[]): Promise<Ran> {
  vi.stubEnv("MILLRACE_LEDGER", url);
  // Where the stacks are in a folder, it may be a rehearsal.
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  return millrace(join(PROJECT_FOLDER, "releases"), ...args);
}

const said = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await typed(...args);
  return `${String(code)} ${out}${err}`.trimEnd();
};

/** A ledger in which prod was adopted. */
async function adopted(): Promise<void> {
  const ledger = openLedger(url);
  await ledger.appendAfter(undefined, begin(hour(1), [fraud(null, "3"), platform(null, "2026.11.21-1")]));
  await ledger.append(done(hour(2), 1));
  await ledger.append(stable(hour(3), 1, "3"));
}

const ON = ["--env", "prod", "--reason", "an incident"];
const records = async (): Promise<number> => (await openLedger(url).records("prod")).length;

describe("the ledger by which an environment is changed", () => {
  const held = (): Promise<string> => {
    onTestFinished(() => void vi.unstubAllEnvs());
    return millrace(join(PROJECT_FOLDER, "releases"), "hold", ...ON).then(({ code, err }) => `${String(code)} ${err}`);
  };

  it("is that of the settings, whatever a variable names", async () => {
    vi.stubEnv("MILLRACE_LEDGER", url);
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    vi.stubEnv("MILLRACE_TODAY", undefined);
    expect(await held()).toMatch(/^2 MILLRACE_RELEASES must be unset where the stacks are not in a folder/);
    vi.stubEnv("MILLRACE_LEDGER", url);
    expect(() => ledgerOfPromotions()).toThrow(
      `releases/promotion.json must name the ledger by which environments are changed, got none: add "ledger": "${url}"`,
    );
  });

  it("is a folder where something is replaced for a rehearsal", async () => {
    vi.stubEnv("MILLRACE_LEDGER", "s3://records/millrace?region=eu-north-1");
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///stacks");
    expect(await held()).toMatch(
      /^2 the ledger must lie in a folder where MILLRACE_\w+ is set, got 's3:\/\/records\/millrace\?region=eu-north-1': set MILLRACE_LEDGER=file:\/\/\/<folder>/,
    );
  });
});

describe("hold and resume", () => {
  it("take one out of a hold of everything, and status says so", async () => {
    expect(await said("hold", ...ON)).toBe("0 prod: everything is held (record 1)");
    expect(await said("resume", "fraud", ...ON)).toBe("0 prod: fraud is allowed again; everything else stays held (record 2)");
    const [, , prod] = JSON.parse((await typed("promote", "status", "--json")).out);
    expect(prod.held).toMatchObject([{ subject: "everything", except: ["models/fraud"], reason: "an incident" }]);
    expect((await typed("promote", "status")).out).toMatch(/^held {2}prod: everything but fraud, by .*: an incident$/m);
    expect(await said("hold", "fraud", ...ON)).toBe("0 prod: fraud is held (record 3)");
    expect(await said("resume", ...ON)).toBe("0 prod: everything is allowed again (record 4)");
    expect((await typed("promote", "status")).out).not.toContain("held");
  });

  it("write nothing where nothing is held", async () => {
    const status = "and it is not: npx millrace promote status shows what is";
    expect(await said("resume", "fraud", ...ON)).toBe(`2 'fraud' must be held in prod for it to be resumed, ${status}`);
    expect(await said("resume", ...ON)).toBe(`2 something must be held in prod for it to be resumed, ${status}`);
    await typed("hold", "fraud", ...ON);
    expect(await said("resume", "platform", ...ON)).toBe(`2 'platform' must be held in prod for it to be resumed, ${status}`);
    expect(await records()).toBe(1);
  });
});

describe("a release where every release is meant is refused with what to type:", () => {
  it.each([
    [["hold", "fraud@4", ...ON], "it concerns every release: npx millrace hold fraud --env prod --reason '<why>'"],
    [["resume", "fraud@4", ...ON], "it concerns every release: npx millrace resume fraud --env prod --reason '<why>'"],
    [["rollback", "fraud@4", ...ON], "npx millrace rollback fraud --env prod --to 4 --reason '<why>' goes back to one"],
  ])("%j", async (args, remedy) => {
    expect(await said(...args)).toBe(`2 '<what>' must be a model or the platform, without a release, got 'fraud@4': ${remedy}`);
  });
});

describe("a text that says nothing is refused by its option:", () => {
  it.each([
    ["--reason", ["hold", "fraud", "--env", "prod"]],
    ["--reason", ["resume", "fraud", "--env", "prod"]],
    ["--reason", ["rollback", "fraud", "--env", "prod", "--yes"]],
    ["--comment", ["promote", "approve", "fraud@3", "--to", "prod", "--sign-key", "none.pem"]],
  ])("%s of %j", async (option, args) => {
    await adopted();
    for (const [text, shown] of [
      ["  ", "  "],
      ["", ""],
      ["a\nb", "a\\nb"],
      ["\u001b[2J", "\\u001b[2J"],
    ] as const) {
      expect(await said(...args, option, text)).toBe(
        `2 '${option}' must be one line of text, 1 to 200 characters, got '${shown}'`,
      );
    }
    expect(await records()).toBe(3);
  });

  it("and the space around it is left out", async () => {
    await typed("hold", "--env", "prod", "--reason", "  an incident ");
    expect(await openLedger(url).records("prod")).toMatchObject([{ reason: "an incident" }]);
  });
});

describe("a misspelt word is one before the ledger is asked:", () => {
  const WHAT = "'<what>' must be a model or the platform (fraud, platform), got";
  it.each([
    [["promote", "frod", "--to", "prod"], `${WHAT} 'frod'. Did you mean 'fraud'?`],
    [["promote", "stauts"], `${WHAT} 'stauts'. Did you mean 'status'?`],
    [["promote", "aply", "--to", "prod"], `${WHAT} 'aply'. Did you mean 'apply'?`],
    [["promote", "plan", "frod", "--to", "prod"], `${WHAT} 'frod'. Did you mean 'fraud'?`],
    [["hold", "frod", ...ON], `${WHAT} 'frod'. Did you mean 'fraud'?`],
    [["resume", "platfrom", ...ON], `${WHAT} 'platfrom'. Did you mean 'platform'?`],
    [["rollback", "frod", ...ON], `${WHAT} 'frod'. Did you mean 'fraud'?`],
    [["promote", "status", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)"],
    [["state", "doctr", "dev"], "error: unknown command 'doctr'\n(Did you mean doctor?)"],
    [["release", "lst"], "error: unknown command 'lst'\n(Did you mean list?)"],
    [["release", "create", "modl"], "error: unknown command 'modl'\n(Did you mean model?)"],
    [
      ["release", "list", "--model", "frod"],
      "'--model' must be a model of stacks/inputs/models.ts (fraud), got 'frod'. Did you mean 'fraud'?",
    ],
    ...["hold", "resume", "rollback"].map((name): [string[], string] => [
      [name, "fraud", "--env", "prdo", "--reason", "x"],
      "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?",
    ]),
    ...["plan", "apply", "follow", "adopt"].map((name): [string[], string] => [
      ["promote", name, "--to", "prdo"],
      "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?",
    ]),
  ])("%j", async (args, sentence) => {
    expect(await said(...args)).toBe(`2 ${sentence}`);
  });
});

describe("before an environment is adopted", () => {
  it.each([
    ["promote", "fraud", "--to", "prod"],
    ["promote", "plan", "--to", "prod"],
    ["rollback", "fraud", ...ON],
  ])("%s %s is refused with what to do first", async (...args) => {
    expect(await said(...args)).toBe(
      "2 the ledger of prod must say what runs there, got no record of it: bring prod up, then npx millrace promote adopt --to prod",
    );
  });
});

describe("a URN that is none is refused before anything is looked at:", () => {
  it.each([
    [["promote", "fraud", "--to", "prod", "--yes"]],
    [["promote", "plan", "--to", "prod"]],
    [["promote", "approve", "fraud@3", "--to", "prod", "--sign-key", "none.pem"]],
  ])("%j", async (args) => {
    const urn = "urn:pulumi:foundation-prod::millrace::aws:rds/instance:Instance::runs";
    for (const text of ["foo", "", "urn:pulumi:", "urn:aws:x", "urn:pulumi:a b"]) {
      expect(await said(...args, "--allow-replace", urn, text)).toBe(
        `2 '--allow-replace' must be the URN of a resource, urn:pulumi:…, got '${text}': the plan shows it`,
      );
    }
    expect(await said(...args, "--allow-replace", urn, urn)).not.toContain("--allow-replace");
  });
});

describe("a file that an option names is a plain one:", () => {
  const folder = mkdtempSync(join(tmpdir(), "no-file-"));
  const pipe = join(folder, "pipe");
  execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
  afterAll(() => rmSync(folder, { recursive: true }));
  const KINDS = [
    ["/dev/zero", "device"],
    ["/dev/full", "device"],
    [pipe, "named pipe"],
    [folder, "folder"],
  ] as const;

  /** Commands with an option, or an argument, that is the name of a file. What they write may also be a device or a pipe, such as `>(…)`. */
  it.each([
    ["promote", "apply", "--to", "prod", "--yes", "--plan"],
    ["promote", "approve", "fraud@3", "--to", "prod", "--sign-key"],
    ["promote", "plan", "--to", "prod", "--out"],
    ["release", "create", "model", "fraud", "--version", "999", "--from"],
    ["tools", "save"],
    ["tools", "load"],
    ["charts", "verify", folder, "--lock"],
  ])("%s %s %s %s %s %s %s", async (...args) => {
    for (const [path, kind] of KINDS) {
      const { code, err } = await typed(...args, path);
      expect([code, err.trim()]).toEqual([2, expect.stringMatching(/ must be .*, got /)]);
      expect(err).toMatch(args[0] === "charts" || args[1] === "load" ? path : kind);
      expect(existsSync(path) && lstatSync(path).isFile()).toBe(false);
    }
  });
});
