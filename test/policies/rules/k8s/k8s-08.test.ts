import { describe, expect, it } from "vitest";
import { bag } from "#policies/read";
import { describeRule, found, golden, of } from "../../harness.ts";

const REGISTRATION = "kubernetes:admissionregistration.k8s.io/v1:";
const policy = { layer: "platform", resource: "guardrails-millrace-img-01" } as const;
const binding = { layer: "platform", resource: "guardrails-millrace-img-01-binding" } as const;
const POLICY = "platform-prod/guardrails-millrace-img-01";

describeRule("K8S-08", [
  {
    ...binding,
    what: "a binding that only audits",
    change: ({ spec }) => {
      spec.validationActions = ["Audit"];
    },
    says: `${POLICY}-binding: 'spec.validationActions' must be Deny, got 'Audit'`,
    unknown: "spec.validationActions",
  },
  {
    ...binding,
    what: "a binding for objects with a label",
    change: ({ spec }) => {
      spec.matchResources = { objectSelector: { matchLabels: { checked: "true" } } };
    },
    says: `${POLICY}-binding: 'spec.matchResources.objectSelector' must be left out, so that the policy decides alone where it applies, got '{"matchLabels":{"checked":"true"}}'`,
    unknown: "spec.matchResources",
  },
  {
    ...policy,
    what: "a guardrail that fails open",
    change: ({ spec }) => {
      spec.failurePolicy = "Ignore";
    },
    says: `${POLICY}: 'spec.failurePolicy' must be what the rule IMG-01 makes it, got 'Ignore'`,
    unknown: "spec.failurePolicy",
  },
  {
    layer: "platform",
    resource: "queues-guard-pods",
    what: "a guard that never matches",
    change: ({ spec }) => spec.matchConditions.push({ name: "never", expression: "1 > 2" }),
    says: "platform-prod/queues-guard-pods: 'spec.matchConditions[2].expression' must be a condition that depends on the object, got '1 > 2'",
    unknown: "spec.matchConditions.0.expression",
  },
]);

