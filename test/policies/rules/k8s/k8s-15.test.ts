import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const SCALER = "workloads-prod/fraud-autoscaler: 'spec";

describeRule("K8S-15", [
  {
    layer: "workloads",
    resource: "fraud-autoscaler",
    what: "a scaler that adds nothing",
    change: ({ spec }) => (spec.maxReplicas = 3),
    says: `${SCALER}.maxReplicas' must be more than minReplicas, 3, got '3'`,
    unknown: "spec.maxReplicas",
  },
  {
    layer: "workloads",
    resource: "fraud-autoscaler",
    what: "a scaler that waits until pods are overloaded",
    change: ({ spec }) => (spec.metrics[0].resource.target.averageUtilization = "150"),
    says: `${SCALER}.metrics[0].resource.target.averageUtilization' must be from 1 to 90 per cent, got '150'`,
    unknown: "spec.metrics.0.resource.target.averageUtilization",
  },
  {
    layer: "workloads",
    resource: "fraud-autoscaler",
    what: "a scaler that only takes pods away",
    change: ({ spec }) => (spec.behavior.scaleUp = { selectPolicy: "Disabled" }),
    says: `${SCALER}.behavior.scaleUp.selectPolicy' must be Max or Min: pods must be added when they are needed, got 'Disabled'`,
    unknown: "spec.behavior.scaleUp",
  },
  {
    layer: "workloads",
    resource: "fraud-autoscaler",
    what: "a scaler that waits for an hour",
    change: ({ spec }) => (spec.behavior.scaleUp = { stabilizationWindowSeconds: 3600 }),
    says: `${SCALER}.behavior.scaleUp.stabilizationWindowSeconds' must be at most 300, got '3600'`,
  },
]);

describe("K8S-15", () => {
  const scaler = (version: string, spec: object) =>
    found("K8S-15", of(`kubernetes:autoscaling/${version}:HorizontalPodAutoscaler`, "s", { spec: { maxReplicas: 4, ...spec } }));

  it("reads older versions of the API", () => {
    expect(scaler("v1", { targetCPUUtilizationPercentage: 200 })).toEqual(["spec.targetCPUUtilizationPercentage: 200"]);
    expect(scaler("v1", { targetCPUUtilizationPercentage: 70 })).toEqual([]);
    const metrics = [{ resource: { name: "cpu", targetAverageUtilization: 100 } }];
    expect(scaler("v2beta1", { metrics })).toEqual(["spec.metrics[0].resource.targetAverageUtilization: 100"]);
  });

  it("accepts other measures than a share, and a short wait", () => {
    const metrics = [
      { type: "Pods", pods: { metric: { name: "requests" }, target: { type: "AverageValue", averageValue: "100" } } },
    ];
    expect(scaler("v2", { metrics, behavior: { scaleUp: { stabilizationWindowSeconds: 30 } } })).toEqual([]);
    expect(scaler("v2", { minReplicas: 3 })).toEqual([]);
  });

  const keda = (spec: object, annotations: object = {}) =>
    found(
      "K8S-15",
      of("kubernetes:keda.sh/v1alpha1:ScaledObject", "s", {
        metadata: { annotations },
        spec: {
          minReplicaCount: 2,
          maxReplicaCount: 4,
          fallback: { failureThreshold: 3, replicas: 2 },
          triggers: [{ type: "prometheus", metadata: { ignoreNullValues: "false" } }],
          ...spec,
        },
      }),
    );

  it("accepts a ScaledObject that grows, with a number for the time in which nobody answers", () => {
    expect(keda({})).toEqual([]);
    expect(keda({ maxReplicaCount: undefined })).toEqual([]);
    // metrics-server knows no fallback.
    expect(
      keda({ fallback: undefined, triggers: [{ type: "cpu", metricType: "Utilization", metadata: { value: "70" } }] }),
    ).toEqual([]);
  });

  it.each<[what: string, spec: object, annotations: object, faults: string[]]>([
    ["adds nothing", { maxReplicaCount: 2 }, {}, ["spec.maxReplicaCount: 2"]],
    [
      "adds nothing where KEDA stops at 100",
      { minReplicaCount: 100, fallback: { replicas: 100 }, maxReplicaCount: undefined },
      {},
      ["spec.maxReplicaCount: nothing"],
    ],
    ["is paused", {}, { "autoscaling.keda.sh/paused": "true" }, ["metadata.annotations.autoscaling.keda.sh/paused: true"]],
    [
      "is paused one way",
      {},
      { "autoscaling.keda.sh/paused-scale-out": "true" },
      ["metadata.annotations.autoscaling.keda.sh/paused-scale-out: true"],
    ],
    ["has no number without an answer", { fallback: undefined }, {}, ["spec.fallback: nothing"]],
    ["falls back to fewer than there always are", { fallback: { replicas: 1 } }, {}, ["spec.fallback.replicas: 1"]],
    ["falls back to none", { minReplicaCount: 0, fallback: { replicas: 0 } }, {}, ["spec.fallback.replicas: 0"]],
    [
      "takes no value for no load",
      { triggers: [{ type: "prometheus", metadata: {} }] },
      {},
      ["spec.triggers[0].metadata.ignoreNullValues: nothing"],
    ],
    [
      "waits until pods are overloaded",
      { triggers: [{ type: "cpu", metricType: "Utilization", metadata: { value: "150" } }] },
      {},
      ["spec.triggers[0].metadata.value: 150"],
    ],
    [
      "waits for an hour",
      { advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp: { stabilizationWindowSeconds: 3_600 } } } } },
      {},
      ["spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.stabilizationWindowSeconds: 3600"],
    ],
  ])("refuses a ScaledObject that %s", (_, spec, annotations, faults) => expect(keda(spec, annotations)).toEqual(faults));

  it("reads the measure of one container", () => {
    const metrics = [{ containerResource: { name: "cpu", container: "server", target: { averageUtilization: 0 } } }];
    expect(scaler("v2", { metrics })).toEqual(["spec.metrics[0].containerResource.target.averageUtilization: 0"]);
  });
});
