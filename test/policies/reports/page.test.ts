import { describe, expect, it } from "vitest";
import { rulesOf } from "#plan/rules";
import { RULES } from "#policies/catalogue";
import { packConfig, pageOf, rulesPage } from "#policies/reports/page";
import { ENVIRONMENTS } from "#policies/rule";
import { read } from "../../docs/pages.ts";
import { colourRule, crowdRule } from "../sample.ts";

describe("rulesPage", () => {
  const page = rulesPage([colourRule, { ...crowdRule, peers: ["CKV_1"], admission: { objects: [], validations: [] } }]);

  it("lists every rule with its levels", () => {
    expect(page).toContain("| [TST-01](#tst-01) | Buckets are <blue> & nothing else | critical | – | advisory | mandatory |  |");
    expect(page).toContain("| [TST-02](#tst-02) | Nobody is alone | low | advisory | advisory | advisory | ✓ |");
    expect(page).toMatch(/^2 rules\. /m);
  });

  it("tells of each what it looks at, how to fix and who else has it", () => {
    expect(page).toContain(`### TST-01

Buckets are <blue> & nothing else.

- **Severity** critical; dev –, staging advisory, prod mandatory
- **Checks** \`aws:s3/bucket:Bucket\`
- **Benchmarks** CIS 1.1, FSBP S3.1
- **Fix** Set \`colour: "blue"\`.
- **Parameters** (prod) \`{"colour":"blue"}\`
- **Code** [policies/rules/tst/tst-01.ts](../policies/rules/tst/tst-01.ts)
- **Other tools** none that we know
`);
    expect(page).toContain(
      "- **Checks** all resources of a stack together\n- **Fix** Bring a friend.\n- **Code** [policies/rules/tst/tst-02.ts](../policies/rules/tst/tst-02.ts)\n- **Other tools** CKV_1\n",
    );
  });

  it("lists the rules of a family by number, and leads to each family first", () => {
    const ids = [...rulesPage(RULES).matchAll(/^\| \[([A-Z0-9]+)-(\d+)\]/gm)].map(
      ([, family, number]) => [family, Number(number)] as const,
    );
    const before = ids.slice(0, -1).map(([family, number], at) => family !== ids[at + 1]![0] || number < ids[at + 1]![1]);
    expect([ids.length, before.every(Boolean)]).toEqual([RULES.length, true]);
    expect(page).toContain("\n[TST](#tst)\n");
  });

  it("has the heading that links to a rule lead to", () => {
    expect(pageOf(colourRule)).toBe("docs/policies.md#tst-01");
  });
});

describe("packConfig", () => {
  it.each([
    ["dev", { "TST-01": { enforcementLevel: "disabled", colour: "red" }, "TST-02": "advisory" }],
    ["prod", { "TST-01": { enforcementLevel: "mandatory", colour: "blue" }, "TST-02": "advisory" }],
  ] as const)("has level and parameters of %s", (environment, expected) => {
    expect(packConfig([colourRule, crowdRule], environment)).toEqual(expected);
  });

  it("lets nothing take a name that Pulumi keeps for itself", () => {
    const keys = RULES.flatMap(({ parameters }) => ENVIRONMENTS.flatMap((name) => Object.keys(parameters?.[name] ?? {})));
    expect(keys.filter((key) => key === "enforcementLevel")).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("has an id of its own for every rule, of a family and a number", () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Z0-9]{2,6}-\d\d$/.test(id))).toEqual([]);
  });

  it("has titles that fit a table and a heading, and a remedy for everything", () => {
    expect(RULES.filter(({ title }) => /[|\n]|\.$/.test(title) || title === "").map(({ id }) => id)).toEqual([]);
    expect(
      RULES.filter(({ remediation }) => !/[.)]$/.test(remediation) || /[|\n]/.test(remediation)).map(({ id }) => id),
    ).toEqual([]);
    expect(
      RULES.filter(({ levels: given }) => Object.values(given).every((level) => level === "off")).map(({ id }) => id),
    ).toEqual([]);
  });

  it("is what docs/policies.md and policies/env tell: `npm run policies` writes them", () => {
    expect(read("docs/policies.md")).toBe(rulesPage(RULES));
    for (const environment of ENVIRONMENTS) {
      expect(JSON.parse(read(`policies/env/${environment}.json`))).toEqual(
        JSON.parse(JSON.stringify(packConfig(rulesOf(environment), environment))),
      );
    }
  });
});
