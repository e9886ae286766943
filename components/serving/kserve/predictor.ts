import type * as pulumi from "@pulumi/pulumi";
import { type Compute, placementOf } from "../compute.ts";
import { type PodTemplateArgs, podTemplate } from "../pod-template.ts";

/** How many servers there are. KServe's autoscaler follows their CPU. */
export interface KserveScaling {
  /** At least 1: without the mesh of Knative nothing keeps requests to a model without servers. @default 2 */
  minReplicas?: number;
  /** @default 4 */
  maxReplicas?: number;
  /** Average use of the requested CPU that is aimed at, percent. @default 70 */
  targetCpuPercent?: number;
}

const SCALING = { minReplicas: 2, maxReplicas: 4, targetCpuPercent: 70 } as const;

/** The numbers, with the default of each that was not given. */
export const scalingOf = (given: KserveScaling): Required<KserveScaling> => ({ ...SCALING, ...given });

/** Label `app` of the pods: KServe sets it, whatever the predictor says (`constants.GetRawServiceLabel`, v0.20.0). */
export const appOf = (name: string): string => `isvc.${name}-predictor`;

/** Container that KServe takes for the server, by this name. */
const SERVER = "kserve-container";

/**
 * Annotations and labels of the object. `Standard`: a Deployment, a Service and an autoscaler, without Knative. Nothing of it is published
 * outside of the cluster, whatever KServe's own configuration says.
 */
export const METADATA = {
  annotations: { "serving.kserve.io/deploymentMode": "Standard", "serving.kserve.io/autoscalerClass": "hpa" },
  labels: { "networking.kserve.io/visibility": "cluster-local" },
} as const;

/**
 * `spec` of an InferenceService with a predictor of our own containers. It names no `storageUri`: KServe's storage initializer, which
 * verifies nothing, stays out of the pods, and our container fetches the files and compares their digest, as in every pod of ours.
 */
export function inferenceServiceSpec(args: PodTemplateArgs, compute: Compute, scaling: Required<KserveScaling>) {
  const { metadata, spec } = podTemplate(args);
  const { containers, ...pod } = spec;
  const { minReplicas, maxReplicas, targetCpuPercent } = scaling;
  return {
    predictor: {
      minReplicas,
      maxReplicas,
      scaleMetric: "cpu",
      scaleTarget: targetCpuPercent,
      timeout: args.timeoutSeconds,
      // A new version has its servers before an old one goes.
      deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      labels: { version: metadata.labels.version },
      ...pod,
      ...placementOf(appOf(args.name), compute),
      containers: containers.map((container) => ({ ...container, name: SERVER })),
    },
  } satisfies Record<string, pulumi.Input<unknown>>;
}
