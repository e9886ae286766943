import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { release } from "./samples.ts";

describeRule("CAN-13", [
  {
    ...release,
    what: "a model of no pods",
    change: ({ spec }) => {
      spec.replicas = "0";
    },
    says: "workloads-prod/fraud-rollout: 'spec.replicas' must be at least 1, or left out, got '0'",
    unknown: "spec.replicas",
  },
  {
    ...release,
    what: "pods of a Deployment that nobody made",
    change: ({ spec }) => {
      spec.workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "fraud" };
      delete spec.template;
    },
    says: "workloads-prod/fraud-rollout: 'spec.workloadRef.name' must be a Deployment of this stack, got 'fraud'",
  },
]);

const metadata = (name: string, namespace = "a") => ({ name, namespace });
const scaler = (name: string, target: string, type = "autoscaling/v2:HorizontalPodAutoscaler", namespace = "a") =>
  of(`kubernetes:${type}`, name, {
    metadata: metadata(name, namespace),
    spec: { scaleTargetRef: { name: target, ...(type.startsWith("keda") ? {} : { kind: "Deployment" }) } },
  });
const rollout = (spec: object) => of("kubernetes:argoproj.io/v1alpha1:Rollout", "r", { metadata: metadata("r"), spec });
const deployment = of("kubernetes:apps/v1:Deployment", "d", { metadata: metadata("d"), spec: {} });

describe("CAN-13", () => {
  it("accepts one scaler of each target", () => {
    expect(found("CAN-13", [scaler("one", "web"), scaler("two", "api"), scaler("three", "web", undefined, "b")])).toEqual([]);
  });

  it.each(["autoscaling/v1:HorizontalPodAutoscaler", "keda.sh/v1alpha1:ScaledObject"])("refuses a second one of %s", (type) =>
    expect(found("CAN-13", [scaler("one", "web"), scaler("two", "web", type)])).toEqual(
      Array(2).fill("spec.scaleTargetRef.name: 2 scalers of the Deployment a/web"),
    ),
  );

  const ofModel = (spec: object, annotations: object = {}, type = "keda.sh/v1alpha1:ScaledObject") =>
    of(`kubernetes:${type}`, "s", {
      metadata: { ...metadata("s"), annotations },
      spec: { scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "r" }, ...spec },
    });
  const PAUSED_AT = "autoscaling.keda.sh/paused-replicas";

  it("keeps a server of each model, which nothing else would wake", () => {
    const zero = (scaler: ReturnType<typeof ofModel>) => found("CAN-13", [scaler]);
    expect(zero(ofModel({ minReplicaCount: 2 }, { [PAUSED_AT]: "2" }))).toEqual([]);
    expect(zero(ofModel({}))).toEqual(["spec.minReplicaCount: 0"]);
    expect(zero(ofModel({ minReplicaCount: 0 }))).toEqual(["spec.minReplicaCount: 0"]);
    expect(zero(ofModel({ minReplicaCount: 2, idleReplicaCount: 0 }))).toEqual(["spec.idleReplicaCount: 0"]);
    expect(zero(ofModel({ minReplicaCount: 2 }, { [PAUSED_AT]: "0" }))).toEqual([`metadata.annotations.${PAUSED_AT}: 0`]);
    expect(zero(ofModel({ minReplicas: 0 }, {}, "autoscaling/v2:HorizontalPodAutoscaler"))).toEqual(["spec.minReplicas: 0"]);
    expect(zero(ofModel({}, {}, "autoscaling/v2:HorizontalPodAutoscaler"))).toEqual([]);
  });

  it("lets a consumer of a queue stand still", () => {
    expect(found("CAN-13", [ofModel({ scaleTargetRef: { name: "consumer" } })])).toEqual([]);
  });

  it("accepts pods of a Deployment of the stack, and refuses none at all", () => {
    expect(found("CAN-13", [rollout({ workloadRef: { kind: "Deployment", name: "d" } }), deployment])).toEqual([]);
    expect(found("CAN-13", [rollout({ template: {} })])).toEqual([]);
    expect(found("CAN-13", [rollout({})])).toEqual(["spec.template: nothing"]);
  });
});
