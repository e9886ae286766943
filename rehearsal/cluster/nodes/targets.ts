import type { Json } from "../controlplane/kube.ts";
import { writeWhole } from "../whole-file.ts";

/** A pod that tells metrics. */
export interface MetricsTarget {
  pod: Json;
  ip: string;
  port: number;
  path: string;
}

/**
 * Writes the pods that Prometheus scrapes, in the form of its `file_sd_configs`. The labels are those that its discovery in
 * Kubernetes would give; a build without that discovery needs no more than this file.
 */
export function writeTargets(file: string, targets: readonly MetricsTarget[]): void {
  const entries = targets.map(({ pod, ip, port, path }) => ({
    targets: [`${ip}:${port}`],
    labels: {
      __metrics_path__: path,
      namespace: pod.metadata.namespace,
      pod: pod.metadata.name,
      pod_template_hash: pod.metadata.labels?.["rollouts-pod-template-hash"] ?? "",
    },
  }));
  writeWhole(file, entries);
}
