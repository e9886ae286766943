import { SERVICE_PORTS } from "../serving/names.ts";

/**
 * An answer of gRPC is HTTP 200 whatever became of it; its status comes last. Envoy counts answers by status, `envoy_cluster_grpc_13`, which
 * istiod's filter `grpc_stats` makes it do. Here they get the name and the labels of HTTP answers, so that queries, alerts and dashboards
 * measure both protocols as one (docs/decisions/grpc.md, with what was counted for which end of a call).
 */
const STATUS = String.raw`envoy_cluster_grpc_(\d+)`;

/** What HTTP answers are counted as, and what answers of gRPC are counted as here. */
const ANSWERS = "envoy_cluster_upstream_rq";

/**
 * Statuses by whose fault they are (grpc.io, "Status Codes"). UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL and UNAVAILABLE are a
 * server's, and so is DATA_LOSS; a status that there is not is UNKNOWN. All others say that the caller asked for something wrong.
 */
const CLASSES = [
  ["5xx", String.raw`envoy_cluster_grpc_\d+`],
  ["4xx", "envoy_cluster_grpc_(1|3|5|6|7|9|10|11|12|16)"],
  ["2xx", "envoy_cluster_grpc_0"],
] as const;

/** A rule by which Prometheus renames or drops a series that it has scraped. */
export interface Relabeling {
  action?: "drop";
  sourceLabels: string[];
  regex: string;
  targetLabel?: string;
  replacement?: string;
}

/** Statistics of Envoy that are kept for it, after `cluster.<name>;.`. */
export const GRPC_STATISTICS = String.raw`grpc\.\d+`;

/** Names of their series. */
export const GRPC_SERIES = String.raw`envoy_cluster_grpc_\d+`;

/** `metricRelabelings` of what scrapes a gateway. The name comes last: the rules before it look for the old one. */
export const GRPC_RELABELINGS: Relabeling[] = [
  // Of a Service that speaks gRPC, HTTP's class says nothing: 200 for every answer of a server.
  { action: "drop", sourceLabels: ["__name__", "cluster_name"], regex: `${ANSWERS};outbound[|]${SERVICE_PORTS.grpc}[|].*` },
  { sourceLabels: ["__name__"], regex: STATUS, targetLabel: "grpc_response_status", replacement: "$1" },
  ...CLASSES.map(([replacement, regex]) => ({
    sourceLabels: ["__name__"],
    regex,
    targetLabel: "response_code_class",
    replacement,
  })),
  { sourceLabels: ["__name__"], regex: GRPC_SERIES, targetLabel: "__name__", replacement: ANSWERS },
];
