/** Port of the Services, part of the name under which the gateway counts their answers. */
export const SERVICE_PORT = 80;

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
  /** The one weighted route of the delegate; see {@link mergedRoute}. */
  primaryRoute: string;
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

export const servingNames = (name: string, namespace: string): ServingNames => ({
  name,
  namespace,
  split: `${name}-split`,
  rootRoute: `${namespace}-${name}`,
  primaryRoute: "primary",
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

/** What the mesh calls the weighted route once root and delegate are merged. */
export const mergedRoute = ({ rootRoute, primaryRoute }: Pick<ServingNames, "rootRoute" | "primaryRoute">): string =>
  `${rootRoute}-${primaryRoute}`;

/** Name of a Service inside the cluster. */
export const serviceHost = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`;
