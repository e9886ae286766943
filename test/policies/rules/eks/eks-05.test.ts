import { expect, it } from "vitest";
import { KUBERNETES } from "#components/versions";
import { evaluate, sentence } from "#policies/evaluate";
import { ENVIRONMENTS } from "#policies/rule";
import { describeRule, golden, ruleOf } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-05", [
  {
    ...cluster,
    what: "a version out of support",
    change: (inputs) => (inputs.version = "1.31"),
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got '1.31'",
    unknown: "version",
  },
  {
    ...cluster,
    what: "whichever version is the newest that day",
    change: (inputs) => delete inputs.version,
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got 'nothing'",
  },
  {
    ...cluster,
    what: "extended support, which AWS gives unasked",
    change: (inputs) => delete inputs.upgradePolicy,
    says: "platform-prod/cluster: 'upgradePolicy.supportType' must be STANDARD, got 'EXTENDED'",
    unknown: "upgradePolicy.supportType",
  },
]);

it("EKS-05 knows the versions that the components know", () => {
  const { parameters } = ruleOf("EKS-05");
  for (const environment of ENVIRONMENTS) {
    expect(parameters?.[environment]).toEqual({ ends: KUBERNETES.standardSupportEnds });
  }
});

it.each([
  ["2026-12-26", []],
  ["2026-12-27", ["advisory"]],
  ["2027-03-27", ["advisory"]],
  ["2027-03-28", ["mandatory"]],
  ["2031-01-01", ["mandatory"]],
])("EKS-05 on %s: %j for a version whose support ends on 2027-03-27", async (today, levels) => {
  const resources = (await golden("platform", "prod")).map((each) =>
    each.type === "aws:eks/cluster:Cluster" ? { ...each, inputs: { ...each.inputs, version: "1.35" } } : each,
  );
  const { violations } = evaluate(resources, { rules: [ruleOf("EKS-05")], environment: "prod", exceptions: [], today });
  expect(violations.map(({ level }) => level)).toEqual(levels);
  for (const violation of violations) {
    expect(sentence(violation)).toBe(
      "EKS-05 platform-prod/cluster: 'version' must be a version in EKS standard support, got '1.35' (until 2027-03-27)",
    );
  }
});
