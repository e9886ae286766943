import type * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL } from "../naming.ts";
import { check } from "../validation.ts";

/** Where users find a model. */
export interface Exposure {
  /** Host under which it answers. */
  host: string;

  /** Ingress gateway of the mesh. */
  gateway: Gateway;

  /** Prefix of the paths that reach it. @default "/invocations" */
  path?: string;

  /** Longest time that a request may take, seconds. @default 10 */
  timeoutSeconds?: number;

  /** Header that names the user: whoever was served by the new version stays with it. @default - each request is drawn anew */
  stickyHeader?: string;
}

export interface Gateway {
  namespace: string;
  name: string;
  /** Labels of its pods. */
  selector: Record<string, string>;
}

export const EXPOSURE_DEFAULTS = { path: "/invocations", timeoutSeconds: 10 } as const;

/** Port of the Services, part of the name under which the gateway counts their answers. */
export const SERVICE_PORT = 80;

/** A request with this header reaches the new version from the moment at which it has loaded, whatever its share. */
export const FORCE_HEADER = { route: "force-canary", name: "x-model-version", value: "canary" } as const;

/** Name of the one weighted route. The mesh calls it `<route of the root>-<route of the delegate>` once they are merged. */
const PRIMARY = "primary";

/** @throws {pulumi.ResourceError} when a host, path, header or time-out is not one. */
export function checkExposure({ host, path, timeoutSeconds, stickyHeader }: Exposure, on: pulumi.Resource): void {
  check.that(
    host.length <= 253 && host.split(".").every((label) => DNS_LABEL.test(label)),
    "exposure.host",
    "a DNS name in lower case",
    host,
    on,
  );
  check.matches("exposure.path", path, /^\/[\w./-]*$/, "an absolute path", on);
  check.wholeNumber("exposure.timeoutSeconds", timeoutSeconds, { min: 1, max: 300 }, on);
  check.matches("exposure.stickyHeader", stickyHeader, /^[a-z][a-z0-9-]*$/, "a header name in lower case", on);
}

/** Names of everything that takes part in serving and releasing a model. */
export interface ServingNames {
  /** Of the model, and of its root VirtualService and Rollout. */
  name: string;
  namespace: string;
  /** Delegate VirtualService with the weighted route. */
  split: string;
  /** The one weighted route of it. */
  primaryRoute: string;
  stableService: string;
  canaryService: string;
  /** AnalysisTemplate that aborts a release. */
  watch: string;
  /** AnalysisTemplate that passes once error rate and latency have been measured and were good. */
  gate: string;
  /** AnalysisTemplate that passes once the gateway was seen to serve the wanted share. */
  share: string;
}

export const servingNames = (name: string, namespace: string): ServingNames => ({
  name,
  namespace,
  split: `${name}-split`,
  primaryRoute: PRIMARY,
  stableService: `${name}-stable`,
  canaryService: `${name}-canary`,
  watch: `${name}-watch`,
  gate: `${name}-gate`,
  share: `${name}-share`,
});

export const serviceHost = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`;

/** Both Services begin alike; the delivery controller then narrows each to the pods of one version. */
export function serviceSpec(name: string) {
  return {
    selector: { app: name },
    ports: [{ name: "http", port: SERVICE_PORT, targetPort: "http", appProtocol: "http" }],
  };
}

/** Hosts, match, time-out and retries: ours alone. Retries never on 5xx, which would hide what the analysis is looking for. */
export function rootSpec(exposure: Exposure, { name, namespace, split }: ServingNames) {
  const { host, path, timeoutSeconds, gateway } = { ...EXPOSURE_DEFAULTS, ...exposure };
  return {
    hosts: [host],
    gateways: [`${gateway.namespace}/${gateway.name}`],
    http: [
      {
        name: rootRoute(name, namespace),
        match: [{ uri: { prefix: path } }],
        timeout: `${timeoutSeconds}s`,
        retries: { attempts: 2, perTryTimeout: `${timeoutSeconds}s`, retryOn: "connect-failure,refused-stream,unavailable" },
        delegate: { name: split, namespace },
      },
    ],
  };
}

/**
 * The weighted route, which the delivery controller owns once it has written it. Stable stands first: the weighted choice is
 * cumulative, so that a growing share moves users only from stable to canary. Two destinations even at 100 to 0: a route with one is
 * another kind of route to Envoy, and the sticky filter would not fit it.
 */
export function splitSpec({ namespace, stableService, canaryService }: ServingNames) {
  const destination = (service: string) => ({
    host: serviceHost(service, namespace),
    port: { number: SERVICE_PORT },
  });
  return {
    http: [
      {
        name: PRIMARY,
        route: [
          { destination: destination(stableService), weight: 100 },
          { destination: destination(canaryService), weight: 0 },
        ],
      },
    ],
  };
}

/** What the delivery controller may write: the delegate's weighted route, and the forced route before it. */
export const trafficRouting = ({ split }: ServingNames) => ({
  managedRoutes: [{ name: FORCE_HEADER.route }],
  istio: { virtualService: { name: split, routes: [PRIMARY] } },
});

/**
 * The version is drawn from a hash of the user instead of at random. Istio has no sticky weighted split (istio/istio#9764); Envoy has
 * had one since 1.36 (envoyproxy/envoy#41244). Requests without the header are drawn at random, so shares hold either way.
 */
export function stickySpec(header: string, { selector }: Gateway, { name, namespace }: ServingNames) {
  return {
    workloadSelector: { labels: selector },
    configPatches: [
      {
        applyTo: "HTTP_ROUTE",
        match: {
          context: "GATEWAY",
          routeConfiguration: { vhost: { route: { name: `${rootRoute(name, namespace)}-${PRIMARY}` } } },
        },
        patch: {
          operation: "MERGE",
          value: {
            route: { hash_policy: [{ header: { header_name: header } }], weighted_clusters: { use_hash_policy: true } },
          },
        },
      },
    ],
  };
}

/** Filters match routes by name over all of a gateway, so the name says the namespace too. */
const rootRoute = (name: string, namespace: string): string => `${namespace}-${name}`;
