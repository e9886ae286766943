import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelRuleGroups } from "#components/monitoring/rules/rule-groups";
import { errorLimits } from "#components/monitoring/rules/serving";
import { alertRules, churn, fraud, settings } from "./cases/case.ts";
import { families } from "./cases/families.ts";

const expectations = families.flatMap(({ cases }) => cases.flatMap(({ expect = [] }) => expect));

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

  it.for(pages)("%s says what it means, what to look at, what to do and who to call", (page) => {
    const headings = readFileSync(join(folder, page), "utf8").match(/^#+ .*/gm);
    expect(headings).toEqual([`# ${page.replace(".md", "")}`, "## Meaning", "## Look first", "## Act", "## Escalate"]);
  });
});

describe("the rules of a model", () => {
  const rulesOf = (model: typeof fraud) => modelRuleGroups(settings, model).flatMap(({ rules }) => rules);

  it("read and alert on the series of this model alone", () => {
    const others = rulesOf(fraud).filter((rule) => /churn/.test(JSON.stringify(rule)));
    const open = rulesOf(fraud).filter(({ expr }) => /\bmlops[\w:]*(?![\w:{])/.test(String(expr)));
    expect([others, open]).toEqual([[], []]);
  });

  it("are the same rules for every model", () => {
    const names = (model: typeof fraud) => rulesOf(model).map((rule) => rule["record"] ?? rule["alert"]);
    expect(names(churn)).toEqual(names(fraud));
  });

  it("say what the model asks for", () => {
    const info = (model: typeof fraud) => rulesOf(model)[0]?.["labels"];
    const named = { environment: "test", namespace: "ml", team: "risk" };
    expect(info(fraud)).toEqual({ ...named, model: "fraud", drift: "true", quality: "true", kpi: "click-through-rate" });
    expect(info(churn)).toEqual({ ...named, model: "churn", drift: "false", quality: "false", kpi: "" });
  });

  it.each([
    [0, 0],
    [0.01, 0.05],
    [0.03, 0.15],
    [0.2, 0.5],
    [0.7, 0.7],
    [1, 1],
  ])("are critical about errors above what a release may have: %d → %d", (maxErrorShare, critical) => {
    const limits = { ...fraud.limits, maxErrorShare };
    expect(errorLimits({ ...fraud, limits })).toEqual({ warning: maxErrorShare, critical });
  });
});
