import { oneOf, type Rule } from "../shape.ts";
import { GRPC_STATISTICS } from "./grpc-answers.ts";

/** Time between two scrapes of the gateway, seconds: two of them fit into the shortest window that a release is judged by. */
export const SCRAPE_SECONDS = 15;

/** A model that answers within this time is quick enough, milliseconds. */
export const LATENCY_TARGET_MS = 200;

/**
 * Upper bounds of the gateway's latency histogram, milliseconds. Envoy's own have none at the target (…100, 250…), and a share of
 * requests "within 200 ms" can only be read where a bound stands.
 */
export const LATENCY_BUCKETS_MS: readonly number[] = [
  1,
  5,
  10,
  25,
  50,
  100,
  150,
  LATENCY_TARGET_MS,
  250,
  500,
  1_000,
  2_500,
  5_000,
  10_000,
];

/** A time that the histogram can be asked about. */
export const latencyBound: Rule<number, false> = {
  ...oneOf<number>(...LATENCY_BUCKETS_MS),
  must: `a bound of the gateway's histogram (${LATENCY_BUCKETS_MS.join(", ")})`,
};

/**
 * Counters that Istio leaves out by default: answers by class, by status of gRPC, and time, of every upstream Service. Only classes: Envoy
 * tells each answer a second time by its exact code under the same name, and a sum over both would count everything twice.
 */
const UPSTREAM_STATISTICS = String.raw`cluster\.outbound\|\d+\|\|[^;]+;\.(upstream_rq_([1-5]xx|time)|${GRPC_STATISTICS})`;

/**
 * Pod annotations that make the gateway count what alerts, release analysis and dashboards read
 * (Istio reference, "Resource Annotations" and "ProxyConfig").
 *
 * @param drainSeconds how long a stopping gateway goes on with the requests it has.
 */
export function telemetryAnnotations(drainSeconds: number): Record<string, string> {
  return {
    "proxy.istio.io/config": JSON.stringify({
      proxyStatsMatcher: { inclusionRegexps: [UPSTREAM_STATISTICS] },
      terminationDrainDuration: `${drainSeconds}s`,
    }),
    // The key is the beginning of the statistic's name in Envoy, before tags are taken out of it.
    "sidecar.istio.io/statsHistogramBuckets": JSON.stringify({ cluster: LATENCY_BUCKETS_MS }),
  };
}
