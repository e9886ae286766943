import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { readable } from "#policies/resource";
import { describeRule, faults, type Mutant, resource, ruleOf } from "../../harness.ts";
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

describe("K8S-03, amounts", () => {
  const asked = (requests: object, limits: object): string[] =>
    faults("K8S-03", {
      type: "kubernetes:apps/v1:Deployment",
      inputs: { spec: { template: { spec: { containers: [{ resources: { requests, limits } }] } } } },
    });

  it("refuses memory without a unit, in thousandths of a byte, and requests beyond limits", () => {
    expect(asked({ cpu: 1, memory: "512" }, { memory: 512 })).toHaveLength(2);
    expect(asked({ cpu: 1, memory: "1024m" }, { memory: "1Gi" })).toHaveLength(1);
    expect(asked({ cpu: "500m", memory: "1Gi" }, { memory: "512Mi" })).toEqual([
      "'spec.template.spec.containers[0].resources.requests.memory' must be at most the limit, 512Mi, got '1Gi'",
    ]);
  });

  it.each([
    ["bytes", 536_870_912, "1Gi"],
    ["other units", "524288Ki", "1073741824"],
    ["a number with an exponent", "5e8", "1e9"],
    ["what is no quantity, which the API server refuses", "much", "more"],
  ])("accepts %s", (_, request, limit) => {
    expect(asked({ cpu: 0.5, memory: request }, { cpu: "1", memory: limit })).toEqual([]);
  });
});

describe("K8S-03, volumes in memory", () => {
  const scratch = (emptyDir: object) =>
    faults("K8S-03", {
      type: "kubernetes:apps/v1:Deployment",
      inputs: {
        spec: {
          template: {
            spec: {
              containers: [{ resources: { requests: { cpu: "1" }, limits: { memory: "1Gi" } } }],
              volumes: [{ name: "scratch", emptyDir }],
            },
          },
        },
      },
    });

  it("have a size within the memory of their pod", () => {
    expect(scratch({ medium: "Memory" })).toEqual([
      "'spec.template.spec.volumes[0].emptyDir.sizeLimit' must be an amount, at most the limits of memory of the pod's containers, got 'nothing'",
    ]);
    expect(scratch({ medium: "Memory", sizeLimit: "64Gi" })).toHaveLength(1);
    expect(scratch({ medium: "HugePages-2Mi" })).toHaveLength(1);
    expect(scratch({ medium: "Memory", sizeLimit: "64Mi" })).toEqual([]);
  });

  it("leaves volumes on the disk alone", () => {
    expect(scratch({})).toEqual([]);
    expect(scratch({ medium: "" })).toEqual([]);
  });
});
