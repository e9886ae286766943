import type * as k8s from "@pulumi/kubernetes";
import { hardenedPod } from "../pod-security.ts";

export type Container = k8s.types.input.core.v1.Container;
export type EnvVar = k8s.types.input.core.v1.EnvVar;
export type Volume = k8s.types.input.core.v1.Volume;
export type VolumeMount = k8s.types.input.core.v1.VolumeMount;

/** Namespace, Deployment, Service and the server's service account go by this name. */
export const NAME = "feast";

/** Service account of the jobs, which alone reach the rows and may write. */
export const JOBS = "feast-jobs";

/** The parts that run as pods. */
export type Part = "server" | "apply" | "materialization";

/** Labels of the pods of one part. */
export function labelsOf(part: Part): Record<string, string> {
  return { "app.kubernetes.io/name": NAME, "app.kubernetes.io/component": part };
}

/** The one that the image has (images/feature-server/Dockerfile). */
const USER = 1_000;

export const SERVER_POD = hardenedPod(NAME, USER);
export const JOBS_POD = hardenedPod(JOBS, USER);

/** Feature server image and its digest: `…/feature-server@sha256:…`, with a tag or without. */
export const IMAGE = /^\S+@sha256:([0-9a-f]{64})$/;

/** Port of requests, and of metrics (images/feature-server). */
export const PORT = 6_566;
export const METRICS_PORT = 8_000;

/** Python writes into the scratch volume; Feast takes its settings from the file, and sends nothing to its authors. */
export const ENVIRONMENT = [
  { name: "HOME", value: "/tmp" },
  { name: "FEAST_FS_YAML_FILE_PATH", value: "/etc/feast/settings/feature_store.yaml" },
  { name: "FEAST_USAGE", value: "False" },
] satisfies EnvVar[];
