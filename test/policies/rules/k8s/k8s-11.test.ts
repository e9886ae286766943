import { describeRule } from "../../harness.ts";

const MODEL = { layer: "workloads", resource: "fraud-reach" } as const;
const wide = (...ports: object[]) => ({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports });

describeRule("K8S-11", [
  {
    ...MODEL,
    what: "callers of every namespace",
    change: ({ spec }) => spec.ingress[0].from.push({ namespaceSelector: {} }),
    says: "workloads-prod/fraud-reach: 'spec.ingress[0].from[1]' must be named callers, got 'every namespace'",
    unknown: "spec.ingress.0.from",
  },
  {
    ...MODEL,
    what: "callers of half of the internet",
    change: ({ spec }) => spec.ingress[0].from.push({ ipBlock: { cidr: "0.0.0.0/1" } }),
    says: "workloads-prod/fraud-reach: 'spec.ingress[0].from[1]' must be named callers, got '0.0.0.0/1'",
  },
  {
    ...MODEL,
    what: "everybody as a caller",
    change: ({ spec }) => (spec.ingress[0].from = []),
    says: "workloads-prod/fraud-reach: 'spec.ingress[0].from' must be named callers, got 'everybody'",
  },
  {
    ...MODEL,
    what: "calls to every port of the internet",
    change: ({ spec }) => (spec.egress[2] = { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.169.254/32"] } }] }),
    says: "workloads-prod/fraud-reach: 'spec.egress[2].ports' must be named ports, as the rule is about the internet, got 'every port'",
    unknown: "spec.egress.2.ports",
  },
  {
    ...MODEL,
    what: "calls to a range of ports",
    change: ({ spec }) => (spec.egress[2] = wide({ port: 443, endPort: 65535 })),
    says: "workloads-prod/fraud-reach: 'spec.egress[2].ports' must be named ports, as the rule is about the internet, got '443 to 65535'",
  },
  {
    ...MODEL,
    what: "calls to the metadata service",
    change: ({ spec }) => spec.egress.push({ to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [{ port: 80 }] }),
    says: "workloads-prod/fraud-reach: 'spec.egress[3].to[0].ipBlock' must be without 169.254.169.254/32, where a node's role is to be had, got '169.254.169.254/32'",
  },
  {
    ...MODEL,
    what: "rules of a direction that the policy does not name",
    change: ({ spec }) => (spec.policyTypes = ["Ingress"]),
    says: "workloads-prod/fraud-reach: 'spec.policyTypes' must be a list with Egress, as the policy has such rules, got 'Ingress'",
    unknown: "spec.policyTypes",
  },
  {
    ...MODEL,
    what: "a policy of pods that do not exist",
    change: ({ spec }) => (spec.podSelector.matchLabels.app = "other"),
    says: "workloads-prod/fraud-reach: 'spec.podSelector.matchLabels' must be labels of pods in the namespace 'models-risk', got 'app=other'",
  },
]);
