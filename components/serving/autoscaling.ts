import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { byKind, closed, number, optional, type Rule, type Shape, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { API } from "../versions.ts";
import { LOAD_SERIES, type LoadOf, load } from "./load-query.ts";
import { analysisOf } from "./measured.ts";
import { type Runtime, says } from "./runtimes/runtime.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** How many servers a model has, and by what. During a release both versions count. */
export type Scaling = Servers & Measure;

interface Servers {
  /** At least 1: nothing keeps requests to a model without servers, and nothing would wake it. @default 2 */
  minReplicas?: number;

  /** @default 4 */
  maxReplicas?: number;
}

/** What the number of servers follows. Everything but CPU is asked of Prometheus by KEDA, which has to be there (`Keda`). */
export type Measure = ByCpu | ByLoad<"inFlight"> | ByLoad<"requests">;

interface ByCpu {
  /** @default "cpu" */
  by?: "cpu";

  /** Average use of the requested CPU that is aimed at, percent. @default 70 */
  targetCpuPercent?: number;
}

/** For servers whose CPU says nothing of their load: on GPUs, or waiting for others. */
interface ByLoad<B extends "inFlight" | "requests"> {
  /** `inFlight`: requests that run or wait in a server. `requests`: requests that it answers in a second. */
  by: B;

  /** As much of it as one server is meant to have, on average; measure it with one server under load. */
  targetPerServer: number;
}

const LEAST: Rule<number, true> = {
  ...optional(wholeNumber({ min: 1 })),
  must: "a whole number of at least 1: requests to a model without servers fail, and wake none",
};
const SERVERS: Shape<Servers> = { minReplicas: LEAST, maxReplicas: optional(wholeNumber({ min: 1 })) };
const CPU = { targetCpuPercent: optional(wholeNumber({ min: 10, max: 100 })) };
const LOAD = { targetPerServer: number({ min: 0.01, max: 100_000 }) };

/** Closed: a target of another measure would change nothing, and look as if it did. */
export const scaling = closed(
  byKind<Scaling, "by">(
    "by",
    { cpu: { ...SERVERS, ...CPU }, inFlight: { ...SERVERS, ...LOAD }, requests: { ...SERVERS, ...LOAD } },
    "cpu",
  ),
);

/** Closed, as {@link scaling} is, without the numbers of servers. */
export const measure = closed(byKind<Measure, "by">("by", { cpu: CPU, inFlight: LOAD, requests: LOAD }, "cpu"));

/** Whether the number of servers follows something that KEDA asks Prometheus for. */
export const isByLoad = (measure: Measure): measure is ByLoad<"inFlight"> | ByLoad<"requests"> =>
  measure.by === "inFlight" || measure.by === "requests";

const DEFAULTS = { minReplicas: 2, maxReplicas: 4 } as const satisfies Required<Servers>;
const TARGET_CPU_PERCENT = 70;

/** @throws {pulumi.ResourceError} when the least is above the most. */
export function checkBounds({ minReplicas, maxReplicas }: Required<Servers>, on: pulumi.Resource): void {
  check.that(
    maxReplicas >= minReplicas,
    "scaling.maxReplicas",
    `at least 'scaling.minReplicas' (${minReplicas})`,
    maxReplicas,
    on,
  );
}

/**
 * @throws {pulumi.ResourceError} when the least is above the most, the servers do not say what is aimed at, or a release would be thrown
 * out with as many requests as are aimed at.
 */
export function checkScaling(scaling: Scaling, runtime: Runtime, strategy: Strategy, on: pulumi.Resource): void {
  checkBounds({ ...DEFAULTS, ...given(scaling) }, on);
  if (!isByLoad(scaling)) {
    return;
  }
  check.that(
    says(runtime, LOAD_SERIES[scaling.by]),
    "scaling.by",
    `another measure where the runtime is '${runtime.kind}': its servers do not say ${LOAD_SERIES[scaling.by]}`,
    scaling.by,
    on,
  );
  const [path, { maxInFlight = Infinity } = {}] = analysisOf(strategy);
  check.that(
    scaling.by !== "inFlight" || maxInFlight > scaling.targetPerServer,
    `${path}.maxInFlight`,
    `more than 'scaling.targetPerServer' (${scaling.targetPerServer}), which servers have without being saturated`,
    maxInFlight,
    on,
  );
}

/** What an autoscaler is made from. */
interface ScalerArgs extends LoadOf {
  scaling: Scaling;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
  prometheusUrl: pulumi.Input<string>;
}

/** Scales the Rollout, which divides the number between its versions. */
export function declareAutoscaler(args: ScalerArgs, opts: pulumi.CustomResourceOptions): void {
  const { model: name, namespace, scaling } = args;
  const resource = `${name}-autoscaler`;
  const metadata = { name, namespace };
  if (isByLoad(scaling)) {
    const spec = scaledObjectSpec(scaling, args);
    new k8s.apiextensions.CustomResource(resource, { apiVersion: API.scaledObject, kind: "ScaledObject", metadata, spec }, opts);
  } else {
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(resource, { metadata, spec: autoscalerSpec(scaling, args) }, opts);
  }
}

function autoscalerSpec(scaling: Servers & ByCpu, { model, loadSeconds }: ScalerArgs) {
  const { minReplicas, maxReplicas, targetCpuPercent } = {
    ...DEFAULTS,
    targetCpuPercent: TARGET_CPU_PERCENT,
    ...given(scaling),
  };
  return {
    scaleTargetRef: rollout(model),
    minReplicas,
    maxReplicas,
    metrics: [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: targetCpuPercent } } },
    ],
    behavior: behavior(loadSeconds),
  };
}

/** KEDA makes an autoscaler of it, `keda-hpa-<name>`. */
function scaledObjectSpec(
  { by, targetPerServer, ...servers }: Servers & (ByLoad<"inFlight"> | ByLoad<"requests">),
  { prometheusUrl, loadSeconds, ...of }: ScalerArgs,
) {
  const { minReplicas, maxReplicas } = { ...DEFAULTS, ...given(servers) };
  return {
    scaleTargetRef: rollout(of.model),
    minReplicaCount: minReplicas,
    maxReplicaCount: maxReplicas,
    // While Prometheus does not answer, the servers that were needed last stay.
    fallback: { failureThreshold: 3, replicas: minReplicas, behavior: "currentReplicasIfHigher" },
    advanced: { horizontalPodAutoscalerConfig: { behavior: behavior(loadSeconds) } },
    triggers: [
      {
        type: "prometheus",
        metricType: "AverageValue",
        metadata: {
          serverAddress: prometheusUrl,
          query: load(by, of),
          threshold: String(targetPerServer),
          // No value is a failure, and not a load of 0.
          ignoreNullValues: "false",
        },
      },
    ],
  };
}

const rollout = (name: string) => ({ apiVersion: API.rollout, kind: "Rollout", name });

/** Up at once, down slowly: a model takes minutes to load. */
const behavior = (loadSeconds: number) => ({
  scaleDown: {
    stabilizationWindowSeconds: Math.min(3_600, Math.max(300, 2 * loadSeconds)),
    policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
  },
});
