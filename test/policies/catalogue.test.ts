import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { RULES } from "#policies/catalogue";
import { ENVIRONMENTS } from "#policies/rule";

const ids = RULES.map(({ id }) => id);

describe("the catalogue", () => {
  it("has each rule once, numbered without gaps", () => {
    const families = Map.groupBy(ids, (id) => id.split("-")[0] ?? "");
    const wanted = [...families].flatMap(([family, own]) => own.map((_, at) => `${family}-${String(at + 1).padStart(2, "0")}`));
    expect(ids.toSorted()).toEqual(wanted.toSorted());
  });

  it("is mandatory in prod, and never weaker than in the environment before", () => {
    const order = ["off", "advisory", "mandatory"];
    const weaker = RULES.filter(({ levels }) =>
      ENVIRONMENTS.some((name, at) => at > 0 && order.indexOf(levels[name]) < order.indexOf(levels[ENVIRONMENTS[at - 1]!])),
    );
    expect(weaker.map(({ id }) => id)).toEqual([]);
    // What Millrace does not deploy yet is advised.
    expect(RULES.filter(({ levels }) => levels.prod !== "mandatory").map(({ id }) => id)).toEqual(["IMG-04"]);
  });

  it("has words for everything that a message shows", () => {
    const poor = RULES.filter(({ title, remediation }) => title.length < 20 || title.endsWith(".") || remediation.length < 15);
    expect(poor.map(({ id }) => id)).toEqual([]);
  });

  it("has each rule in a file named after its id, and its test in another, with unknown values", async () => {
    for (const rule of RULES) {
      const family = rule.id.split("-")[0]?.toLowerCase();
      const file = `${family}/${rule.id.toLowerCase()}`;
      const module = (await import(join(PROJECT_FOLDER, "policies", "rules", `${file}.ts`))) as Record<string, unknown>;
      expect({ id: rule.id, exported: module[rule.id.replace("-", "_")] === rule }).toEqual({ id: rule.id, exported: true });
      expect(Object.keys(module)).toEqual([rule.id.replace("-", "_")]);
      const test = readFileSync(join(PROJECT_FOLDER, "test", "policies", "rules", `${file}.test.ts`), "utf8");
      expect(test).toContain(`describeRule("${rule.id}", [`);
      expect({ id: rule.id, unknown: /unknown|not known|always known/i.test(test) }).toEqual({ id: rule.id, unknown: true });
    }
  });

  it("has no rule that is not in the list", () => {
    const files = globSync("policies/rules/*/*-[0-9][0-9].ts", { cwd: PROJECT_FOLDER }).map((file) => basename(file, ".ts"));
    expect(files.toSorted()).toEqual(ids.map((id) => id.toLowerCase()).toSorted());
  });
});
