import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { ruleFile, ruleGroups } from "#components/monitoring/rules/rule-groups";
import { alertRules, groups, promtoolFiles } from "./cases/case.ts";
import { dayFamilies } from "./cases/days.ts";
import { platformFamilies } from "./cases/platform.ts";
import { servingFamilies } from "./cases/serving.ts";
import { findPromtool, promtool } from "./promtool.ts";

const families = [...servingFamilies, ...platformFamilies, ...dayFamilies];
const expectations = families.flatMap(({ cases }) => cases.flatMap(({ expect = [] }) => expect));

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

describe("alerts", () => {
  it.for(alertRules.map(({ alert, labels }) => [alert, labels["severity"]]))(
    "%s (%s) is shown firing and silent",
    ([alert, severity]) => {
      const own = expectations.filter((expectation) => expectation.alert === alert && expectation.severity === severity);
      expect(own.filter(({ firing }) => firing.length > 0)).not.toEqual([]);
      expect(own.filter(({ firing }) => firing.length === 0)).not.toEqual([]);
    },
  );

  it("say what, how bad, for which environment, and where to read on", () => {
    for (const rule of alertRules) {
      expect(rule).toMatchObject({
        labels: {
          severity: expect.stringMatching(/^(critical|warning|info)$/),
          category: expect.any(String),
          environment: "test",
        },
        annotations: {
          summary: expect.any(String),
          description: expect.any(String),
          runbook_url: `https://runbooks.example.test/${rule.alert}.md`,
        },
      });
    }
  });
});

describe("runbooks", () => {
  const folder = join(import.meta.dirname, "../../docs/runbooks");
  const pages = readdirSync(folder).filter((file) => file.endsWith(".md") && file !== "README.md");

  it("are one page an alert", () => {
    expect(pages.sort()).toEqual([...new Set(alertRules.map(({ alert }) => `${alert}.md`))].sort());
  });

  it.for(pages)("%s says what it means, what to look at, what to do and whom to call", (page) => {
    const headings = readFileSync(join(folder, page), "utf8").match(/^#+ .*/gm);
    expect(headings).toEqual([`# ${page.replace(".md", "")}`, "## Meaning", "## Look first", "## Act", "## Escalate"]);
  });
});

describe("groups", () => {
  it("leave out the constant series when nothing is served", () => {
    const none = { environment: "test", models: [], runbookBaseUrl: "https://x", releaseMinutes: 30, emptyGpuNodeMinutes: 35 };
    expect(ruleGroups(none).map(({ name }) => name)).toEqual([
      "millrace-gateway-adapter",
      "millrace-serving",
      "millrace-gpus",
      "millrace-releases",
      "millrace-data-drift",
      "millrace-concept-drift",
      "millrace-business",
      "millrace-meta",
    ]);
  });

  it("have the values that a model does not name", () => {
    const models = [{ name: "churn", namespace: "crm", team: "crm" }];
    const [info] = ruleGroups({
      environment: "test",
      models,
      runbookBaseUrl: "https://x",
      releaseMinutes: 30,
      emptyGpuNodeMinutes: 35,
    });
    expect(info).toEqual({
      name: "millrace-models",
      rules: [
        {
          record: "mlops_model_info",
          expr: "vector(1)",
          labels: {
            namespace: "crm",
            model: "churn",
            team: "crm",
            drift: "false",
            quality: "false",
            kpi: "",
            environment: "test",
          },
        },
      ],
    });
  });
});
