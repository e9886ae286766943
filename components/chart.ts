import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { LABELS } from "./labels.ts";
import { CHARTS, type ChartPin } from "./versions.ts";

export type PinnedChart = keyof typeof CHARTS;

/** What a release is besides its chart. */
export interface ReleaseOf {
  /** Name of the release; the names of its objects follow from it. */
  name: string;
  namespace: pulumi.Input<string>;
  /** Values of the chart that differ from its defaults. */
  values: Record<string, unknown>;
}

/** Name of a chart as its Chart.yaml has it, of any reference to it: `oci://<registry>/<name>`, `<folder>/<name>-<version>.tgz`. */
export const chartName = (reference: string): string =>
  reference
    .split("/")
    .at(-1)!
    .replace(/-v?\d+\.\d+\.\d+[\w.+-]*\.tgz$/, "");

/** The pin of a chart of this name, wherever it is taken from; `undefined` for one that is not pinned. */
export const pinnedAs = (reference: unknown): PinnedChart | undefined =>
  typeof reference === "string"
    ? (Object.keys(CHARTS) as PinnedChart[]).find((pin) => chartName(CHARTS[pin].chart) === chartName(reference))
    : undefined;

/** Name of the archive of a chart, as Helm gives it. */
export const archiveOf = ({ name, version }: { name: string; version: string }): string => `${name}-${version}.tgz`;

/** What a release names to take a chart from a mirror: the chart in a registry, or its archive in a folder. */
export const chartPath = (charts: string, chart: { name: string; version: string }): string =>
  charts.startsWith("oci://") ? `${charts}/${chart.name}` : `./${charts}/${archiveOf(chart)}`;

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
