import { describe, expect, it } from "vitest";
import { admissionPolicies } from "#policies/admission";
import { RULES } from "#policies/catalogue";
import { GUARDED } from "#policies/guarded";
import { ENVIRONMENTS, levels, type Rule } from "#policies/rule";
import { colourRule } from "./sample.ts";

const kept: Rule = {
  ...colourRule,
  levels: levels("–/A/M"),
  admission: {
    objects: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }],
    variables: [{ name: "colour", expression: "object.metadata.labels['colour']" }],
    validations: [{ expression: "variables.colour == 'blue'", message: "pods are blue" }],
  },
};

describe("admissionPolicies", () => {
  const own = (environment: (typeof ENVIRONMENTS)[number]) => {
    (GUARDED as Rule[]).push(kept);
    try {
      return admissionPolicies(environment).filter(({ name }) => name === "millrace-tst-01");
    } finally {
      (GUARDED as Rule[]).pop();
    }
  };

  it("makes of a rule what the API server keeps, in the namespaces that say how their pods are confined", () => {
    expect(own("prod")).toEqual([
      {
        name: "millrace-tst-01",
        spec: {
          failurePolicy: "Fail",
          matchConstraints: {
            namespaceSelector: {
              matchExpressions: [
                { key: "pod-security.kubernetes.io/enforce", operator: "In", values: ["restricted", "baseline"] },
                { key: "millrace.dev/filled-by", operator: "NotIn", values: ["chart"] },
              ],
            },
            resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE", "UPDATE"] }],
          },
          matchConditions: [{ name: "not-being-deleted", expression: "!has(object.metadata.deletionTimestamp)" }],
          variables: [{ name: "colour", expression: "object.metadata.labels['colour']" }],
          validations: [{ expression: "variables.colour == 'blue'", message: "TST-01: pods are blue (CIS 1.1, FSBP S3.1)" }],
        },
        binding: { policyName: "millrace-tst-01", validationActions: ["Deny"] },
      },
    ]);
  });

  it("warns of what is advisory, and leaves out what is off", () => {
    expect(own("staging").map(({ binding }) => binding.validationActions)).toEqual([["Warn", "Audit"]]);
    expect(own("dev")).toEqual([]);
  });

  it.each(ENVIRONMENTS)("are in %s exactly the rules of the catalogue that can be said of one object alone", (environment) => {
    const policies = admissionPolicies(environment);
    expect(policies.map(({ name }) => name).toSorted()).toEqual(
      RULES.filter((rule) => rule.admission && rule.levels[environment] !== "off")
        .map(({ id }) => `millrace-${id.toLowerCase()}`)
        .toSorted(),
    );
    for (const { name, spec } of policies) {
      // Names of a policy and length of a message, as the API server wants them.
      expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
      expect((spec as any).validations.length).toBeGreaterThan(0);
      for (const { message } of (spec as any).validations) {
        expect(message).not.toMatch(/\n/);
      }
    }
  });
});

describe("the API server", () => {
  const selectorOf = (id: string) => {
    const { spec } = admissionPolicies("prod").find(({ name }) => name === id) as { spec: any };
    return spec.matchConstraints.namespaceSelector;
  };

  it("looks at every namespace for its standard, and at pods where one is said and no chart brought them", () => {
    expect(selectorOf("millrace-k8s-01")).toEqual({});
    for (const id of ["millrace-k8s-02", "millrace-k8s-03", "millrace-k8s-06"]) {
      expect(selectorOf(id)).toEqual({
        matchExpressions: [
          { key: "pod-security.kubernetes.io/enforce", operator: "In", values: ["restricted", "baseline"] },
          { key: "millrace.dev/filled-by", operator: "NotIn", values: ["chart"] },
        ],
      });
    }
  });
});
