import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { pageOf } from "#policies/reports/page";
import { sarif } from "#policies/reports/sarif";
import { colourRule, crowdRule, verdicts, violation } from "../sample.ts";

const page = () => "https://git.example/millrace/policies.md#x";
const runOf = (given = verdicts()): any => (sarif(given, [colourRule, crowdRule], page) as any).runs[0];

describe("sarif", () => {
  it("has what GitHub wants of a file", () => {
    const file = sarif(verdicts(), [colourRule, crowdRule], page) as any;
    expect([file.version, file.runs.length, file.runs[0].tool.driver.name]).toEqual(["2.1.0", 1, "millrace"]);
    expect(file.runs[0].automationDetails).toEqual({ id: "millrace/prod/" });
    expect(JSON.parse(JSON.stringify(file))).toEqual(file);
  });

  it("describes every rule, by which GitHub sorts", () => {
    expect(runOf().tool.driver.rules).toEqual([
      {
        id: "TST-01",
        shortDescription: { text: "Buckets are <blue> & nothing else" },
        help: { text: 'Set `colour: "blue"`.' },
        helpUri: page(),
        properties: { tags: ["security", "CIS 1.1", "FSBP S3.1"], "security-severity": "9.5" },
      },
      {
        id: "TST-02",
        shortDescription: { text: "Nobody is alone" },
        help: { text: "Bring a friend." },
        helpUri: page(),
        properties: { tags: ["security"], "security-severity": "2.0" },
      },
    ]);
  });

  it("says of each violation what, where and how to fix", () => {
    const results = runOf().results;
    expect(results.map(({ ruleId, level }: any) => [ruleId, level])).toEqual([
      ["TST-02", "warning"],
      ["TST-01", "error"],
      ["TST-01", "note"],
    ]);
    expect(results[1].message.text).toBe(
      "TST-01 foundation-prod/data: 'colour' must be blue, got 'green'. Set `colour: \"blue\"`.",
    );
    expect(results[1].locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: "stacks/foundation/foundation.ts" }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: "foundation-prod/data", kind: "resource" }],
      },
    ]);
  });

  it("tells what could not be decided, with its resource, without an alert", () => {
    const [{ toolExecutionNotifications: told, executionSuccessful }] = runOf().invocations;
    expect(executionSuccessful).toBe(true);
    expect(told.map(({ level, message, associatedRule }: any) => [level, message.text, associatedRule.id])).toEqual([
      ["note", "TST-01 platform-prod/new: 'colour' is not known yet", "TST-01"],
    ]);
    expect(told[0].locations[0].logicalLocations[0].fullyQualifiedName).toBe("platform-prod/new");
  });

  it("suppresses what is excepted, and nothing else", () => {
    expect(runOf().results.map(({ suppressions }: any) => suppressions)).toEqual([
      undefined,
      undefined,
      [{ kind: "external", status: "accepted", justification: "the colour is being repainted" }],
    ]);
  });

  it("gives each fault an alert of its own, and the same one in every run", () => {
    const twice = verdicts({
      violations: [violation(), violation({ got: "red" }), violation({ address: "foundation-prod/other" })],
    });
    const hashes = (given: typeof twice): string[] =>
      runOf(given).results.map(({ partialFingerprints }: any) => partialFingerprints.primaryLocationLineHash);
    const [first, second, third, excepted] = hashes(twice);
    expect(new Set([first, second, third, excepted]).size).toBe(4);
    expect(first).toMatch(/^[0-9a-f]{16}:1$/);
    expect(second).toBe(first?.replace(":1", ":2"));
    expect(hashes(twice)).toEqual([first, second, third, excepted]);
    // What else is wrong does not change it.
    expect(hashes(verdicts({ violations: [violation({ got: "grey" })] }))[0]).toBe(first);
  });

  it("leaves out a page's address that is relative, which the format forbids", () => {
    const [descriptor] = (sarif([], [colourRule], pageOf) as any).runs[0].tool.driver.rules;
    expect("helpUri" in descriptor).toBe(false);
  });

  it("has at most twenty tags a rule, all GitHub takes", () => {
    const rules = (sarif([], RULES, page) as any).runs[0].tool.driver.rules;
    expect(rules).toHaveLength(RULES.length);
    expect(rules.filter(({ properties }: any) => properties.tags.length > 20 || !properties["security-severity"])).toEqual([]);
  });
});
