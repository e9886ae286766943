import { exactly } from "../promql.ts";

// What the servers of a new version say of themselves, and what is known of their predictions.

/**
 * Requests that a server of the new version has at a time, running and waiting: the mean of its pods and of the time that is looked back.
 *
 * @param newPods hash of the new version's pods.
 */
export const inFlight = (of: { namespace: string; model: string; newPods: string }, windowSeconds: number): string =>
  `avg(sum by (pod) (avg_over_time(model_requests_in_flight{namespace="${of.namespace}",app="${of.model}",rollouts_pod_template_hash="${of.newPods}"}[${windowSeconds}s])))`;

/** Two versions whose predictions have been labelled. */
export interface Labelled {
  namespace: string;
  model: string;
  /** The new version. */
  version: string;
  /** Labelled predictions of each version without which there is no value. */
  minLabels: number;
}

/**
 * How much less often than the old version the new one is right, of the predictions that have been labelled. The old version is the one
 * that runs: versions before it, and one that was thrown out yesterday, say nothing of it. The push gateway shows some series twice
 * while it is replaced.
 */
export function accuracyLoss({ namespace, model, version, minLabels }: Labelled): string {
  const of = `namespace="${namespace}",model="${model}"`;
  const running = `label_replace(up{namespace="${namespace}",app="${model}",version!="v${version}"}, "model_version", "$1", "version", "v(.+)")`;
  const pushed = (series: string, ofVersion: string): string =>
    `max by (model_version) (${series}{${of},${ofVersion},metric="accuracy"})`;
  const accuracy = (ofVersion: string, and = ""): string => {
    const labels = `(${pushed("mlops_online_quality_samples", ofVersion)}${and})`;
    return `sum(${pushed("mlops_online_quality", ofVersion)} * ${labels}) / (sum(${labels}) >= ${minLabels})`;
  };
  const old = accuracy(`model_version!="${version}"`, ` and on (model_version) ${running}`);
  return exactly(`${old} - ${accuracy(`model_version="${version}"`)}`);
}
