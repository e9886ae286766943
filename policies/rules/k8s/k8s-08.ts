import { type AdmissionPolicy, admissionPolicies } from "../../admission.ts";
import { type Fault, type Finding, ofEach, unless } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { at, type Bag, bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { type Environment, levels, stackRule } from "../../rule.ts";
import { conditionFaults, gapsOf, shortened } from "./gaps.ts";
import { gapsInMatch } from "./matches.ts";

const REGISTRATION = /^kubernetes:admissionregistration\.k8s\.io\/v1(?:alpha\d|beta\d)?:(\w+)$/;
const kindOf = ({ type }: Resource): string | undefined => REGISTRATION.exec(type)?.[1];

const WEBHOOKS = ["Validating", "Mutating"].flatMap((kind) => [
  `${kind}WebhookConfiguration`,
  `${kind}WebhookConfigurationPatch`,
]);

/** What a patch leaves out stays as it is. */
const isSaid = ({ got }: Fault): boolean => got !== "nothing";

/** Whose guardrails stand in the stack. */
const OURS: Record<Environment, { environment: Environment }> = {
  dev: { environment: "dev" },
  staging: { environment: "staging" },
  prod: { environment: "prod" },
};

export const K8S_08 = stackRule<{ environment: Environment }>({
  id: "K8S-08",
  title: "What the API server is told to refuse it refuses: its policies are bound without gaps, deny, and fail closed",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["CIS EKS 4.2.1", "NIST SP 800-190 4.3.1"],
  remediation:
    'Bind each ValidatingAdmissionPolicy with `validationActions: ["Deny"]` and without `matchResources`. Leave `failurePolicy` at Fail, and make Millrace\'s own policies with `Guardrails`.',
  parameters: OURS,
  types: ["kubernetes:admissionregistration.k8s.io/*"],
  relate: (resources, { environment }) => {
    const own = admissionPolicies(environment);
    const of = (kind: string): Resource[] => resources.filter((each) => kindOf(each) === kind);
    const policies = of("ValidatingAdmissionPolicy");
    const bindings = of("ValidatingAdmissionPolicyBinding");
    const ownNamed = (name: string): AdmissionPolicy | undefined => own.find((each) => each.name === name);
    return [
      ...ofEach(policies, (policy) => {
        const made = ownNamed(nameOf(policy));
        return made === undefined ? gapsOf(policy) : differences(policy, made);
      }),
      ...ofEach(policies, (policy) => unbound(policy, bindings, ownNamed(nameOf(policy)))),
      ...(policies.length === 0 ? [] : ofEach(bindings, (binding) => ofNoPolicy(binding, policies))),
      ...missing(policies, own),
      ...ofEach(WEBHOOKS.flatMap(of), webhookFaults),
      ...ofEach(of("ValidatingAdmissionPolicyPatch"), (patch) => gapsOf(patch).filter(isSaid)),
      ...ofEach(of("ValidatingAdmissionPolicyBindingPatch"), (patch) => bindingFaults(patch, ["Deny"]).filter(isSaid)),
    ];
  },
});

/** Parts of a policy that decide what it refuses, and what they are when nobody says so. */
const PARTS: Readonly<Record<string, unknown>> = {
  failurePolicy: "Fail",
  matchConstraints: {},
  matchConditions: [],
  variables: [],
  validations: [],
};

/** Where one of our policies is no longer what its rule makes of it. Messages may be other ones. */
function differences(resource: Resource, { name, spec }: AdmissionPolicy): Fault[] {
  return Object.entries(PARTS).flatMap(([part, usual]) => {
    const [got, wanted] = [resource.inputs["spec"], spec].map((each) => plain(at(each, part) ?? usual));
    return unless(got === wanted, {
      resource,
      property: `spec.${part}`,
      got: shortened(shown(at(resource.inputs, "spec", part))),
      want: `what the rule ${name.replace("millrace-", "").toUpperCase()} makes it`,
    });
  });
}

/** What the API server writes where nobody says anything (Kubernetes API reference, "ValidatingAdmissionPolicy"), as one text. */
const DEFAULTS: Readonly<Record<string, string>> = {
  matchPolicy: '"Equivalent"',
  namespaceSelector: "{}",
  objectSelector: "{}",
  scope: '"*"',
};

/** A value as one text, whatever the order of keys and of operations, and whether its defaults are written out. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (key, each: unknown) => {
    if (["message", "messageExpression", "reason"].includes(key) || JSON.stringify(each) === DEFAULTS[key]) {
      return undefined;
    }
    if (Array.isArray(each)) {
      return key === "operations" || key === "resources" ? texts(each).toSorted((one, other) => one.localeCompare(other)) : each;
    }
    return typeof each === "object" && each !== null
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each;
  }) ?? "";

/** A policy does nothing until a binding says where and how. One that is bound well may be bound again to warn. */
function unbound(resource: Resource, bindings: readonly Resource[], own: AdmissionPolicy | undefined): Finding[] {
  const name = nameOf(resource);
  const mine = bindings.filter(({ inputs }) => text(inputs, "spec", "policyName") === name);
  const actions = own?.binding.validationActions ?? ["Deny"];
  if (mine.length === 0) {
    const want = "a binding of this policy in the same stack";
    return [{ resource, property: "ValidatingAdmissionPolicyBinding", got: "nothing", want }];
  }
  const findings = mine.map((binding) => bindingFaults(binding, actions));
  return findings.some((each) => each.length === 0) ? [] : findings.flat();
}

function bindingFaults(resource: Resource, wanted: readonly string[]): Fault[] {
  const { inputs } = resource;
  const actions = texts(inputs, "spec", "validationActions");
  const match = bag(inputs, "spec", "matchResources");
  const narrowing = Object.keys(match).filter((key) => key !== "matchPolicy" && !isEmpty(match, key));
  const absent = text(inputs, "spec", "paramRef", "parameterNotFoundAction");
  return [
    ...unless(absent === undefined || absent === "Deny", {
      resource,
      property: "spec.paramRef.parameterNotFoundAction",
      got: absent ?? "",
      want: "Deny: who removes the parameters would remove the policy",
    }),
    ...unless(
      wanted.every((each) => actions.includes(each)),
      {
        resource,
        property: "spec.validationActions",
        got: actions.join(", ") || "nothing",
        want: wanted.join(" and "),
      },
    ),
    ...narrowing.map((key) => ({
      resource,
      property: `spec.matchResources.${key}`,
      got: shortened(shown(match[key])),
      want: "left out, so that the policy decides alone where it applies",
    })),
  ];
}

/** An empty selector or list leaves nothing out. */
function isEmpty(holder: Bag, key: string): boolean {
  const value = holder[key];
  return (
    !isSet(holder, key) ||
    (typeof value === "object" && value !== null && Object.values(value).every((each) => Object.keys(Object(each)).length === 0))
  );
}

function ofNoPolicy(resource: Resource, policies: readonly Resource[]): Fault[] {
  const got = text(resource.inputs, "spec", "policyName") ?? "nothing";
  return unless(
    policies.some((policy) => nameOf(policy) === got),
    { resource, property: "spec.policyName", got, want: "a ValidatingAdmissionPolicy of this stack" },
  );
}

/** Where some of our guardrails stand, all of them do. */
function missing(policies: readonly Resource[], own: readonly AdmissionPolicy[]): Fault[] {
  const names = policies.map(nameOf);
  const [first] = policies.filter((policy) => own.some(({ name }) => name === nameOf(policy)));
  return first === undefined
    ? []
    : own
        .filter(({ name }) => !names.includes(name))
        .map(({ name }) => ({
          resource: first,
          property: "guardrails",
          got: "nothing",
          want: `joined by '${name}' in the same stack`,
        }));
}

function webhookFaults(resource: Resource): Fault[] {
  const validates = kindOf(resource)?.startsWith("Validating") === true;
  return bags(resource.inputs, "webhooks").flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const fails = text(webhook, "failurePolicy") ?? "Fail";
    const url = text(webhook, "clientConfig", "url");
    const gaps = validates
      ? [
          ...gapsInMatch(resource, path, { ...webhook, resourceRules: webhook["rules"] }, false),
          ...conditionFaults(resource, path, webhook),
        ]
      : [];
    return [
      ...gaps,
      ...unless(!validates || fails === "Fail", { resource, property: `${path}.failurePolicy`, got: fails, want: "Fail" }),
      ...unless(url === undefined, {
        resource,
        property: `${path}.clientConfig.url`,
        got: url ?? "",
        want: "replaced by a Service of the cluster: what reads and changes every object stays inside",
      }),
    ];
  });
}
