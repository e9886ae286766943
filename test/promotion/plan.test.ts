import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type PromotionPlan, readPlan, writePlan } from "#promotion/plan";

const PLAN: PromotionPlan = {
  allowReplace: ["urn:pulumi:foundation-prod::millrace::aws:rds/instance:Instance::runs"],
  changes: [{ subject: "models/fraud", from: null, to: "3", digest: "a".repeat(64) }],
  environment: "prod",
  plan: "millrace/promotion/1",
  program: "4d".repeat(20),
  states: { workloads: null, platform: "b".repeat(64) },
  time: "2026-11-21T09:00:00.000Z",
  verdicts: [{ gate: "soak", state: "passed", detail: "24 h" }],
};

/** Values that nothing in a plan may have. */
const WRONG = [undefined, null, "", "x", "\u001b", 0, -1, 1.5, true, [], [[]], {}, { x: 1 }, ["x"], [null]];

const file = join(mkdtempSync(join(tmpdir(), "plan-")), "plan.json");

it("a plan is read as it was written", () => {
  writePlan(file, PLAN);
  expect(readPlan(file, "prod")).toEqual(PLAN);
});

/** Each path of a value, to its leaves. */
const pathsOf = (value: unknown, path: string[] = []): string[][] =>
  typeof value === "object" && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
    : [path];

const withValue = (path: readonly string[], wrong: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) {
    return wrong;
  }
  const copy = structuredClone(PLAN) as Record<string, any>;
  const at = path.slice(0, -1).reduce((inner, each) => inner[each], copy);
  at[path.at(-1)!] = wrong;
  return rest.length === 0 ? { ...copy, [key]: wrong } : copy;
};

it.each(pathsOf(PLAN).map((path) => [path.join("."), path] as const))(
  "a plan with another value at '%s' is refused in our words",
  (_, path) => {
    for (const wrong of WRONG) {
      writeFileSync(file, JSON.stringify(withValue(path, wrong)) ?? "");
      let said = "";
      try {
        readPlan(file, "prod");
      } catch (error) {
        said = (error as Error).message;
      }
      expect(said).not.toMatch(/Too (small|big)|Invalid|expected|received|Unrecognized|must match/);
      for (const line of said === "" ? [] : said.split("\n")) {
        expect(line).toMatch(/ must (be|have) /);
      }
    }
  },
);
