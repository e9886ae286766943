import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { timesOf } from "#rehearsal/promotion/outcome";
import { picture, runsIn } from "#rehearsal/promotion/picture";
import { promotionPage, writePromotionReport } from "#rehearsal/promotion/report";
import { promoted, shows, step } from "./sample.ts";

/** What a reader sees who sees no colours: texts of the picture, in their order. */
const textsOf = (markup: string): string[] => [...markup.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);

describe("the picture", () => {
  it("shows without colour what runs where, and what was stopped", () => {
    const { markup } = picture(promoted());
    const texts = textsOf(markup);
    expect(texts.filter((text) => /^(dev|staging|prod|repository|fraud|platform)/.test(text))).toEqual([
      "repository",
      "dev",
      "staging",
      "prod",
      "fraud 3",
      "fraud 4",
      "platform 2026.11.21-1",
      "fraud 3",
      "fraud 4",
      "platform 2026.11.21-1",
      "fraud 3",
      "fraud 4",
      "fraud 3",
      "platform 2026.11.21-1",
      // Below the signs of what no bar shows.
      "fraud 4",
      "fraud 4",
      "fraud 4",
      "fraud 5",
      "fraud 4",
    ]);
    expect(texts.filter((text) => /^[◆▼✗✓⊘↶‖•]$/.test(text))).toEqual(["◆", "▼", "✗", "▼", "✓", "▼", "⊘", "↶", "‖", "•"]);
    expect(markup).toContain("<title>3. an unsoaked version is refused · stopped fraud 4</title>");
    expect(markup).toContain("the audit &lt;holds&gt;");
  });

  it("shows a command that did not answer as expected, and counts nothing as arrived", () => {
    const { markup } = picture(promoted({ steps: [step("dev", "it arrives", { fault: "must end with 0, it ended with 1" })] }));
    expect(markup).toContain("<title>1. it arrives · must end with 0, it ended with 1</title>");
    expect(markup).toContain("<rect");
    expect(textsOf(markup)).toContain("✗");
  });

  it("stays inside its frame, for any number of steps", () => {
    for (const count of [0, 1, 10, 80]) {
      const steps = Array.from({ length: count }, (_, index) => step("prod", "s", shows("arrives", String(index))));
      const { markup } = picture(promoted({ steps }));
      const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(markup) ?? []).map(Number);
      const [xs, ys] = ["x", "y"].map((name) =>
        [...markup.matchAll(new RegExp(` ${name}="(-?[\\d.]+)"`, "g"))].map(([, at]) => Number(at)),
      );
      expect(Math.max(...xs!)).toBeLessThanOrEqual(width);
      expect(Math.min(...xs!, ...ys!)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...ys!)).toBeLessThanOrEqual(height);
      expect(markup).not.toMatch(/NaN|undefined|width="-/);
    }
  });
});

it("an environment runs what arrived last, until it goes back", () => {
  const { first, steps } = promoted();
  expect(runsIn("prod", first, steps)).toEqual([
    { subject: "fraud", version: "3", from: -1, to: 5 },
    { subject: "fraud", version: "4", from: 5, to: 7 },
    { subject: "fraud", version: "3", from: 7, to: 10 },
    { subject: "platform", version: "2026.11.21-1", from: -1, to: 10 },
  ]);
});

it("times have the quantiles of all steps that measure the same", () => {
  const steps = Array.from({ length: 20 }, (_, index) =>
    step("prod", "back", { measures: "rollback", seconds: 20 - index, ...(index === 0 && { usersSeconds: 3 }) }),
  );
  expect(timesOf([...steps, step("dev", "other", { measures: "promotion" })])).toEqual([
    { name: "rollback: command", count: 20, p50: 10, p95: 19, max: 20 },
    { name: "rollback: last answer of the version that went", count: 1, p50: 3, p95: 3, max: 3 },
    { name: "promotion: command", count: 1, p50: 2, p95: 2, max: 2 },
  ]);
  expect(timesOf([step("dev", "other")])).toEqual([]);
});

it("the page has every step with its command, the times, what users met, and why it failed; JSON has the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-promotion-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outcome = promoted({ ok: false, failure: { step: "two people approve", reason: "only <one> did", log: "/logs" } });
  writePromotionReport(join(folder, "reports", "p.html"), outcome);
  const text = readFileSync(join(folder, "reports", "p.html"), "utf8");
  expect(text).toBe(promotionPage(outcome));
  for (const part of [
    "it does not hold",
    "only &lt;one&gt; did",
    "npx millrace promote fraud@4",
    "rollback: command",
    "prod, fraud: 500 requests, 3 failed · v3 250 · v4 250",
    "2800 MiB",
  ]) {
    expect(text).toContain(part);
  }
  const told = JSON.parse(readFileSync(join(folder, "reports", "p.json"), "utf8"));
  expect(told).toEqual({ ...outcome, times: timesOf(outcome.steps) });
});
