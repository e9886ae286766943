import { expect, it } from "vitest";
import { rulesOf } from "#plan/rules";
import { RULES } from "#policies/catalogue";
import { packConfig } from "#policies/reports/page";

const CONFIG = {
  "millrace:charts": "oci://registry.example.com/charts",
  "millrace:images": "registry.example.com/mirror",
  "millrace:region": "eu-north-1",
};

it("tells CTL-03 of an environment the only places of charts and images that its config names, and no other rule anything", () => {
  const asked: string[] = [];
  const rules = rulesOf("prod", (file) => {
    asked.push(file);
    return CONFIG;
  });
  expect(asked).toEqual(["stacks/config/Pulumi.platform-prod.yaml"]);
  const [before, after] = [packConfig(RULES, "prod"), packConfig(rules, "prod")] as Record<string, object>[];
  expect(after).toEqual({
    ...before,
    "CTL-03": { ...before!["CTL-03"], charts: CONFIG["millrace:charts"], images: CONFIG["millrace:images"] },
  });
  expect(packConfig(rules, "dev")).toEqual(packConfig(RULES, "dev"));
});

it("leaves the catalogue as it is where a config names no place", () => {
  expect(rulesOf("dev", () => ({ "millrace:region": "eu-north-1" }))).toEqual(RULES);
});
