import { describe, expect, it } from "vitest";
import { admissionPolicies } from "#policies/admission";
import { describeRule } from "../conformance.ts";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const ENFORCE = "pod-security.kubernetes.io/enforce";

describeRule("K8S-01", [
  {
    what: "a lesser standard for model servers",
    layer: "workloads",
    resource: "risk-models",
    change: ({ metadata }) => (metadata.labels[ENFORCE] = "baseline"),
    says: `workloads-prod/risk-models: 'metadata.labels["${ENFORCE}"]' must be 'restricted', got 'baseline'`,
    unknown: "metadata.labels",
  },
  {
    what: "a tracking server without a standard",
    layer: "platform",
    resource: "tracking-namespace",
    change: ({ metadata }) => delete metadata.labels[ENFORCE],
    says: `platform-prod/tracking-namespace: 'metadata.labels["${ENFORCE}"]' must be 'restricted', got 'nothing'`,
  },
  {
    what: "privileges that are not listed",
    layer: "platform",
    environment: "dev",
    resource: "mesh-namespace",
    change: ({ metadata }) => (metadata.labels[ENFORCE] = "privileged"),
    says: `platform-dev/mesh-namespace: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'privileged'`,
    unknown: "metadata.name",
  },
  {
    what: "a namespace without labels",
    layer: "workloads",
    add: { type: NAMESPACE, name: "bare", inputs: { metadata: { name: "bare" } } },
    says: `workloads-prod/bare: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'nothing'`,
    unknown: "metadata.labels",
  },
  {
    what: "a patch that takes the standard back",
    layer: "workloads",
    add: {
      type: `${NAMESPACE}Patch`,
      name: "patch",
      inputs: { metadata: { name: "team-risk", labels: { [ENFORCE]: "privileged" } } },
    },
    says: `workloads-prod/patch: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'privileged'`,
  },
]);

const DENY = "that denies all";
const says = (address: string, name: string, directions: string) =>
  `${address}: 'metadata.name' must be a namespace with a NetworkPolicy ${DENY} ${directions} by default, got '${name}'`;

describeRule("K8S-04", [
  {
    what: "model servers that may call anybody",
    layer: "workloads",
    resource: "risk-models-default-deny",
    change: ({ spec }) => (spec.policyTypes = ["Ingress"]),
    says: says("workloads-prod/risk-models", "models-risk", "egress"),
    unknown: "spec.policyTypes",
  },
  {
    what: "a policy that denies egress and allows all of it",
    layer: "workloads",
    resource: "risk-jobs-default-deny",
    change: ({ spec }) => (spec.egress = [{}]),
    says: says("workloads-prod/risk-jobs", "team-risk", "egress"),
    unknown: "spec.egress",
  },
  {
    what: "a policy that says no directions, and so means ingress",
    layer: "workloads",
    resource: "risk-models-default-deny",
    change: ({ spec }) => delete spec.policyTypes,
    says: says("workloads-prod/risk-models", "models-risk", "egress"),
  },
  {
    what: "a policy for some pods of a namespace without a label of ours, in which something of ours runs",
    layer: "platform",
    resource: "tracking-deny",
    change: ({ spec }) => (spec.podSelector = { matchLabels: { app: "mlflow" } }),
    says: says("platform-prod/tracking-namespace", "mlflow", "ingress and egress"),
    unknown: "spec.podSelector",
  },
  {
    what: "a policy that lies in another namespace",
    layer: "workloads",
    resource: "risk-models-default-deny",
    change: ({ metadata }) => (metadata.namespace = "elsewhere"),
    says: says("workloads-prod/risk-models", "models-risk", "ingress and egress"),
    unknown: "metadata.namespace",
  },
  {
    what: "a team's namespace without a policy",
    layer: "workloads",
    add: { type: NAMESPACE, name: "open", inputs: { metadata: { name: "team-open", labels: { "millrace.dev/team": "open" } } } },
    says: says("workloads-prod/open", "team-open", "ingress and egress"),
    unknown: "metadata.labels",
  },
]);

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
          { key: ENFORCE, operator: "In", values: ["restricted", "baseline"] },
          { key: "millrace.dev/filled-by", operator: "NotIn", values: ["chart"] },
        ],
      });
    }
  });
});
