import type * as pulumi from "@pulumi/pulumi";
import { fields, optional, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { API } from "../versions.ts";

/** How many servers a model has. During a release both versions count. */
export interface Scaling {
  /** @default 2 */
  minReplicas?: number;

  /** @default 4 */
  maxReplicas?: number;

  /** Average use of the requested CPU that is aimed at, percent. @default 70 */
  targetCpuPercent?: number;
}

export const scaling = fields<Scaling>({
  minReplicas: optional(wholeNumber({ min: 1 })),
  maxReplicas: optional(wholeNumber({ min: 1 })),
  targetCpuPercent: optional(wholeNumber({ min: 10, max: 100 })),
});

export const SCALING_DEFAULTS = { minReplicas: 2, maxReplicas: 4, targetCpuPercent: 70 } as const satisfies Required<Scaling>;

/** @throws {pulumi.ResourceError} when the least is above the most. */
export function checkScaling(scaling: Scaling, on: pulumi.Resource): void {
  const { minReplicas, maxReplicas } = { ...SCALING_DEFAULTS, ...given(scaling) };
  check.that(
    maxReplicas >= minReplicas,
    "scaling.maxReplicas",
    `at least 'scaling.minReplicas' (${minReplicas})`,
    maxReplicas,
    on,
  );
}

/** Scales the Rollout, which divides the number between its versions. Up at once, down slowly: a model takes minutes to load. */
export function autoscalerSpec(name: string, scaling: Scaling, loadSeconds: number) {
  const { minReplicas, maxReplicas, targetCpuPercent } = { ...SCALING_DEFAULTS, ...given(scaling) };
  return {
    scaleTargetRef: { apiVersion: API.rollout, kind: "Rollout", name },
    minReplicas,
    maxReplicas,
    metrics: [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: targetCpuPercent } } },
    ],
    behavior: {
      scaleDown: {
        stabilizationWindowSeconds: Math.min(3_600, Math.max(300, 2 * loadSeconds)),
        policies: [{ type: "Pods", value: 1, periodSeconds: 120 }],
      },
    },
  };
}

/** Nodes are drained one model server at a time; a server that is broken anyway does not hold a drain up. */
export const disruptionSpec = (name: string) => ({
  maxUnavailable: 1,
  unhealthyPodEvictionPolicy: "AlwaysAllow",
  selector: { matchLabels: { app: name } },
});
