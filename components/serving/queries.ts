import { exactly } from "../promql.ts";
import { SERVICE_PORTS } from "./names.ts";

/**
 * What the gateway counted, in PromQL. `envoy_cluster_upstream_rq` has these labels on a gateway that Istio configures; each answer is
 * counted by class and again by code, so that without a selection on the class everything counts twice. Answers of gRPC have the class of
 * their status (components/mesh/grpc-answers.ts).
 * Every query yields nothing when fewer answers than `minRequests` fell into the window: no verdict on noise.
 * A share that lies at its limit is the very number that the limit means: a version at its limit is good.
 */
export interface Window {
  windowSeconds: number;
  minRequests: number;
}

/** Share of 5xx answers of a Service. */
export function errorShare(host: string, { windowSeconds, minRequests }: Window): string {
  const failed = orZero(answers(host, windowSeconds, '="5xx"'));
  return exactly(`${failed} / (${answers(host, windowSeconds)} >= ${minRequests})`);
}

/** Share of answers of a Service that took longer than a bound of the gateway's histogram. */
export function slowShare(host: string, latencyTargetMs: number, { windowSeconds, minRequests }: Window): string {
  // A bound is written `200` by one exposition format and `200.0` by the other.
  const quick = durations(host, windowSeconds, `le=~"${latencyTargetMs}(\\\\.0)?"`);
  return exactly(`1 - ${quick} / (${durations(host, windowSeconds, ALL_DURATIONS)} >= ${minRequests})`);
}

/** What a share of bad answers is judged by. */
export interface Judged {
  /** Host of the version that is judged, and of the old one. */
  host: string;
  oldHost: string;
  /** Largest share of a good version; a number, or an argument of a template that stands for one. */
  max: number | string;
  /** How many times the old version's share it must be as well. */
  timesOld: number;
}

/** {@link errorShare}, where it says something of the version. */
export const judgedErrors = (of: Judged, window: Window): string =>
  unlessChance((host) => errorShare(host, window), answers(of.host, window.windowSeconds), of);

/** {@link slowShare}, where it says something of the version. */
export const judgedSlow = (of: Judged, latencyTargetMs: number, window: Window): string =>
  unlessChance((host) => slowShare(host, latencyTargetMs, window), durations(of.host, window.windowSeconds, ALL_DURATIONS), of);

/** Standard errors that a share may lie above its limit by chance: a measurement looks there once in 30,000 times, and a release has hundreds. */
const SIGMAS = 4;
/** A binomial is steeper on its lower side: (z² − 1) / 6 of the first term of Cornish and Fisher. */
const SKEW = (SIGMAS ** 2 - 1) / 6;

/** Largest share of so many answers that chance makes of a version at its limit; see {@link judgedErrors}. */
export const byChance = (max: number, answers: number): number =>
  max + SIGMAS * Math.sqrt((max * (1 - max)) / answers) + (SKEW * (1 - 2 * max)) / answers;

/**
 * A share, and nothing while it lies above its limit in a way that says nothing of the version. Chance may do it ({@link byChance}): of 100
 * answers of a version that is slow in 2 % of them, 6 are slow now and then. So may what both versions ask or run on, where the old one's
 * share in the same window is as large. Where the old version answered too little to say, chance alone counts.
 */
function unlessChance(shareOf: (host: string) => string, all: string, { host, oldHost, max, timesOld }: Judged): string {
  const [share, old] = [shareOf(host), shareOf(oldHost)];
  const chance = `${max} + ${SIGMAS} * sqrt(${max} * (1 - ${max}) / ${all}) + ${SKEW} * (1 - 2 * ${max}) / ${all}`;
  const bound = timesOld === 0 ? chance : `(${timesOld} * ${old} > ${chance} or ${chance})`;
  return `${share}${UNLESS}(${share} > ${max} <= ${bound})`;
}

/** The share alone that a query of this kind answers with: whatever chance explains, and as it is of any version. */
export const shareAlone = (query: string): string => query.split(UNLESS)[0] as string;

const UNLESS = " unless ";

/** Share of the answers of both Services that came from the first. */
export function servedShare(canaryHost: string, stableHost: string, { windowSeconds, minRequests }: Window): string {
  const canary = orZero(answers(canaryHost, windowSeconds));
  const stable = orZero(answers(stableHost, windowSeconds));
  return exactly(`${canary} / ((${canary} + ${stable}) >= ${minRequests})`);
}

