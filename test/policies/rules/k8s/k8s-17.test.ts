import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const LIMITS = "workloads-prod/risk-models-limits: 'spec.limits[0]";

describeRule("K8S-17", [
  {
    layer: "workloads",
    resource: "risk-models-limits",
    what: "a bound that refuses the models of the namespace",
    change: ({ spec }) => (spec.limits[0].max = { memory: "768Mi" }),
    says: `${LIMITS}.max.memory' must be at least what a container of 'fraud' asks for, got '768Mi'`,
    unknown: "spec.limits",
  },
  {
    layer: "workloads",
    resource: "risk-models-limits",
    what: "a least request above that of a model",
    change: ({ spec }) => Object.assign(spec.limits[0], { min: { cpu: 8 }, defaultRequest: { cpu: 8 } }),
    says: `${LIMITS}.min.cpu' must be at most what a container of 'fraud' asks for, got '8'`,
  },
  {
    layer: "workloads",
    resource: "risk-jobs-limits",
    what: "a default limit below the default request",
    change: ({ spec }) => (spec.limits[0].default = { memory: "64Mi" }),
    says: "workloads-prod/risk-jobs-limits: 'spec.limits[0].default.memory' must be at least defaultRequest, 128Mi, got '64Mi'",
  },
]);

describe("K8S-17", () => {
  const range = (limit: object) =>
    of("kubernetes:core/v1:LimitRange", "l", {
      metadata: { namespace: "a" },
      spec: { limits: [{ type: "Container", ...limit }] },
    });
  const job = (resources: object, namespace = "a") =>
    of("kubernetes:batch/v1:Job", "j", {
      metadata: { name: "j", namespace },
      spec: { template: { spec: { containers: [{ resources }] } } },
    });

  it("accepts bounds around what pods ask for, in other units, and pods of other namespaces", () => {
    const resources = { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } };
    const limit = { min: { cpu: 0.1 }, max: { cpu: "4", memory: "2048Mi" } };
    expect(found("K8S-17", [range(limit), job(resources)])).toEqual([]);
    expect(found("K8S-17", [range({ max: { memory: "1Mi" } }), job(resources, "b")])).toEqual([]);
    expect(found("K8S-17", [range({ max: { memory: "1Mi" }, type: "PersistentVolumeClaim" }), job(resources)])).toEqual([]);
  });

  it("refuses a default limit below the request of a pod that names no limit", () => {
    const pods = job({ requests: { memory: "1Gi" } });
    expect(found("K8S-17", [range({ default: { memory: "512Mi" } }), pods])).toEqual(["spec.limits[0].default.memory: 512Mi"]);
    expect(found("K8S-17", [range({ default: { memory: "1Gi" } }), pods])).toEqual([]);
  });
});
