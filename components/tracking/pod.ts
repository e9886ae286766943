import type * as k8s from "@pulumi/kubernetes";

export type Container = k8s.types.input.core.v1.Container;
export type EnvVar = k8s.types.input.core.v1.EnvVar;
export type PodSpec = k8s.types.input.core.v1.PodSpec;
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

/** What every pod of the tracking server is held to: the Pod Security Standard "restricted", and no way to the Kubernetes API. */
export const podSecurity = {
  serviceAccountName: NAME,
  // EKS Pod Identity mounts a token of its own.
  automountServiceAccountToken: false,
  // For a Service called `mlflow` the links would set MLFLOW_PORT to an address, which MLflow reads as its port.
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: "RuntimeDefault" },
  },
} satisfies Omit<PodSpec, "containers">;

export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies Container["securityContext"];

/** The root file system is read only; Python, MLflow and uploads write here. */
export function scratchVolume(sizeLimit: string): Volume {
  return { name: "scratch", emptyDir: { sizeLimit } };
}
export const scratchMount: VolumeMount = { name: "scratch", mountPath: "/tmp" };
export const scratchEnvironment = [{ name: "HOME", value: "/tmp" }] satisfies EnvVar[];
