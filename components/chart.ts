import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { LABELS } from "./labels.ts";
import type { ChartPin } from "./versions.ts";

/** What a release is besides its chart. */
export interface ReleaseOf {
  /** Name of the release; the names of its objects follow from it. */
  name: string;
  namespace: pulumi.Input<string>;
  /** Values of the chart that differ from its defaults. */
  values: Record<string, unknown>;
}

/** Arguments of a `helm.v3.Release` of a pinned chart. */
export function releaseOf({ chart, version, repository }: ChartPin, release: ReleaseOf): k8s.helm.v3.ReleaseArgs {
  return {
    ...release,
    chart,
    version,
    ...(repository !== undefined && { repositoryOpts: { repo: repository } }),
    // A release that does not become ready is taken back, so that the next `up` starts from what worked.
    atomic: true,
    // A `null` takes a default of the chart away: Helm merges maps, and a limit that the chart sets would stay.
    allowNullValues: true,
  };
}

/**
 * Arguments of the namespace of a chart, with the Pod Security Standard that the API server enforces in it (Kubernetes
 * documentation, "Pod Security Standards"); beyond that its pods are as the chart's authors made them.
 */
export function namespaceOf(name: string, standard: "privileged" | "baseline" | "restricted"): k8s.core.v1.NamespaceArgs {
  return { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": standard, [LABELS.filledBy]: "chart" } } };
}
