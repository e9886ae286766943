import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyMarkdown } from "#policies/reports/markdown";
import { anyText } from "../../harness/any-text.ts";
import { colourRule, TODAY, verdict, verdicts, violation } from "../sample.ts";

const page = ({ id }: { id: string }): string => `docs/policies.md#${id.toLowerCase()}`;
const markdown = (given = verdicts()) => policyMarkdown(given, page, TODAY);

/** Cells of a row as GitHub splits them: an escaped character is no end of a cell (cmark-gfm, scan_table_cell). */
const cells = (row: string): string[] => [...row.matchAll(/\|((?:\\.|[^|\\])*)(?=\|)/g)].map(([, cell = ""]) => cell.trim());

describe("policyMarkdown", () => {
  it("says what stops the change first, then what is advised, excepted and open", () => {
    expect(markdown()).toBe(`**Policy**: 1 mandatory · 1 advisory · 1 excepted · 1 open

**Must be fixed**

| rule | severity | where | is | must be | fix | benchmark |
| --- | --- | --- | --- | --- | --- | --- |
| [TST-01](docs/policies.md#tst-01) | critical | <code>foundation-prod/data</code> <code>colour</code> | <code>green</code> | blue | Set \`colour: "blue"\`. | CIS 1.1, FSBP S3.1 |

**Advised**

| rule | severity | where | is | must be | fix | benchmark |
| --- | --- | --- | --- | --- | --- | --- |
| [TST-02](docs/policies.md#tst-02) | low | <code>the stack</code> <code>name</code> | <code>green</code> | in company | Bring a friend. |  |

**Excepted**

| rule | where | until | why |
| --- | --- | --- | --- |
| [TST-01](docs/policies.md#tst-01) | <code>platform-prod/old</code> <code>colour</code> | 2026-12-03 (12 days) | the colour is being repainted (MIL-7, painters) |

**Open until deployment**

| rule | where | not known yet |
| --- | --- | --- |
| [TST-01](docs/policies.md#tst-01) | <code>platform-prod/new</code> | <code>colour</code> |`);
  });

  it("is one line when nothing is wrong", () => {
    expect(markdown([{ stack: "s", file: "f", verdict: verdict() }])).toBe(
      "**Policy**: 0 mandatory · 0 advisory · 0 excepted · 0 open",
    );
  });

  it("puts the gravest first", () => {
    const grave = (severity: "low" | "high" | "critical") => violation({ rule: { ...colourRule, severity }, got: severity });
    const text = markdown(verdicts({ violations: [grave("low"), grave("critical"), grave("high")] }));
    expect([...text.matchAll(/^\| \[TST-01\]\(\S+\) \| (\w+) \|/gm)].map(([, severity]) => severity)).toEqual([
      "critical",
      "high",
      "low",
    ]);
  });

  it("says that an exception has ended", () => {
    const expired = { ...verdicts()[1]!.verdict.excepted[0]!.exception, expires: "2026-11-20" };
    expect(markdown(verdicts({ violations: [violation({ expired })] }))).toContain("(exception MIL-7 ended on 2026-11-20)");
  });

  it("keeps under what GitHub takes for a comment, and counts the rest", () => {
    const many = Array.from({ length: 500 }, (_, index) => violation({ got: `${"x".repeat(60)}-${index}` }));
    const text = markdown(verdicts({ violations: many }));
    expect(text).toContain("and 470 more: `--json` has all");
    expect(text.length).toBeLessThan(30_000);
  });

  it("says a reason once, with the places that it is about", () => {
    const at = (count: number) => Array.from({ length: count }, (_, index) => violation({ address: `platform-prod/a${index}` }));
    const [, withException] = verdicts();
    const [excepted] = withException!.verdict.excepted;
    const own = at(14).map((each) => ({ ...each, exception: excepted!.exception }));
    const text = markdown([{ stack: "s", file: "f", verdict: verdict({ violations: at(25), excepted: own }) }]);
    expect(text.match(/the colour is being repainted/g)).toHaveLength(1);
    expect(text.match(/Set `colour: "blue"`/g)).toHaveLength(1);
    expect(text).toContain(
      "<code>platform-prod/a12</code> <code>colour</code><br><code>platform-prod/a13</code> <code>colour</code> |",
    );
    expect(text).toContain("<br>and 5 more |");
    expect(text).toMatch(/^\*\*Policy\*\*: 25 mandatory · 0 advisory · 14 excepted/);
  });

  it("has as many cells a row as its head, whatever a program's values are, and none of them is markup", () => {
    const nasty = fc.oneof(anyText(), fc.string({ unit: fc.constantFrom("|", "\\", "`", "\n", "<", "[", "*", "a") }));
    fc.assert(
      fc.property(nasty, nasty, nasty, (got, address, want) => {
        const text = markdown([{ stack: "s", file: "f", verdict: verdict({ violations: [violation({ got, address, want })] }) }]);
        const row = text.split("\n").at(-1) ?? "";
        expect(text.split("\n")).toHaveLength(7);
        const [, , where = "", is = "", must = ""] = cells(`${row}|`);
        expect(cells(row)).toHaveLength(7);
        for (const cell of [where.replaceAll(/<\/?code>/g, ""), is.replaceAll(/<\/?code>/g, ""), must]) {
          expect(cell).not.toMatch(/[\\`*_[\]<>|~@]/);
        }
      }),
    );
  });

  it("mentions nobody and loads nothing", () => {
    const text = markdown(verdicts({ violations: [violation({ got: "@all <img src=x> ![](https://x.example)" })] }));
    expect(text).not.toMatch(/@all|<img|!\[/);
  });
});
