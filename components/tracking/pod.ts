import type * as k8s from "@pulumi/kubernetes";
import { hardenedPod } from "../pod-security.ts";

export type Container = k8s.types.input.core.v1.Container;
export type EnvVar = k8s.types.input.core.v1.EnvVar;
export type Volume = k8s.types.input.core.v1.Volume;
export type VolumeMount = k8s.types.input.core.v1.VolumeMount;

/** Namespace, service account, Deployment and Service all go by this name. */
export const NAME = "mlflow";

/** The parts that run as pods. */
export type Part = "server" | "migration" | "collection";

/** Labels of the pods of one part. */
export function labelsOf(part: Part): Record<string, string> {
  return { "app.kubernetes.io/name": NAME, "app.kubernetes.io/component": part };
}

/** The one that MLflow's own chart runs the image as (MLflow repository, `charts/`). */
const USER = 1_000;

/** Of every pod of the tracking server. */
export const podSecurity = hardenedPod(NAME, USER);

/** Python, MLflow and uploads write into the scratch volume. */
export const SCRATCH_ENVIRONMENT = [{ name: "HOME", value: "/tmp" }] satisfies EnvVar[];
