import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { daysLeft, isExpired, LONGEST_DAYS, matches, readExceptions } from "#policies/exceptions";
import { exceptionsInForce } from "#policies/exceptions-file";
import { anyText } from "../harness/any-text.ts";
import { exception, TODAY } from "./sample.ts";

const read = (text: string) => readExceptions(text, "exceptions.yaml", ["TST-01"]);
const FIELDS = "rule, resource, value (optional), reason, ticket, owner, granted, expires";

describe("readExceptions", () => {
  it("reads a file as people write it", () => {
    expect(
      read(`# why
- rule: TST-01
  resource: foundation-prod/*
  reason: the colour is being repainted
  ticket: MIL-7
  owner: painters
  granted: 2026-11-01
  expires: "2026-12-03"
`),
    ).toEqual([exception()]);
  });

  it.each([["# nothing"], [""], ["[]"]])("takes %j for no exceptions", (text) => {
    expect(read(text)).toEqual([]);
  });

  it.each<[what: string, changed: object | string, sentence: string]>([
    ["an id of no rule", { rule: "TST-99" }, "entry 1, 'rule' must be the id of a rule, got 'TST-99'"],
    ["no rule", { rule: undefined }, "entry 1, 'rule' must be a text, got nothing"],
    ["no resource", { resource: "" }, "entry 1, 'resource' must be a text that is not empty, got ''"],
    [
      "a short reason",
      { reason: "because" },
      "entry 1, 'reason' must be a reason that a stranger understands, at least 20 characters, got 'because'",
    ],
    ["a number for a ticket", { ticket: 7 }, "entry 1, 'ticket' must be a text, got a number"],
    ["an owner that is nobody", { owner: null }, "entry 1, 'owner' must be a text, got nothing"],
    ["a day of another calendar", { granted: "1.11.2026" }, "entry 1, 'granted' must be a day, `2026-11-21`, got '1.11.2026'"],
    ["the 31st of November", { granted: "2026-11-31" }, "entry 1, 'granted' must be a day, `2026-11-21`, got '2026-11-31'"],
    ["an end before the beginning", { expires: "2026-10-31" }, "entry 1, 'expires' must be after 'granted', got '2026-10-31'"],
    [
      "91 days",
      { granted: "2026-11-01", expires: "2027-01-31" },
      "entry 1, 'expires' must be at most 90 days after 'granted', got '2027-01-31'",
    ],
    ["a field too many", { colour: "red" }, `entry 1 must have the fields ${FIELDS} and no other, got 'colour'`],
    ["a map for a list", "rule: TST-01", "the whole must be a list of exceptions, got a map"],
    ["a list of words", "- TST-01", `entry 1 must be an exception with the fields ${FIELDS}, got a text`],
  ])("refuses %s", (_, changed, sentence) => {
    const text = typeof changed === "string" ? changed : stringify([{ ...exception(), ...changed }]);
    expect(() => read(text)).toThrow(new Error(`exceptions.yaml: ${sentence}`));
  });

  it("names every mistake at once", () => {
    const text = stringify([exception(), { ...exception(), ticket: 1 }, { ...exception(), rule: "X", owner: "" }]);
    expect(() => read(text)).toThrow(
      new Error(
        [
          "exceptions.yaml: entry 2, 'ticket' must be a text, got a number",
          "exceptions.yaml: entry 3, 'rule' must be the id of a rule, got 'X'",
          "exceptions.yaml: entry 3, 'owner' must be a text that is not empty, got ''",
        ].join("\n"),
      ),
    );
  });

  it.each([["- rule: [TST-01"], ["- *nothing"], ["[]\n---\n[]"], ["\ta: b: c"]])(
    "answers %j, broken YAML, in one line",
    (text) => {
      expect(() => read(text)).toThrow(
        /^exceptions\.yaml must be YAML, got (a mistake at line \d+, column \d+: correct it there|an alias of nothing, or one that grows without end: write the value itself)$/,
      );
    },
  );

  it.each([
    ["rule", 8],
    ["expires", 8],
    ["colour", 9],
    ["__proto__", 9],
  ])("refuses '%s' twice, with its line", (field, line) => {
    expect(() => read(`${stringify([exception()])}  ${field}: a\n  ${field}: b\n`)).toThrow(
      new Error(`exceptions.yaml:${line}: each field must stand in its entry once, got one twice: remove one of the two`),
    );
  });

  it.each(["constructor", "__proto__", "1", "Rule"])("refuses the field '%s'", (field) => {
    expect(() => read(`${stringify([exception()])}  ${field}: a\n`)).toThrow(
      `exceptions.yaml: entry 1 must have the fields ${FIELDS} and no other, got '${field}'`,
    );
  });
});