/** Smallest share of a bin that a stability index tells from none. */
const LEAST_SHARE = 0.005;

/** Predictions that are compared, by the pods that made them. */
export interface Compared {
  namespace: string;
  model: string;
  /** Hash of the pods of the new version. */
  newPods: string;
}

/**
 * Population stability index of the new version's predictions against those of all other pods of the model, in the bins that the server
 * counts: the sum of (p − q) · ln(p / q), of the output where it is largest. A bin with less than 1 in 200 counts as
 * that: of a few predictions in a bin that the other version does not use, the logarithm would make a drift.
 */
export function predictionDrift(
  { namespace, model, newPods }: Compared,
  { windowSeconds, minPredictions }: { windowSeconds: number; minPredictions: number },
): string {
  const counted = (pods: string): string =>
    growth(
      `model_prediction_bins_total{namespace="${namespace}",app="${model}",rollouts_pod_template_hash${pods}}[${windowSeconds}s]`,
    );
  const share = (pods: string): string =>
    `clamp_min(sum by (output, bin) (${counted(pods)}) / on (output) group_left () (sum by (output) (${counted(pods)}) >= ${minPredictions}), ${LEAST_SHARE})`;
  const [p, q] = [share(`="${newPods}"`), share(`!="${newPods}"`)];
  return exactly(`max(sum by (output) ((${p} - ${q}) * ln(${p} / ${q})))`);
}

/** Answers that two versions gave to the same requests, as the comparer counts them. */
export interface Answered {
  namespace: string;
  comparer: string;
  /** The new version. */
  version: string;
  windowSeconds: number;
  /** Compared answers without which there is no value. */
  minAnswers: number;
}

/** Share of the requests that the new version failed, and the old one did not. */
export const failedShare = (of: Answered): string => shareOfOutcomes(of, "new_failed", "same|different|new_failed");

/** Share of the answers that differ, of those that both versions gave. */
export const differentShare = (of: Answered): string => shareOfOutcomes(of, "different", "same|different");

/** How many times as long as the old version's the answers of the new one took, at the 99th percentile. */
export function slowdown(of: Answered): string {
  const slowest = (side: string): string =>
    `histogram_quantile(0.99, sum by (le) (${growth(`shadow_answer_seconds_bucket{${comparedBy(of)},side="${side}"}[${of.windowSeconds}s]`)}))`;
  const enough = `${outcomes(of, "same|different")} >= ${of.minAnswers}`;
  return exactly(`${slowest("new")} / ${slowest("old")} and on() (${enough})`);
}

const shareOfOutcomes = (of: Answered, some: string, all: string): string =>
  exactly(`${outcomes(of, some)} / (${outcomes(of, all)} >= ${of.minAnswers})`);

const outcomes = (of: Answered, some: string): string =>
  sumOf(`shadow_answers_total{${comparedBy(of)},outcome=~"${some}"}[${of.windowSeconds}s]`);

const comparedBy = ({ namespace, comparer, version }: Answered): string =>
  `namespace="${namespace}",app="${comparer}",new_version="${version}"`;

const answers = (host: string, window: number, codeClass = '!=""'): string =>
  sumOf(`envoy_cluster_upstream_rq{${cluster(host)},response_code_class${codeClass}}[${window}s]`);

const ALL_DURATIONS = 'le="+Inf"';

const durations = (host: string, window: number, bound: string): string =>
  sumOf(`envoy_cluster_upstream_rq_time_bucket{${cluster(host)},${bound}}[${window}s]`);

const sumOf = (counters: string): string => `sum(${growth(counters)})`;

/**
 * By how much counters grew. `increase` stretches one that begins near zero less than its neighbours, so that a share of two such is wrong: the
 * version after one that was nearly always slow looked up to a fifth slower than it was. `delta` stretches all alike; a counter that began
 * anew in the window counts as nothing, above and below.
 */
const growth = (counters: string): string => `clamp_min(delta(${counters}), 0)`;

/** The names under which Istio makes the clusters of a Service, one a port: a version is measured over both protocols together. */
const cluster = (host: string): string => `cluster_name=~"outbound[|](${Object.values(SERVICE_PORTS).join("|")})[|][|]${host}"`;

/** The series of a code class does not exist before its first answer. */
const orZero = (vector: string): string => `(${vector} or on() vector(0))`;
