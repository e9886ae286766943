import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { main } from "#cli/main";
import { RULES } from "#policies/catalogue";
import type { Rule } from "#policies/rule";
import { colourRule } from "../policies/sample.ts";

/** A rule that every bucket of every environment breaks. */
const refused: Rule = { ...colourRule, levels: { dev: "mandatory", staging: "advisory", prod: "off" } };
const rules = RULES as Rule[];

const folder = mkdtempSync(join(tmpdir(), "millrace-plan-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  if (rules.at(-1) === refused) {
    rules.pop();
  }
  process.exitCode = undefined;
});

async function millrace(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  let [out, err] = ["", ""];
  vi.spyOn(console, "log").mockImplementation((text: unknown) => void (out += `${String(text)}\n`));
  vi.spyOn(console, "error").mockImplementation((text: unknown) => void (err += `${String(text)}\n`));
  await main(["node", "millrace", "plan", ...args]);
  return { code: process.exitCode, out, err };
}

describe("millrace plan", () => {
  it("ends with 5 when a mandatory rule is violated, and tells the plan in full", async () => {
    rules.push(refused);
    const { code, out } = await millrace("dev");
    expect(code).toBe(5);
    expect(out).toMatch(/✗ critical TST-01 foundation-dev\/\S+: 'colour' must be red, got 'nothing'/);
    expect(out).toMatch(/a month at rest/);
  });

  it("ends with 0 when what is violated is advised", async () => {
    rules.push(refused);
    const { code, out } = await millrace("staging");
    expect([code, /0 mandatory · [1-9]\d* advisory/.test(out)]).toEqual([undefined, true]);
  });

  it("writes files for code scanning and CI beside what is printed", async () => {
    rules.push(refused);
    const [sarif, junit] = [join(folder, "plan.sarif"), join(folder, "junit.xml")];
    const { code, out, err } = await millrace("dev", "--json", "--sarif", sarif, "--junit", junit);
    expect([code, err]).toEqual([5, `${sarif} written\n${junit} written\n`]);
    const { results } = JSON.parse(readFileSync(sarif, "utf8")).runs[0];
    const own = results.filter(({ ruleId }: { ruleId: string }) => ruleId === "TST-01");
    expect(own.length).toBe(JSON.parse(out).policy.mandatory);
    expect(own[0].locations[0].physicalLocation.artifactLocation.uri).toBe("stacks/foundation/foundation.ts");
    expect(readFileSync(junit, "utf8")).toMatch(/<testsuite name="foundation-dev" tests="\d+" failures="1">/);
  });
});
