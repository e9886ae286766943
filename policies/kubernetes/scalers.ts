import { type Bag, bag, text } from "../read.ts";
import type { Resource } from "../resource.ts";
import { nameOf, namespaceOf } from "./objects.ts";

/** Pulumi's types of what sets a number of pods. */
export const AUTOSCALERS = ["v1", "v2", "v2beta1", "v2beta2"].map(
  (version) => `kubernetes:autoscaling/${version}:HorizontalPodAutoscaler`,
);
/** KEDA makes a HorizontalPodAutoscaler of it. */
export const SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject";
export const SCALERS = [...AUTOSCALERS, SCALED_OBJECT];

/** Where a scaler says how many pods there are, below `spec`, and what holds where it does not. */
export interface Bounds {
  least: string;
  /** Kubernetes' own default is 1, KEDA's 0. */
  leastDefault: number;
  most: string;
  /** KEDA has a default, Kubernetes wants a number. */
  mostDefault?: number;
}

const OF_KUBERNETES: Bounds = { least: "minReplicas", leastDefault: 1, most: "maxReplicas" };
const OF_KEDA: Bounds = { least: "minReplicaCount", leastDefault: 0, most: "maxReplicaCount", mostDefault: 100 };

export const boundsOf = ({ type }: Resource): Bounds => (type === SCALED_OBJECT ? OF_KEDA : OF_KUBERNETES);

/** How fast a scaler adds and removes pods, and the path of that. */
export const behaviorOf = ({ type, inputs }: Resource): { path: string; behavior: Bag } => {
  const path = type === SCALED_OBJECT ? ["spec", "advanced", "horizontalPodAutoscalerConfig", "behavior"] : ["spec", "behavior"];
  return { path: path.join("."), behavior: bag(inputs, ...path) };
};

/** Whether a scaler sets the number of pods of a workload. */
export const scales = (scaler: Resource, workload: Resource): boolean =>
  namespaceOf(workload) === namespaceOf(scaler) &&
  nameOf(workload) === text(scaler.inputs, "spec", "scaleTargetRef", "name") &&
  workload.type.endsWith(`:${text(scaler.inputs, "spec", "scaleTargetRef", "kind") ?? "Deployment"}`);