const PODS = { resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods"] }] };
const rule = (rest: object = {}, name = "no-latest") =>
  of(`${REGISTRATION}ValidatingAdmissionPolicy`, name, {
    metadata: { name },
    spec: { matchConstraints: PODS, validations: [{ expression: "object.spec.hostNetwork != true" }], ...rest },
  });
const bound = (rest: object = {}) =>
  of(`${REGISTRATION}ValidatingAdmissionPolicyBinding`, "bound", {
    metadata: { name: "bound" },
    spec: { policyName: "no-latest", validationActions: ["Deny"], ...rest },
  });

describe("K8S-08", () => {
  it("reads its own policies as the API server gives them back, with defaults written out", async () => {
    const given = (await golden("platform", "prod")).map((each) => {
      const constraints = each.type.endsWith(":ValidatingAdmissionPolicy")
        ? bag(each.inputs, "spec", "matchConstraints")
        : undefined;
      if (constraints === undefined) {
        return each;
      }
      const inputs = JSON.parse(JSON.stringify(each.inputs));
      Object.assign(inputs.spec.matchConstraints, { matchPolicy: "Equivalent", objectSelector: {} });
      inputs.spec.matchConstraints.namespaceSelector ??= {};
      for (const rule of inputs.spec.matchConstraints.resourceRules) {
        rule.scope = "*";
      }
      return { ...each, inputs };
    });
    expect(found("K8S-08", given)).toEqual([]);
  });

  it("reads policies of others", () => {
    expect(found("K8S-08", [rule(), bound()])).toEqual([]);
    expect(found("K8S-08", [rule(), bound({ validationActions: ["Deny", "Audit"] })])).toEqual([]);
    expect(found("K8S-08", [rule(), bound({ matchResources: { namespaceSelector: {}, matchPolicy: "Equivalent" } })])).toEqual(
      [],
    );
    expect(found("K8S-08", [rule(), bound({ validationActions: ["Warn"] }), bound()])).toEqual([]);
    expect(found("K8S-08", [rule({ failurePolicy: "Ignore" }), bound()])).toEqual(["spec.failurePolicy: Ignore"]);
    expect(found("K8S-08", [rule()])).toEqual(["ValidatingAdmissionPolicyBinding: nothing"]);
    expect(found("K8S-08", [rule(), bound(), bound({ policyName: "gone" })])).toEqual(["spec.policyName: gone"]);
    expect(found("K8S-08", [bound()])).toEqual([]);
  });

  it.each(["true", "1 == 1", "object.metadata.name == 'x' || true", "true || object.x", "(object.x || 'object' == 'object')"])(
    "refuses the check %s, which nothing fails",
    (expression) => {
      expect(found("K8S-08", [rule({ validations: [{ expression }] }), bound()])).toEqual([
        `spec.validations[0].expression: ${expression}`,
      ]);
    },
  );

  it.each([
    ["variables", "1 > 2"],
    ["variables", "has(object.spec.x) && 'a' == 'b'"],
    ["variables", "false"],
    ["matchConditions", "has(object.spec.x) && 1 > 2"],
    ["matchConditions", "!request.userInfo.username.startsWith('system:')"],
    ["matchConditions", "!('system:serviceaccounts' in request.userInfo.groups)"],
    ["matchConditions", "!request.userInfo.groups.exists(g, g.startsWith('system:'))"],
    ["validations", 'request.userInfo.username.matches("^system:.*") || has(object.spec.x)'],
  ])("refuses %s with the expression %s", (list, expression) => {
    expect(found("K8S-08", [rule({ [list]: [{ name: "a", expression }] }), bound()])).toEqual([
      `spec.${list}[0].expression: ${expression}`,
    ]);
  });

  it.each([
    ["variables", "['a', 'b']"],
    ["variables", "8 * 1024"],
    ["variables", "has(object.spec.x) ? object.spec.x == 'a' && true : false"],
    ["variables", "object.metadata.name.startsWith('a || true')"],
    ["matchConditions", "request.userInfo.username != 'system:kube-controller-manager'"],
    ["matchConditions", "!request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"],
    ["matchConditions", "!('system:nodes' in request.userInfo.groups)"],
    ["validations", "(!has(object.spec.x) || object.spec.x == 1) && object.metadata.name != 'true'"],
  ])("accepts %s with the expression %s", (list, expression) => {
    expect(found("K8S-08", [rule({ [list]: [{ name: "a", expression }] }), bound()])).toEqual([]);
  });

  it("wants all of our guardrails where some stand", () => {
    expect(found("K8S-08", [rule({}, "millrace-img-01"), bound({ policyName: "millrace-img-01" })])).toContain(
      "guardrails: nothing",
    );
  });

  it("refuses webhooks that fail open, and those outside of the cluster", () => {
    const hook = (kind: string, webhook: object) =>
      of(`${REGISTRATION}${kind}WebhookConfiguration`, "w", { webhooks: [webhook] });
    expect(found("K8S-08", [hook("Validating", { failurePolicy: "Ignore" })])).toEqual(["webhooks[0].failurePolicy: Ignore"]);
    expect(found("K8S-08", [hook("Mutating", { failurePolicy: "Ignore", clientConfig: { service: {} } })])).toEqual([]);
    expect(found("K8S-08", [hook("Mutating", { clientConfig: { url: "https://a.example.com" } })])).toHaveLength(1);
  });

  const excluding = (more: object) => [
    rule({
      matchConstraints: { ...PODS, excludeResourceRules: [{ apiGroups: ["*"], operations: ["*"], resources: ["*"], ...more }] },
    }),
    bound(),
  ];

  it("refuses an exclusion of what a policy is about, and no other", () => {
    for (const more of [
      {},
      { resources: ["*/*"] },
      { resources: ["pods"] },
      { operations: ["UPDATE"] },
      { resourceNames: ["a"] },
    ]) {
      expect(found("K8S-08", excluding(more)), JSON.stringify(more)).toHaveLength(1);
    }
    for (const more of [
      { resources: ["leases"] },
      { apiGroups: ["apps"] },
      { resources: ["pods/*"] },
      { operations: ["DELETE"] },
    ]) {
      expect(found("K8S-08", excluding(more)), JSON.stringify(more)).toEqual([]);
    }
  });

  const about = (more: object, rest: object = {}) =>
    found("K8S-08", [rule({ ...rest, matchConstraints: { resourceRules: [{ ...PODS.resourceRules[0], ...more }] } }), bound()]);

  it("wants creations and changes", () => {
    expect(about({ operations: ["CREATE"] })).toEqual(["spec.matchConstraints.resourceRules[0].operations: CREATE"]);
    expect(about({ operations: ["UPDATE"] })).toHaveLength(1);
    expect(about({ operations: ["CREATE", "DELETE"] })).toHaveLength(1);
    expect(about({ operations: ["UPDATE"] }, { validations: [{ expression: "object.spec.a == oldObject.spec.a" }] })).toEqual([]);
    expect(about({ operations: ["*"] })).toEqual([]);
    expect(about({ operations: ["DELETE"] })).toEqual([]);
    expect(about({ operations: ["CREATE"], resources: ["pods/eviction"] })).toEqual([]);
    const [pods] = PODS.resourceRules;
    const split = ["CREATE", "UPDATE"].map((operation) => ({ ...pods, operations: [operation] }));
    expect(found("K8S-08", [rule({ matchConstraints: { resourceRules: split } }), bound()])).toEqual([]);
  });

  it("wants something to look at, and a check", () => {
    expect(found("K8S-08", [rule({ matchConstraints: {} }), bound()])).toEqual(["spec.matchConstraints.resourceRules: nothing"]);
    expect(found("K8S-08", [rule({ validations: [] }), bound()])).toEqual(["spec.validations: nothing"]);
  });

  it("reads patches, of which what they leave out stays", () => {
    const patch = (kind: string, spec: object) => of(`${REGISTRATION}${kind}Patch`, "p", { metadata: { name: "p" }, spec });
    expect(found("K8S-08", [patch("ValidatingAdmissionPolicy", { failurePolicy: "Ignore" })])).toEqual([
      "spec.failurePolicy: Ignore",
    ]);
    expect(found("K8S-08", [patch("ValidatingAdmissionPolicy", {})])).toEqual([]);
    expect(found("K8S-08", [patch("ValidatingAdmissionPolicyBinding", { validationActions: ["Audit"] })])).toHaveLength(1);
    expect(found("K8S-08", [patch("ValidatingAdmissionPolicyBinding", {})])).toEqual([]);
  });
});
