import { describe, expect, it } from "vitest";
import { evaluate, openSentence, sentence, stops } from "#policies/evaluate";
import { ofEach, together } from "#policies/findings";
import { ENVIRONMENTS, levels, type Rule, rule } from "#policies/rule";
import { UNKNOWN } from "../harness/wire.ts";
import { resource } from "./harness.ts";
import { colourRule, crowdRule, exception, TODAY } from "./sample.ts";

const judge = (
  resources: Parameters<typeof evaluate>[0],
  {
    rules = [colourRule] as readonly Rule[],
    environment = "prod" as const,
    exceptions = [] as ReturnType<typeof exception>[],
  } = {},
) => evaluate(resources, { rules, environment, exceptions, today: TODAY });

const blue = resource("sky", { colour: "blue" });
const green = resource("grass", { colour: "green" });

describe("evaluate", () => {
  it("finds the one that breaks a rule, and counts every look", () => {
    const { violations, checks, open, excepted } = judge([blue, green, resource("vpc", {}, { type: "aws:ec2/vpc:Vpc" })]);
    expect(violations).toEqual([
      { rule: colourRule, level: "mandatory", address: "foundation-prod/grass", property: "colour", got: "green", want: "blue" },
    ]);
    expect({ checks, open, excepted }).toEqual({ checks: 2, open: [], excepted: [] });
    expect(violations.map(sentence)).toEqual(["TST-01 foundation-prod/grass: 'colour' must be blue, got 'green'"]);
  });

  it.each([
    ["dev", []],
    ["staging", ["advisory"]],
    ["prod", ["mandatory"]],
  ] as const)("holds the level of %s", (environment, expected) => {
    const { violations, checks } = evaluate([green], { rules: [colourRule], environment, exceptions: [], today: TODAY });
    expect(violations.map(({ level }) => level)).toEqual(expected);
    expect(checks).toBe(expected.length);
  });

  it("gives a rule the parameters of its environment, and an empty object if the rule has no parameters", () => {
    const seen: unknown[] = [];
    const parameters = { dev: { most: 1 }, staging: { most: 2 }, prod: { most: 3 } };
    const base = { ...colourRule, levels: levels("M/M/M"), check: (_: unknown, given: object) => (seen.push(given), []) };
    const { parameters: _, ...bare } = base;
    for (const environment of ENVIRONMENTS) {
      evaluate([blue], { rules: [{ ...base, parameters }, bare], environment, exceptions: [], today: TODAY });
    }
    expect(seen).toEqual([{ most: 1 }, {}, { most: 2 }, {}, { most: 3 }, {}]);
  });

  it("leaves open what is not known yet, at its level, and goes on", () => {
    const { violations, open } = judge([resource("fog", { colour: UNKNOWN }), green]);
    expect(open).toEqual([{ rule: colourRule, level: "mandatory", address: "foundation-prod/fog", path: "colour" }]);
    expect(violations).toHaveLength(1);
  });

  it("reports what is unknown next to what is wrong, excepted or not", () => {
    const both = rule({
      ...colourRule,
      check: ({ inputs }) =>
        together(
          () => [{ property: "shape", got: String(inputs["shape"]), want: "round" }],
          () => [{ property: "colour", got: String(inputs["colour"]), want: "blue" }],
        ),
    });
    const fog = resource("fog", { colour: UNKNOWN, shape: "square" });
    const open = [{ rule: both, level: "mandatory", address: "foundation-prod/fog", path: "colour" }];
    expect(judge([fog], { rules: [both] })).toMatchObject({ violations: [{ property: "shape" }], open });
    expect(judge([fog], { rules: [both], exceptions: [exception()] })).toMatchObject({
      violations: [],
      excepted: [{ property: "shape" }],
      open,
    });
  });

  it("names the resource that has the unknown value, for a rule that relates several", () => {
    const relating: Rule = { ...crowdRule, relate: (all) => ofEach(all, ({ inputs }) => [fault(String(inputs["colour"]))]) };
    const fault = (got: string) => ({ property: "colour", got, want: "blue" });
    const { open } = judge([blue, resource("fog", { colour: UNKNOWN })], { rules: [relating] });
    expect(open.map(({ address, path }) => `${address} ${path}`)).toEqual(["foundation-prod/fog colour"]);
  });

  it("says that a rule failed, which weighs like a violation, and goes on with the other rules and resources", () => {
    const broken = rule({
      ...colourRule,
      check: ({ name }) => {
        if (name === "sky") {
          throw new TypeError("colour is undefined");
        }
        return [{ property: "colour", got: "green", want: "blue" }];
      },
    });
    const verdict = judge([blue, green], { rules: [broken, colourRule] });
    expect(verdict.open.map(openSentence)).toEqual([
      "TST-01 foundation-prod/sky: the rule could not read it (TypeError: colour is undefined)",
    ]);
    expect(verdict.violations).toHaveLength(2);
    expect(stops({ ...verdict, violations: [] })).toBe(true);
    expect(stops({ violations: [], open: judge([resource("fog", { colour: UNKNOWN })]).open })).toBe(false);
    const advisory = { ...broken, levels: levels("A/A/A") };
    expect(stops({ violations: [], open: judge([blue], { rules: [advisory] }).open })).toBe(false);
  });

  it("looks at all resources together for a stack rule", () => {
    const alone = resource("island", { name: "island" });
    const { violations, checks } = judge([alone], { rules: [crowdRule] });
    expect(violations.map(sentence)).toEqual(["TST-02 the stack: 'name' must be in company, got 'island'"]);
    expect(checks).toBe(1);
    expect(judge([alone, blue], { rules: [crowdRule] }).violations).toEqual([]);
    expect(judge([resource("fog", { name: UNKNOWN })], { rules: [crowdRule] }).open).toEqual([
      { rule: crowdRule, level: "advisory", address: "foundation-prod/fog", path: "name" },
    ]);
  });

  it("names the resource at which a relation is broken", () => {
    const pointing: Rule = { ...crowdRule, relate: () => [{ property: "x", got: "1", want: "2", resource: green }] };
    expect(judge([green], { rules: [pointing] }).violations.map(({ address }) => address)).toEqual(["foundation-prod/grass"]);
  });

  it("sets aside what an exception allows, and says which exceptions nothing needs", () => {
    const [used, other] = [exception(), exception({ resource: "platform-prod/*" })];
    const verdict = judge([green], { exceptions: [used, other] });
    expect(verdict.violations).toEqual([]);
    expect(verdict.excepted.map((each) => [each.address, each.exception])).toEqual([["foundation-prod/grass", used]]);
    expect(verdict.unused).toEqual([other]);
  });

  it("takes an exception for one value only, where it names one", () => {
    const allowed = (value: string) => judge([green], { exceptions: [exception({ value })] }).violations.length === 0;
    expect(["green", "gre*", "*"].map(allowed)).toEqual([true, true, true]);
    expect(["red", "gree", "greener"].map(allowed)).toEqual([false, false, false]);
  });

  it("takes an exception for one rule only", () => {
    expect(judge([green], { exceptions: [exception({ rule: "TST-02" })] }).violations).toHaveLength(1);
  });

  it("refuses again what an exception allowed until yesterday, and says so", () => {
    expect(judge([green], { exceptions: [exception({ expires: TODAY })] }).violations).toEqual([]);
    expect(judge([green], { exceptions: [exception({ expires: "2026-11-20" })] }).violations.map(sentence)).toEqual([
      "TST-01 foundation-prod/grass: 'colour' must be blue, got 'green' (exception MIL-7 ended on 2026-11-20)",
    ]);
  });

  it("takes an exception that holds, whichever has ended", () => {
    const ended = exception({ expires: "2026-11-20" });
    expect(judge([green], { exceptions: [ended, exception()] }).violations).toEqual([]);
    expect(judge([green], { exceptions: [exception(), ended] }).violations).toEqual([]);
  });

  it("bears lists that are longer than a call may have arguments", () => {
    const many = rule({
      ...colourRule,
      check: ({ inputs }) =>
        together(Object.keys(inputs["list"] as object).map((index) => () => [{ property: index, got: "green", want: "blue" }])),
    });
    const { violations, open } = judge([resource("long", { list: Array.from({ length: 200_000 }).fill("") })], { rules: [many] });
    expect({ violations: violations.length, open }).toEqual({ violations: 200_000, open: [] });
  });

  it.each([["production"], ["Prod"], [""], [undefined], [null], ["toString"], [["prod"]]])(
    "refuses the environment %j",
    (given) => {
      const terms: any = { rules: [colourRule], environment: given, exceptions: [], today: TODAY };
      expect(() => evaluate([green], terms)).toThrow(
        `'environment' must be dev, staging, prod, got '${String(given)}': no rule has a level there`,
      );
    },
  );

  it.each([["soon"], ["2026-02-31"], ["21.11.2026"], [""], [undefined], [null], [20261121], [new Date(0)]])(
    "refuses the day %j",
    (given) => {
      const terms: any = { rules: [colourRule], environment: "prod", exceptions: [], today: given };
      expect(() => evaluate([green], terms)).toThrow(
        `'today' must be a day such as 2026-11-21, got '${String(given)}': ends of support are compared with it`,
      );
    },
  );

  it("says the same of the same", () => {
    expect(judge([blue, green])).toEqual(judge([blue, green]));
  });
});

describe("levels", () => {
  it("reads a table's letters", () => {
    expect(levels("–/A/M")).toEqual({ dev: "off", staging: "advisory", prod: "mandatory" });
  });
});
