import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { junit } from "#policies/reports/junit";
import { levels } from "#policies/rule";
import { anyText } from "../../harness/any-text.ts";
import { colourRule, crowdRule, verdict, verdicts, violation } from "../sample.ts";

/** Reads what `junit` writes, and refuses everything that XML 1.0 does: a small grammar, no entity but five, no stray character. */
function parsed(xml: string): { name: string; attributes: Record<string, string>; text: string; children: any[] } {
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/);
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  expect(xml.isWellFormed()).toBe(true);
  const root: any = { children: [], text: "" };
  const stack = [root];
  const tokens = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)>|([^<]+)/gy;
  tokens.lastIndex = xml.indexOf("\n");
  let end = tokens.lastIndex;
  for (const [whole, closing, name, attributes, text] of xml.matchAll(tokens)) {
    end += whole.length;
    if (text !== undefined) {
      stack.at(-1).text += decoded(text);
    } else if (closing) {
      expect(stack.pop().name).toBe(name);
    } else {
      const pairs = [...(attributes ?? "").matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, decoded(value ?? "")]);
      const element = { name, attributes: Object.fromEntries(pairs), text: "", children: [] };
      stack.at(-1).children.push(element);
      stack.push(element);
    }
  }
  expect([end, stack.length, root.children.length]).toEqual([xml.length, 1, 1]);
  return root.children[0];
}

const CHARACTERS: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
function decoded(text: string): string {
  expect(text.replaceAll(/&(amp|lt|gt|quot|apos);/g, "")).not.toContain("&");
  return text.replaceAll(/&(\w+);/g, (_, name: string) => CHARACTERS[name] ?? "");
}

/** What is left of a text without the characters that XML 1.0 cannot have. */
const plain = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");

const rules = [colourRule, crowdRule];

describe("junit", () => {
  it("has a suite a stack and a case a rule; only what is mandatory fails", () => {
    const suites = parsed(junit(verdicts(), rules)).children;
    expect(suites.map(({ attributes }) => attributes)).toEqual([
      { name: "foundation-prod", tests: "2", failures: "1" },
      { name: "platform-prod", tests: "2", failures: "0" },
    ]);
    const [colour, crowd] = suites[0].children;
    expect(colour.attributes).toEqual({ classname: "foundation-prod", name: "TST-01 Buckets are <blue> & nothing else" });
    expect(colour.children.map(({ name, attributes, text }: any) => [name, attributes, text])).toEqual([
      [
        "failure",
        { message: "Buckets are <blue> & nothing else" },
        "TST-01 foundation-prod/data: 'colour' must be blue, got 'green'\nSet `colour: \"blue\"`.",
      ],
    ]);
    expect(crowd.children.map(({ name, text }: any) => [name, text])).toEqual([
      ["system-out", "TST-02 the stack: 'name' must be in company, got 'green'"],
    ]);
  });

  it("fails where a mandatory rule failed", () => {
    const failure = "the rule could not read it (TypeError: x)";
    const open = [{ rule: colourRule, level: "mandatory" as const, address: "foundation-prod/data", path: "", failure }];
    const [suite] = parsed(junit(verdicts({ violations: [], open }), rules)).children;
    expect(suite.children[0].children.map(({ name, text }: any) => [name, text])).toEqual([
      ["failure", `TST-01 foundation-prod/data: ${failure}\n${colourRule.remediation}`],
    ]);
  });

  it("tells what is excepted and what is undecided, without failing", () => {
    const [colour] = parsed(junit(verdicts(), rules)).children[1].children;
    expect(colour.children.map(({ name, text }: any) => [name, text])).toEqual([
      [
        "system-out",
        "TST-01 platform-prod/old: 'colour' must be blue, got 'green': excepted until 2026-12-03\nTST-01 platform-prod/new: 'colour' is not known yet",
      ],
    ]);
  });

  it("tells the other faults of a rule that are excepted beside those that are not", () => {
    const both = verdicts()[1]!;
    const xml = junit([{ ...both, verdict: { ...both.verdict, violations: [violation()] } }], [colourRule]);
    expect(parsed(xml).children[0].children[0].children.map(({ name }: any) => name)).toEqual(["failure", "system-out"]);
  });

  it("leaves out rules that are off", () => {
    const off = { ...crowdRule, levels: levels("A/A/–") };
    expect(parsed(junit(verdicts({ violations: [] }), [colourRule, off])).children[0].attributes["tests"]).toBe("1");
  });

  it("is XML whatever a program's values are", () => {
    fc.assert(
      fc.property(anyText(), fc.string({ unit: "binary" }), (got, address) => {
        const given = [{ stack: address, file: "", verdict: verdict({ violations: [violation({ got, address })] }) }];
        const [suite] = parsed(junit(given, rules)).children;
        const [failure] = suite.children[0].children;
        expect(failure.text).toContain(plain(`TST-01 ${address}: 'colour' must be blue, got '${got}'`));
      }),
    );
  });
});
