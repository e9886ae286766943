import { GUARDED } from "./guarded.ts";
import { FILLED_BY, POD_SECURITY } from "./kubernetes/labels.ts";
import type { Admission, Environment, Level, Rule } from "./rule.ts";

/** A ValidatingAdmissionPolicy and its binding (admissionregistration.k8s.io/v1), without names. */
export interface AdmissionPolicy {
  /** Name of both, for example `millrace-k8s-02`. */
  name: string;
  spec: object;
  binding: { policyName: string; validationActions: string[] };
}

/**
 * Namespaces in which the API server applies the rules: those with a Pod Security label, except those labelled as filled by a pinned
 * chart. Objects of a chart are reviewed with the chart: its pods have no digests, and hold tokens because they are controllers.
 */
const KEPT = {
  matchExpressions: [
    { key: POD_SECURITY, operator: "In", values: ["restricted", "baseline"] },
    { key: FILLED_BY, operator: "NotIn", values: ["chart"] },
  ],
};

/** An advisory rule warns the user who applies the object, and appears in the audit log. */
const ACTIONS: Record<Exclude<Level, "off">, string[]> = { mandatory: ["Deny"], advisory: ["Warn", "Audit"] };

/** The admission policies of an environment, from the same catalogue as all other checks. */
export function admissionPolicies(environment: Environment): AdmissionPolicy[] {
  return GUARDED.flatMap((rule) => {
    const level = rule.levels[environment];
    return rule.admission === undefined || level === "off" ? [] : [policyOf(rule, rule.admission, level)];
  });
}

function policyOf(
  { id, frameworks }: Rule,
  { objects, scope, variables = [], validations }: Admission,
  level: Exclude<Level, "off">,
): AdmissionPolicy {
  const name = `millrace-${id.toLowerCase()}`;
  const benchmark = frameworks.length === 0 ? "" : ` (${frameworks.join(", ")})`;
  return {
    name,
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        namespaceSelector: scope === "everywhere" ? {} : KEPT,
        resourceRules: objects.map((object) => ({ ...object, operations: ["CREATE", "UPDATE"] })),
      },
      // Removing a finalizer is an update too: an object that is older than a rule must still be deletable.
      matchConditions: [{ name: "not-being-deleted", expression: "!has(object.metadata.deletionTimestamp)" }],
      ...(variables.length > 0 && { variables }),
      validations: validations.map(({ expression, message }) => ({ expression, message: `${id}: ${message}${benchmark}` })),
    },
    binding: { policyName: name, validationActions: ACTIONS[level] },
  };
}
