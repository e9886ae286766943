import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { readable } from "#policies/resource";
import { describeRule, type Mutant, resource, ruleOf } from "../../harness.ts";
import { POD } from "./samples.ts";

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

describe("K8S-03", () => {
  const found = (id: string, inputs: object, parameters: object = {}, provider: object = {}) =>
    findingsOf(
      ruleOf(id),
      resource("d", inputs, { type: "kubernetes:apps/v1:Deployment", provider: readable(provider) }),
      parameters,
    );

  const withPod = (spec: object, metadata: object = { namespace: "n" }) => ({ metadata, spec: { template: { spec } } });

  it("takes a limit for a request, and the pod's sizes for those of its containers", () => {
    const limits = { cpu: "1", memory: "1Gi" };
    expect(found("K8S-03", withPod({ containers: [{ resources: { limits } }] }))).toEqual([]);
    expect(found("K8S-03", withPod({ resources: { limits }, containers: [{}] }))).toEqual([]);
  });
});
