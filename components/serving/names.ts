/**
 * Ports of the Services, by the protocol that they speak. They are parts of the names under which the gateway counts: of what comes by the
 * port of gRPC only the status counts (components/mesh/grpc-answers.ts). 50051 is the port in gRPC's own examples.
 */
export const SERVICE_PORTS = { http: 80, grpc: 50_051 } as const;

/** How callers speak to a model. */
export type Protocol = keyof typeof SERVICE_PORTS;

/** A request with this header reaches the new version from the moment at which it has loaded, whatever its share. */
export const FORCE_HEADER = { route: "force-canary", name: "x-model-version", value: "canary" } as const;

/** Route of a release that copies requests. */
export const MIRROR_ROUTE = "mirror";

/** Containers of a model's pods: the first one fetches the model's files, the second one serves them. */
export const CONTAINERS = { fetch: "fetch", server: "server" } as const;

/** Names of everything that takes part in serving and releasing a model. */
export interface ServingNames {
  /** Of the model, and of its root VirtualService and Rollout. */
  name: string;
  namespace: string;
  /** Delegate VirtualService with the weighted route. */
  split: string;
  /** Route of the root. Filters match routes by name over all of a gateway, so the name says the namespace too. */
  rootRoute: string;
  /** Route of the root for the audience of an A/B test. No name of a namespace has a dot. */
  audienceRoute: string;
  /** The one weighted route of the delegate; see {@link mergedRoute}. */
  primaryRoute: string;
  /** Delegate of gRPC requests, and its weighted route. Absent where the model answers REST alone. */
  grpc?: { split: string; route: string };
  stableService: string;
  canaryService: string;
  /** AnalysisTemplate that aborts a release. */
  watch: string;
  /** AnalysisTemplate that passes once error rate and latency have been measured and were good. */
  gate: string;
  /** AnalysisTemplate that passes once the gateway was seen to serve the wanted share. */
  share: string;
  /** AnalysisTemplate that passes once the new version was seen to predict as the old one does. */
  drift: string;
  /** AnalysisTemplate that passes once the new version was seen to answer the same requests as the old one does. */
  comparison: string;
  /** Program that asks both versions and compares their answers: its Deployment, Service and account. */
  comparer: string;
  /** AnalysisTemplate that passes once users were seen to be counted, before an A/B test. */
  outcomes: string;
  /** AnalysisTemplate that decides an A/B test. */
  verdict: string;
  /** PrometheusRule of what an A/B test compares. */
  recorded: string;
}

export const servingNames = (name: string, namespace: string, { grpc = false }: { grpc?: boolean } = {}): ServingNames => ({
  name,
  namespace,
  split: `${name}-split`,
  rootRoute: `${namespace}-${name}`,
  audienceRoute: `audience.${namespace}-${name}`,
  primaryRoute: "primary",
  ...(grpc && { grpc: { split: `${name}-split-grpc`, route: "grpc" } }),
  stableService: `${name}-stable`,
  canaryService: `${name}-canary`,
  watch: `${name}-watch`,
  gate: `${name}-gate`,
  share: `${name}-share`,
  drift: `${name}-drift`,
  comparison: `${name}-comparison`,
  comparer: `${name}-comparer`,
  outcomes: `${name}-outcomes`,
  verdict: `${name}-verdict`,
  recorded: `${name}-recorded`,
});

/** A weighted route, in a delegate of its own. */
export interface Split {
  protocol: Protocol;
  /** The delegate. */
  virtualService: string;
  route: string;
}

/**
 * The weighted routes of a model, one a protocol. Each has a delegate of its own: Argo Rollouts 1.9.1 sends forced and copied requests to the
 * port of the first weighted route that it finds in a VirtualService.
 */
export const splitsOf = ({ split, primaryRoute, grpc }: ServingNames): Split[] => [
  { protocol: "http", virtualService: split, route: primaryRoute },
  ...(grpc ? [{ protocol: "grpc", virtualService: grpc.split, route: grpc.route } as const] : []),
];

/** What the mesh calls a weighted route once a route of the root and the delegate are merged. */
export const mergedRoute = (rootRoute: string, { route }: Split): string => `${rootRoute}-${route}`;

/** Name of a Service inside the cluster. */
export const serviceHost = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`;
