import { fresh } from "../monitoring/rules/quality.ts";
import { exactly } from "../promql.ts";
import { LOAD_SERIES } from "./load-query.ts";

// What the servers of a new version say of themselves, and what is known of their predictions.

/**
 * Requests that a server of the new version has at a time, running and waiting: the mean of its pods and of the time that is looked back.
 *
 * @param newPods hash of the new version's pods.
 */
export const inFlight = (of: { namespace: string; model: string; newPods: string }, windowSeconds: number): string =>
  `avg(sum by (pod) (avg_over_time(${LOAD_SERIES.inFlight}{namespace="${of.namespace}",app="${of.model}",rollouts_pod_template_hash="${of.newPods}"}[${windowSeconds}s])))`;

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
 * that runs: versions before it, and one that was thrown out yesterday, say nothing of it. A version of which two groups say different
 * things has no accuracy: the larger one would count, whichever is true.
 */
export function accuracyLoss({ namespace, model, version, minLabels }: Labelled): string {
  const of = `namespace="${namespace}", model="${model}"`;
  const running = `label_replace(up{namespace="${namespace}",app="${model}",version!="v${version}"}, "model_version", "$1", "version", "v(.+)")`;
  const accuracy = (ofVersion: string, and = ""): string => {
    const pushed = (series: Parameters<typeof fresh>[0]): string => {
      const groups = fresh(series, of, ofVersion);
      return `(max by (model_version) (${groups}) == min by (model_version) (${groups})${and})`;
    };
    // 97 means 97 % to somebody, and is no share.
    const [quality, labels] = [`(${pushed("mlops_online_quality")} <= 1)`, pushed("mlops_online_quality_samples")];
    return `sum(${quality} * ${labels}) / (sum(${labels} and on (model_version) ${quality}) >= ${minLabels})`;
  };
  const old = accuracy(`model_version!="${version}"`, ` and on (model_version) ${running}`);
  return exactly(`${old} - ${accuracy(`model_version="${version}"`)}`);
}
