import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readExceptions } from "#policies/exceptions";
import { checkRecord } from "#promotion/ledger/chain";
import { readPlan } from "#promotion/plan";
import { parseCheckpoint } from "#promotion/state/checkpoint";
import { configFile } from "#stacks/inputs/config-file";
import { jsonOf } from "#stacks/inputs/json-fault";
import * as files from "#stacks/inputs/read-file";
import { parseJson } from "#stacks/inputs/read-json";

describe("a text that is no JSON", () => {
  it.each([
    ["", "an empty file"],
    [" \n", "an empty file"],
    ["{", "a text that ends in the middle"],
    ['{"a": [1, 2', "a text that ends in the middle"],
    ['{"a": "b', "a text that ends in the middle"],
    ["nul", "a text that ends in the middle"],
    ['{"a": -', "a text that ends in the middle"],
    ['{"a": 1e', "a text that ends in the middle"],
    ["root:x:0:0", "a mistake at line 1, column 1"],
    ["{}}", "a mistake at line 1, column 3"],
    ['{\n  "a": 1,\n}\n', "a mistake at line 3, column 1"],
    ['{\n  "a" 1\n}\n', "a mistake at line 2, column 7"],
    ['{"a": "\t"}', "a mistake at line 1, column 8"],
    ['{"a": "\\x"}', "a mistake at line 1, column 9"],
  ])("%j is said to be %s", (text, fault) => {
    expect(() => jsonOf(text)).toThrow(new SyntaxError(fault));
  });

  it("has its mistake where a character was put that belongs nowhere", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const place = at % (text.length + 1);
        const broken = `${text.slice(0, place)}\u0001${text.slice(place)}`;
        expect(() => jsonOf(broken)).toThrow(new SyntaxError(`a mistake at line 1, column ${place + 1}`));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a text that is JSON", () => {
  it("may have 200 levels, and any number of brackets in its texts", () => {
    expect(JSON.stringify(jsonOf("[".repeat(200) + "]".repeat(200)))).toHaveLength(400);
    expect(jsonOf(JSON.stringify('\\"'.repeat(300) + "[{".repeat(300)))).toHaveLength(1_200);
    expect(jsonOf(`[${"[],".repeat(300)}{}]`)).toHaveLength(301);
  });
});

/** What reads a file that a person named, or that a link may have put in the place of another one. */
const READERS: Record<string, (text: string) => unknown> = {
  parseJson: (text) => parseJson("x.json", text),
  checkRecord: (text) => {
    throw new Error(checkRecord("dev", 1, Buffer.from(text), null).problems.join());
  },
  parseCheckpoint: (text) => parseCheckpoint(Buffer.from(text)),
  readExceptions: (text) => readExceptions(text, "x.yaml", []),
  configFile: (text) => {
    vi.spyOn(files, "textOf").mockReturnValue(text);
    return configFile("x.yaml");
  },
  readPlan: (text) => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "plan.json");
    writeFileSync(file, text);
    return readPlan(file, "dev");
  },
};

/** Files that somebody may name by mistake, or by malice. */
const FOREIGN = [
  "root:x:0:0:hunter2:/root:/bin/bash\nhunter2:*:19000\n",
  "[default]\naws_secret_access_key = hunter2\n",
  "-----BEGIN PRIVATE KEY-----\nhunter2\n",
  '{"auth": "hunter2" "hunter2"}',
  '{"auth": *hunter2}',
  "auth: *hunter2\n",
  "auth: !hunter2 [\n",
  'auth: "\\hunter2"\n',
  "hunter2: 1\nhunter2: 2\n",
  "hunter2 hunter2",
  "%hunter2\n",
];

describe.each(Object.entries(READERS))("a foreign file, refused by %s,", (_, read) => {
  it.each(FOREIGN)("is not quoted: %j", (text) => {
    let said = "";
    try {
      read(text);
    } catch (error) {
      said = (error as Error).message;
    }
    vi.restoreAllMocks();
    expect(said).toMatch(/must|^$/);
    expect(said.replaceAll("x.yaml: hunter2", "")).not.toContain("hunter2");
  });
});

const JSON_READERS = Object.entries(READERS).filter(([name]) => !["readExceptions", "configFile"].includes(name));

describe.each(JSON_READERS)("a text of many levels, refused by %s,", (_, read) => {
  it.each([201, 5_000, 200_000])("is told as that: %i", (levels) => {
    for (const text of ["[".repeat(levels), "[".repeat(levels) + "]".repeat(levels), '{"a":'.repeat(levels)]) {
      expect(() => read(text)).toThrow(/must be JSON( in UTF-8)?, got lists and objects of more than 200 levels/);
    }
  });
});
