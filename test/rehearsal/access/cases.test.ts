import { describe, expect, it } from "vitest";
import type { Recorded } from "#plan/record";
import { ACCESS_CASES } from "#rehearsal/access/cases";
import { casesOf, inWords } from "#rehearsal/access/request";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { rbacAllows } from "../../harness/rbac.ts";
import { stackOf } from "../../harness/stacks.ts";

const declaredIn = async (environment: EnvironmentName): Promise<Recorded[]> => [
  ...(await stackOf("platform", environment)).resources,
  ...(await stackOf("workloads", environment)).resources,
];

const wrong = (resources: readonly Recorded[]): string[] =>
  ACCESS_CASES.filter(({ subject, attributes, allowed }) => rbacAllows(resources, subject, attributes) !== allowed).map(inWords);

describe("what people may ask the Kubernetes API", () => {
  it.each(ENVIRONMENTS)("is in %s what was written by hand", async (environment) => {
    expect(wrong(await declaredIn(environment))).toEqual([]);
  });

  it("is written down in 160 questions and more, a fifth of them allowed, none twice", () => {
    const words = ACCESS_CASES.map(inWords);
    expect(words.length).toBeGreaterThanOrEqual(160);
    expect(ACCESS_CASES.filter(({ allowed }) => allowed).length).toBeGreaterThan(words.length / 5);
    expect(words.filter((each, index) => words.indexOf(each) !== index)).toEqual([]);
  });

  it.each<[string, string, object]>([
    ["a pod made by hand", "risk-train", { apiGroups: [""], resources: ["pods"], verbs: ["create"] }],
    ["every Secret", "sre-reader", { apiGroups: [""], resources: ["*"], verbs: ["list"] }],
    ["a shell", "risk-operate", { apiGroups: [""], resources: ["*/exec"], verbs: ["create"] }],
    ["the routes of a release", "risk-operate", { apiGroups: ["*"], resources: ["virtualservices"], verbs: ["*"] }],
  ])("differs where a role also gives %s", async (_, name, rule) => {
    const resources = (await declaredIn("prod")).map((each) =>
      each.name === name && each.type.endsWith("Role")
        ? { ...each, inputs: { ...each.inputs, rules: [...each.inputs["rules"], rule] } }
        : each,
    );
    expect(wrong(resources)).not.toEqual([]);
  });

  it("differs where a role gives less", async () => {
    const resources = (await declaredIn("prod")).filter(({ name }) => name !== "risk-operate-binding");
    expect(wrong(resources)).toContain("someone-of-millrace-sre may patch rollouts.argoproj.io/status in models-risk");
  });
});

it("a question that cannot be read is refused", () => {
  expect(() => casesOf({ who: "a", may: ["get"] })).toThrow(
    new Error("a question must be '<verb> <resource>[.<group>][/<subresource>]', got 'get'"),
  );
});
