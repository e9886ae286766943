import { describe, expect, it } from "vitest";
import { planMarkdown } from "#cli/promote/markdown";
import { driftMarkdown } from "#cli/state/drift";
import type { Planned } from "#promotion/plan";
import { fitting } from "#render/comment";
import { codeText, fenced, plainText } from "#render/markdown";

/** A picture, a link, markup, people, a team, an issue, and what would end a cell, a line, a list and a block of code. */
const POISON =
  "![a](http://evil.example/a.png) <img src=x> [x](y) @org/team #12 !3 **b** `c` ~~d~~ www.evil.example &lt; | e\n\n# f\n```\n@ada\n````\n";

/** What markup or a reference may begin with. */
const MARKUP = /!\[|\]\(|<(?!!-- -->|\/?code>)|@|(?<!&)#\d|\*\*b|`|~~|www\.|:\/\//;

/** What is not code. */
const outside = (markdown: string): string => markdown.replaceAll(/^(`{3,})\w*\n[^]*?\n\1$/gm, "");

describe("what somebody else has said", () => {
  it("is text in Markdown", () => {
    for (const text of [plainText(POISON), codeText(POISON)]) {
      expect(text).not.toMatch(MARKUP);
      expect(text).not.toMatch(/[|\n]/);
    }
    // A service looks for people once entities are read.
    expect(plainText("@ada #1 !2")).toBe("&#64;<!-- -->ada &#35;<!-- -->1 &#33;<!-- -->2");
    expect(["- a", "+ a", "1. a", "12) a", "= a"].map(plainText)).toEqual([
      "&#45; a",
      "&#43; a",
      "1&#46; a",
      "12&#41; a",
      "&#61; a",
    ]);
    expect(plainText("soak: 24.5 h of 24 (prod-a)")).toBe("soak&#58; 24.5 h of 24 (prod-a)");
  });

  it("never ends a block of code", () => {
    expect(fenced(["a"], "diff")).toEqual(["```diff", "a", "```"]);
    expect(fenced(["```", "a ````` b"])).toEqual(["``````", "```", "a ````` b", "``````"]);
    const cut = fitting(["head", ...fenced(["```", ...Array<string>(300).fill("line"), "```"])].join("\n"), 800, "there.");
    expect(cut).toMatch(/\nline\n````\n\n\*\*Cut here/);
  });

  it("is text in the comment of a promotion", () => {
    const change = { subject: `models/${POISON}`, from: POISON, to: POISON, digest: POISON };
    const plan = { environment: "prod", changes: [change], program: POISON, allowReplace: [], states: {}, time: "" };
    const verdicts = [{ gate: POISON, state: "failed", detail: POISON }];
    const candidates = [
      { release: { model: POISON, metrics: { test: { [POISON]: 1 } }, data: POISON, run: POISON, sha256: POISON } },
    ];
    const planned = { plan: { ...plan, verdicts }, unseen: POISON, candidates, previews: undefined, cost: undefined };
    const [mark, ...rest] = planMarkdown(planned as unknown as Planned).split("\n");
    expect(mark).toBe("<!-- millrace promote prod -->");
    const text = outside(rest.join("\n"));
    expect(text.replaceAll(/^- \*\*|\*\* for|^\*\*.*\*\* Nothing/gm, "")).not.toMatch(MARKUP);
    expect(text).not.toContain("cannot be seen");
  });

  it("is text in the issue about drift", () => {
    const report = {
      environment: "prod",
      drift: [{ layer: "platform", line: POISON }],
      absent: [],
      unknown: [{ layer: "workloads", why: POISON }],
    };
    expect(outside(driftMarkdown(report as unknown as Parameters<typeof driftMarkdown>[0]))).not.toMatch(MARKUP);
  });
});
