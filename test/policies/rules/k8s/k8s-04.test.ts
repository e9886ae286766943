import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { NAMESPACE } from "./samples.ts";

const says = (address: string, name: string, directions: string) =>
  `${address}: 'metadata.name' must be a namespace with a NetworkPolicy that denies all ${directions} by default, got '${name}'`;

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
    what: "a policy for some pods of a namespace without Millrace's labels that has a workload of the stack",
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

describe("K8S-04, what policies allow", () => {
  const allowed = (spec: object): string[] => {
    const metadata = { name: "p", namespace: "team" };
    const policy = (name: string, rest: object) =>
      of("kubernetes:networking.k8s.io/v1:NetworkPolicy", name, { metadata, spec: rest });
    return found("K8S-04", [
      of("kubernetes:core/v1:Namespace", "n", { metadata: { name: "team", labels: { "millrace.dev/team": "t" } } }),
      policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
      policy("allow", spec),
    ]);
  };
  const web = [{ port: 443, protocol: "TCP" }];

  it.each([
    ["every way out", { egress: [{}] }],
    ["every port of the internet", { egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }],
    ["half of the internet", { egress: [{ to: [{ ipBlock: { cidr: "128.0.0.0/1" } }] }] }],
    ["a range of all ports", { egress: [{ to: [{ ipBlock: { cidr: "::/0" } }], ports: [{ port: 1, endPort: 65535 }] }] }],
    ["the identity of the node", { egress: [{ to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: web }] }],
    ["everybody in", { ingress: [{ from: [] }] }],
    ["every namespace in", { ingress: [{ from: [{ namespaceSelector: {} }] }] }],
  ])("refuses %s", (_, spec) => expect(allowed(spec)).toHaveLength(1));

  it.each([
    ["HTTPS to everybody", { egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: web }] }],
    ["a network of our own", { egress: [{ to: [{ ipBlock: { cidr: "10.30.0.0/16" } }] }] }],
    ["a namespace by its name", { ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }] }],
    ["pods of the namespace", { ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ podSelector: {} }] }] }],
  ])("accepts %s", (_, spec) => expect(allowed(spec)).toEqual([]));
});