const holds = (resource: string, address: string): boolean =>
  matches(exception({ resource }), { rule: "TST-01", address, got: "green" });

describe("matches", () => {
  it.each([
    ["platform-prod/tracking", "platform-prod/tracking", true],
    ["platform-prod/tracking", "platform-prod/tracking-db", false],
    ["platform-prod/tracking*", "platform-prod/tracking-db", true],
    ["platform-*/tracking", "platform-staging/tracking", true],
    ["*", "anything/at all", true],
    ["a.b", "axb", false],
    ["a(b|c)[d]", "a(b|c)[d]", true],
  ])("%s and %s: %s", (resource, address, expected) => {
    expect(holds(resource, address)).toBe(expected);
  });

  it("takes every address literally, and a star for anything", () => {
    fc.assert(
      fc.property(anyText(), anyText(), anyText(), (before, between, after) => {
        const [start, end] = [before.replaceAll("*", "+"), after.replaceAll("*", "+")];
        expect(holds(start, start)).toBe(true);
        expect(holds(`${start}*${end}`, start + between + end)).toBe(true);
        expect(holds(start, `${start}x`)).toBe(false);
      }),
    );
  });
});

describe("an exception's time", () => {
  const day = fc.date({ min: new Date("2020-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
  const text = (date: Date) => date.toISOString().slice(0, 10);

  it("holds on its last day and not on the next", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -400, max: 400 }), (last, days) => {
        const expires = text(last);
        const today = text(new Date(Date.parse(expires) - days * 24 * 3600 * 1000));
        expect(daysLeft(exception({ expires }), today)).toBe(days);
        expect(isExpired(exception({ expires }), today)).toBe(days < 0);
      }),
    );
  });

  it("is at most ninety days, whatever the months", () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 200 }), (first, days) => {
        const granted = text(first);
        const expires = text(new Date(Date.parse(granted) + days * 24 * 3600 * 1000));
        const given = () => read(stringify([exception({ granted, expires })]));
        if (days <= LONGEST_DAYS) {
          expect(given()).toHaveLength(1);
        } else {
          expect(given).toThrow("'expires' must be at most 90 days after 'granted'");
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("exceptionsInForce", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-exceptions-"));
  const file = join(folder, "mine.yaml");
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => vi.unstubAllEnvs());

  it("reads the file that is named", () => {
    writeFileSync(file, stringify([exception()]));
    vi.stubEnv("MILLRACE_EXCEPTIONS", file);
    expect(exceptionsInForce(["TST-01"])).toEqual([exception()]);
  });

  it("refuses a file that is not there", () => {
    vi.stubEnv("MILLRACE_EXCEPTIONS", join(folder, "none.yaml"));
    expect(() => exceptionsInForce([])).toThrow(
      new Error(`MILLRACE_EXCEPTIONS must be a file that can be read, got '${join(folder, "none.yaml")}': give its full path`),
    );
  });

  it.each<[what: string, make: (path: string) => void, got: string]>([
    ["a folder", (path) => mkdirSync(path), "EISDIR"],
    ["a link to itself", (path) => symlinkSync(path, path), "ELOOP"],
    ["bytes that are no text", (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00])), "not valid for encoding"],
  ])("refuses %s with the cause", (what, make, got) => {
    const path = join(folder, what);
    make(path);
    vi.stubEnv("MILLRACE_EXCEPTIONS", path);
    expect(() => exceptionsInForce([])).toThrow(
      new RegExp(`^${path} must be a text file in UTF-8 that can be read, got '.*${got}.*': correct or replace it$`),
    );
  });

  it("names the file in which something is wrong", () => {
    writeFileSync(file, stringify([exception({ expires: TODAY, rule: "X" })]));
    vi.stubEnv("MILLRACE_EXCEPTIONS", file);
    expect(() => exceptionsInForce(["TST-01"])).toThrow(new Error(`${file}: entry 1, 'rule' must be the id of a rule, got 'X'`));
  });
});
