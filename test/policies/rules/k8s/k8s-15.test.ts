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

  it("reads the measure of one container", () => {
    const metrics = [{ containerResource: { name: "cpu", container: "server", target: { averageUtilization: 0 } } }];
    expect(scaler("v2", { metrics })).toEqual(["spec.metrics[0].containerResource.target.averageUtilization: 0"]);
  });
});
