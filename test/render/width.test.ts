import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainly } from "#render/terminal";
import { columnsOf, fitted } from "#render/width";

describe("the width of the output", () => {
  it.each<[string, { columns?: number }, NodeJS.ProcessEnv, number]>([
    ["the terminal's", { columns: 72 }, {}, 72],
    ["what COLUMNS says, also of a terminal", { columns: 72 }, { COLUMNS: "100" }, 100],
    ["no limit for a log", {}, {}, Infinity],
    ["what COLUMNS says of a log", {}, { COLUMNS: "80" }, 80],
    ["the terminal's, when COLUMNS is no number", { columns: 72 }, { COLUMNS: "wide" }, 72],
    ["the narrowest that can be read", { columns: 3 }, {}, 20],
    ["no limit, when COLUMNS is 0", {}, { COLUMNS: "0" }, Infinity],
  ])("is %s", (_, out, env, columns) => {
    expect(columnsOf(out, env)).toBe(columns);
  });
});

describe("a text that fits a width", () => {
  it("goes on below the column of its detail", () => {
    expect(fitted("  note        one two three", 24)).toBe(
      "  note        one two\n              three".replace("              three", "    three"),
    );
    expect(fitted("  note        one two three four", 28)).toBe("  note        one two three\n              four");
  });

  it("breaks no address, and puts it into a line of its own", () => {
    const urn = "urn:pulumi:dev::millrace::aws:s3/bucket:Bucket::data";
    expect(fitted(`see ${urn} there`, 20)).toBe(`see\n  ${urn}\n  there`);
  });

  it("breaks a path behind its slashes", () => {
    expect(fitted("  ~ platform/addons-before-nodes/role-policy", 30)).toBe(
      "  ~ platform/\n    addons-before-nodes/\n    role-policy",
    );
  });

  it("has no line that is too long and loses nothing, coloured or not", () => {
    const word = fc.constantFrom("a", "word", "\u001b[2mdim\u001b[22m", "1,234", "two", "·");
    const gap = fc.constantFrom(" ", "  ", "   ");
    const line = fc.array(fc.tuple(gap, word), { minLength: 1, maxLength: 40 }).map((parts) => parts.flat().join(""));
    fc.assert(
      fc.property(line, fc.integer({ min: 20, max: 120 }), (text, width) => {
        const shown = fitted(text, width);
        expect(shown.split("\n").filter((each) => plainly(each).length > width)).toEqual([]);
        expect(shown.replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
      }),
    );
  });
});
