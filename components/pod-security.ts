import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/**
 * Every Millrace pod meets the Pod Security Standard "restricted" and cannot call the Kubernetes API.
 *
 * @param serviceAccountName service account of the pod; EKS Pod Identity mounts a token of its own
 * @param user number of the user and the group that the image runs as
 */
export function hardenedPod(serviceAccountName: pulumi.Input<string>, user: number) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    // Else each Service of the namespace becomes variables: a Service `mlflow` sets MLFLOW_PORT, which MLflow reads as its port.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
  } satisfies Omit<PodSpec, "containers">;
}

/** Security context of every Millrace container, which can write only to volumes. */
export const HARDENED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} satisfies Container["securityContext"];

/** `/tmp`, because the root file system is read only. @param sizeLimit most that it holds. @default - the node's own limit */
export function scratchVolume(sizeLimit?: string) {
  return { name: "scratch", emptyDir: { ...(sizeLimit !== undefined && { sizeLimit }) } };
}
export const SCRATCH_MOUNT = { name: "scratch", mountPath: "/tmp" };
