import { describeRule } from "../../harness.ts";
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
