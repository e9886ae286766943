import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { faultsOf } from "#policies/evaluate";
import { readable } from "#policies/resource";
import { describeRule, type Mutant } from "../conformance.ts";

const POD = "spec.template.spec";

const size = (quantity: string, from: "requests" | "limits", name: "cpu" | "memory"): Mutant => ({
  what: `a container without ${quantity}`,
  layer: "workloads",
  resource: "fraud-rollout",
  change: ({ spec }) => delete spec.template.spec.containers[0].resources[from][name],
  says: `workloads-prod/fraud-rollout: '${POD}.containers[0].resources.${quantity}' must be a quantity, got 'nothing'`,
  unknown: `${POD}.containers.0.resources.${from}`,
});

describeRule("K8S-03", [
  size("limits.memory", "limits", "memory"),
  size("requests.cpu", "requests", "cpu"),
  {
    what: "an init container without a limit",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => delete spec.template.spec.initContainers[0].resources.limits,
    says: `workloads-prod/fraud-rollout: '${POD}.initContainers[0].resources.limits.memory' must be a quantity, got 'nothing'`,
    unknown: `${POD}.initContainers.0.resources`,
  },
  {
    what: "a second container without a limit",
    layer: "platform",
    environment: "dev",
    resource: "tracking-server",
    change: ({ spec }) => delete spec.template.spec.containers[1].resources.limits,
    says: `platform-dev/tracking-server: '${POD}.containers[1].resources.limits.memory' must be a quantity, got 'nothing'`,
  },
]);

describeRule("K8S-06", [
  {
    what: "a token that nobody asked for",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => delete spec.template.spec.automountServiceAccountToken,
    says: `workloads-prod/fraud-rollout: '${POD}.automountServiceAccountToken' must be false, or the account a listed caller, got 'nothing'`,
    unknown: `${POD}.automountServiceAccountToken`,
  },
  {
    what: "a token for an account that is not listed",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => (spec.template.spec.automountServiceAccountToken = true),
    says: `platform-prod/tracking-server: '${POD}.automountServiceAccountToken' must be false, or the account a listed caller, got 'true'`,
  },
  {
    what: "the account that everybody has",
    layer: "platform",
    resource: "tracking-migration",
    change: ({ spec }) => delete spec.template.spec.serviceAccountName,
    says: `platform-prod/tracking-migration: '${POD}.serviceAccountName' must be a service account of its own, got 'default'`,
    unknown: `${POD}.serviceAccountName`,
  },
  {
    what: "the namespace that everybody has",
    layer: "platform",
    resource: "tracking-server",
    change: ({ metadata }) => delete metadata.namespace,
    says: "platform-prod/tracking-server: 'metadata.namespace' must be a namespace of its own, got 'default'",
    unknown: "metadata.namespace",
  },
]);

describe("rules over pods", () => {
  const found = (id: string, inputs: object, parameters: object = {}, provider: object = {}) => {
    const rule = RULES.find((each) => each.id === id)!;
    const resource = { type: "kubernetes:apps/v1:Deployment", name: "d", address: "s/d", inputs: readable(inputs), provider };
    return faultsOf(rule, { ...resource, protect: false, ignoreChanges: [], parent: "", dependencies: [] }, parameters);
  };
  const withPod = (spec: object, metadata: object = { namespace: "n" }) => ({ metadata, spec: { template: { spec } } });

  it("takes a limit for a request, and the pod's sizes for those of its containers", () => {
    const limits = { cpu: "1", memory: "1Gi" };
    expect(found("K8S-03", withPod({ containers: [{ resources: { limits } }] }))).toEqual([]);
    expect(found("K8S-03", withPod({ resources: { limits }, containers: [{}] }))).toEqual([]);
  });

  it("lets those call Kubernetes who are listed with their namespace", () => {
    const caller = withPod({ serviceAccountName: "robot", automountServiceAccountToken: true, containers: [] });
    expect(found("K8S-06", caller, { callers: ["n/robot"] })).toEqual([]);
    expect(found("K8S-06", caller, { callers: ["other/robot"] })).toHaveLength(1);
  });

  it("takes a provider's namespace for that of an object that names none", () => {
    const own = withPod({ serviceAccountName: "a", automountServiceAccountToken: false, containers: [] }, {});
    expect(found("K8S-06", own, { callers: [] }, { namespace: "n" })).toEqual([]);
  });

  it("lets daemons read the node where the list says so", () => {
    const daemon = withPod({ hostNetwork: true, containers: [] }, { namespace: "monitoring" });
    expect(found("K8S-02", daemon, { privileged: ["monitoring"] })).toEqual([]);
    expect(found("K8S-02", daemon, { privileged: [] })).toHaveLength(1);
  });
});
