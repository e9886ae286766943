import { describe, expect, it, type TestContext } from "vitest";
import { ruleFile } from "#components/monitoring/rules/rule-groups";
import { groups, promtoolFiles } from "./cases/case.ts";
import { families } from "./cases/families.ts";
import { withVariants } from "./cases/variants.ts";
import { findPromtool, promtool } from "./promtool.ts";

const program = await findPromtool();
async function accepted(context: TestContext, args: string[], files: Record<string, string>): Promise<void> {
  if (program === undefined) {
    context.skip("promtool 3 is neither on PATH nor in the toolchain's cache");
    return;
  }
  expect(await promtool(program, args, files)).toContain("SUCCESS");
}

// Weeks of evaluations, three times each: on a machine that also builds, minutes.
describe.concurrent("rules, as promtool evaluates them", { timeout: 600_000 }, () => {
  it("are valid", (context) => accepted(context, ["check", "rules", "rules.yml"], { "rules.yml": ruleFile(groups) }));
  it.for(families.map((family) => [family.name, withVariants(family)] as const))("hold: %s", ([, family], context) =>
    accepted(context, ["test", "rules", "tests.yml"], promtoolFiles(family)),
  );
});
