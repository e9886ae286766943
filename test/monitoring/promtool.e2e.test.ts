import { describe, expect, it, type TestContext } from "vitest";
import { ruleFile } from "#components/monitoring/rules/rule-groups";
import { groups, promtoolFiles } from "./cases/case.ts";
import { dayFamilies } from "./cases/days.ts";
import { platformFamilies } from "./cases/platform.ts";
import { servingFamilies } from "./cases/serving.ts";
import { findPromtool, promtool } from "./promtool.ts";

const families = [...servingFamilies, ...platformFamilies, ...dayFamilies];

const program = await findPromtool();
async function accepted(context: TestContext, args: string[], files: Record<string, string>): Promise<void> {
  if (program === undefined) {
    context.skip("promtool 3 is neither on PATH nor in the toolchain's cache");
    return;
  }
  expect(await promtool(program, args, files)).toContain("SUCCESS");
}

describe.concurrent("rules, as promtool evaluates them", () => {
  it("are valid", (context) => accepted(context, ["check", "rules", "rules.yml"], { "rules.yml": ruleFile(groups) }));
  it.for(families.map((family) => [family.name, family] as const))("hold: %s", ([, family], context) =>
    accepted(context, ["test", "rules", "tests.yml"], promtoolFiles(family)),
  );
});
