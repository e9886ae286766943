import { expect, it } from "vitest";
import { factsOf, type Manifest } from "#scripts/charts/facts";

const labels = { app: "a", "helm.sh/chart": "a-1" };
const metadata = (name: string, more: object = {}) => ({ name, labels, ...more });
const deployment: Manifest = {
  kind: "Deployment",
  metadata: metadata("a"),
  spec: { template: { metadata: { labels }, spec: { serviceAccountName: "a" } } },
};
const service: Manifest = {
  kind: "Service",
  metadata: metadata("a-metrics"),
  spec: { selector: { app: "a" }, ports: [{ name: "metrics", port: 80, targetPort: "http" }] },
};
const monitor = (spec: object): Manifest => ({ kind: "ServiceMonitor", metadata: metadata("a"), spec });
const facts = (manifests: Manifest[], values = {}, defaults = {}) =>
  factsOf({ read: "1", name: "r", namespace: "n", manifests, values, defaults });

const selector = { matchLabels: { app: "a" } };
it.each<[string, object, string[] | undefined]>([
  ["a Service by the name of its port", { selector, endpoints: [{ port: "metrics" }] }, ["a-metrics"]],
  ["a Service by the port of its pods", { selector, endpoints: [{ targetPort: "http" }] }, ["a-metrics"]],
  ["a job named by a label", { selector, endpoints: [{ port: "metrics" }], jobLabel: "app" }, ["a"]],
  ["no port of that name", { selector, endpoints: [{ port: "http" }] }, undefined],
  ["another namespace", { selector, endpoints: [{ port: "metrics" }], namespaceSelector: { matchNames: ["m"] } }, undefined],
  ["other labels", { selector: { matchLabels: { app: "b" } }, endpoints: [{ port: "metrics" }] }, undefined],
])("a monitor scrapes %s", (_, spec, jobs) => {
  expect(facts([deployment, service, monitor(spec)]).workloads["a"]?.jobs).toEqual(jobs);
});

it.each<[string, object, string[]]>([
  ["by name", { resources: ["secrets"], resourceNames: ["a"], verbs: ["get"] }, []],
  ["of every name", { apiGroups: [""], resources: ["secrets"], verbs: ["list"] }, ["reader"]],
  ["as any resource", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, ["reader"]],
  ["to write only", { apiGroups: [""], resources: ["secrets"], verbs: ["create"] }, []],
])("Secrets %s", (_, rule, readers) => {
  const role: Manifest = { kind: "ClusterRole", metadata: metadata("r"), rules: [rule] };
  const binding: Manifest = {
    kind: "ClusterRoleBinding",
    metadata: metadata("r"),
    roleRef: { name: "r" },
    subjects: [{ kind: "ServiceAccount", name: "reader" }],
  };
  expect(facts([role, binding]).readEverySecret).toEqual(readers);
});

it("names that decide what objects are called", () => {
  const values = {
    fullnameOverride: "f",
    serviceAccount: { name: "s", create: true },
    rbac: { useExistingRole: "r" },
    size: "2",
  };
  expect(facts([], values).names).toEqual({
    name: "r",
    namespace: "n",
    fullnameOverride: "f",
    "serviceAccount.name": "s",
    "rbac.useExistingRole": "r",
  });
});

it("definitions that Helm leaves, and that it deletes", () => {
  const crd = (annotations?: Record<string, string>): Manifest => ({
    kind: "CustomResourceDefinition",
    metadata: { name: "c", ...(annotations && { annotations }) },
  });
  expect(facts([crd(), crd({ "helm.sh/resource-policy": "keep" }), crd({ other: "keep" })]).crds).toEqual({
    kept: 1,
    deleted: 2,
  });
});

it("what Helm merges, and what it replaces", () => {
  const values = { part: { resources: { limits: { memory: "1Gi" } }, tolerations: [], config: "a: 2" } };
  const defaults = {
    part: { resources: { limits: { cpu: 2 }, requests: {} }, tolerations: [{ key: "x" }], config: "a: 1\nb: {c: 1}" },
  };
  const { inherited, dropped, replaced } = facts([], values, defaults);
  expect(inherited).toEqual({ "part.resources.limits.cpu": "2" });
  expect(dropped).toEqual({ "part.tolerations": ['{"key":"x"}'] });
  expect(replaced).toEqual({ "part.config": ["a", "b/c"] });
});
