import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { answer, print, printJson, say, sayBeside } from "#cli/say";
import { PROJECT_FOLDER } from "#engine/project";
import { openLedger } from "#promotion/ledger/ledger";
import { harmless, printable } from "#render/printable";
import { redraw } from "#render/terminal";
import { ADA, begin, done, failed, fraud, hour, ledgerFolder, platform, stable, thrown } from "../promotion/ledger/records.ts";
import { millrace } from "./release/run.ts";

/** Clears the screen in two ways, rings, turns the direction of the text, and begins a line of its own. */
const POISON = "\u001b[2J\u009b2J\u0007\u202e\u2066\u200b\u2028\r\nheld  prod: everything\u001b[8m";

/** What no line for a person may hold: everything that a terminal obeys. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

describe("what a command says", () => {
  it.each([
    ["say", say],
    ["sayBeside", sayBeside],
    ["print", print],
    ["answer", (text: string) => answer(false, text, () => text)],
    ["redraw", (text: string) => redraw(process.stderr, text)],
  ])("is shown and not obeyed by %s", (_, speak) => {
    let heard = "";
    const hear = (text: unknown): true => {
      heard += String(text);
      return true;
    };
    vi.spyOn(console, "log").mockImplementation(hear);
    vi.spyOn(console, "error").mockImplementation(hear);
    vi.spyOn(process.stderr, "write").mockImplementation(hear);
    onTestFinished(() => void vi.restoreAllMocks());
    speak(POISON);
    // Of a live line, the beginning is its own.
    expect(heard.replace("\r\u001b[K", "")).not.toMatch(OBEYED);
    expect(heard).toContain("\\u001b[2J\\u009b2J\\u0007\\u202e\\u2066\\u200b\\u2028\\u000d");
  });

  it("is the same value as JSON, and not obeyed", () => {
    let heard = "";
    vi.spyOn(console, "log").mockImplementation((text: unknown) => void (heard += String(text)));
    onTestFinished(() => void vi.restoreAllMocks());
    const value = { [POISON]: [POISON, "\u007f\u{e0041}😀\\u202e", 1, null] };
    printJson(value);
    expect(heard).not.toMatch(OBEYED);
    expect(heard).not.toMatch(/\p{Cf}/u);
    expect(heard).toContain("\n  ");
    expect(heard).toContain("😀");
    expect(JSON.parse(heard)).toEqual(value);
  });

  it("keeps its own colours and lines, and no other", () => {
    const own = "\u001b[1mbold\u001b[22m \u001b[31mred\u001b[39m\n\tnext";
    expect(harmless(own)).toBe(own);
    expect(harmless("\u001b[8m\u001b[41m\u001b]8;;x")).toBe("\\u001b[8m\\u001b[41m\\u001b]8;;x");
    expect(printable(own)).toBe("\\u001b[1mbold\\u001b[22m \\u001b[31mred\\u001b[39m\\n\\u0009next");
  });

  /** Files that write to a stream themselves, and why: each of them fits what it writes, or writes what no person reads. */
  const WRITERS = [
    "cli/completion.ts",
    "cli/lost-output.ts",
    "cli/main.ts",
    "cli/rehearse-screen.ts",
    "cli/rehearse-story-screen.ts",
  ];

  it("goes through one place", () => {
    const files = globSync("cli/**/*.ts", { cwd: PROJECT_FOLDER }).filter((file) => file !== "cli/say.ts");
    const speaking = files.filter((file) =>
      /\bconsole\.\w+|\b(stdout|stderr|out|stream\(\w*\))\.write\(/.test(readFileSync(join(PROJECT_FOLDER, file), "utf8")),
    );
    expect(speaking.filter((file) => !WRITERS.includes(file))).toEqual(
      ["cli/lost-output.ts"].filter((file) => !WRITERS.includes(file)),
    );
    for (const file of WRITERS.filter((each) => !/completion|lost-output/.test(each))) {
      const written = [...readFileSync(join(PROJECT_FOLDER, file), "utf8").matchAll(/\.write\((.*)/g)].map(
        ([, what = ""]) => what,
      );
      expect(written.filter((what) => !/^`?(\$\{)?fitted\(/.test(what))).toEqual([]);
    }
  });
});

describe("a ledger whose every text is poisoned", () => {
  let url: string;
  beforeAll(async () => {
    const { url: address } = ledgerFolder();
    url = address;
    const ledger = openLedger(url);
    const owner = { ...ADA, who: POISON, host: POISON, job: POISON };
    const next = async (draft: object) =>
      ledger.appendAfter((await ledger.records("prod")).at(-1), { ...draft, owner } as Parameters<typeof ledger.appendAfter>[1]);
    const gates = [{ gate: POISON, state: "advised" as const, detail: POISON, remedy: POISON }];
    const approvals = [{ by: POISON, source: POISON, time: hour(1) }];
    await next(
      begin(hour(1), [fraud(null, "3"), platform(null, "2026.11.21-1")], { gates, approvals, program: POISON, reason: POISON }),
    );
    await next(done(hour(2), 1));
    await next(stable(hour(3), 1, "3"));
    await next({ ...begin(hour(4), [fraud("3", "4")]) });
    await next(done(hour(5), 4));
    await next({ ...thrown(hour(6), 4, "4"), why: POISON });
    await next({ kind: "hold", environment: "prod", time: hour(7), reason: POISON });
    await next(begin(hour(8), [fraud("3", "5")]));
    await next({ ...failed(hour(9), 8, []), why: POISON });
  });

  it.each([
    "promote status",
    "promote fraud@3 --to prod --yes",
    "promote apply --to prod --yes",
    "promote follow --to prod",
    "promote adopt --to prod",
    "rollback fraud --env prod --reason x --yes",
    "hold platform --env prod --reason x",
    "resume platform --env prod --reason x",
    "audit",
    "audit who fraud@4",
    "audit who fraud@9",
    "audit at 2026-11-20",
    "audit verify",
    "state verify prod",
  ])("is shown and not obeyed by `millrace %s`", async (words) => {
    vi.stubEnv("MILLRACE_LEDGER", url);
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { out, err } = await millrace(join(PROJECT_FOLDER, "releases"), ...words.split(" "));
    expect(`${out}${err}`).not.toMatch(OBEYED);
    expect(`${out}${err}`).not.toMatch(/^held {2}prod: everything\\/m);
    expect(`${out}${err}`).not.toBe("");
  });
});
