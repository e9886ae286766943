import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import { type Exposure, pathOf } from "./exposure.ts";
import {
  FORCE_HEADER,
  MIRROR_ROUTE,
  mergedRoute,
  type Protocol,
  SERVICE_PORTS,
  type ServingNames,
  type Split,
  serviceHost,
  splitsOf,
} from "./names.ts";
import { stickySpec } from "./sticky.ts";

/** An exposure, with the default of each part but `sticky`, which has none. */
export interface Exposed extends Required<Omit<Exposure, "sticky" | "grpc">>, Pick<Exposure, "sticky"> {
  /** Methods of gRPC that callers may use, where the names have a route for them. */
  methods: readonly string[];
  /** `mirrors` of the root route. @default - requests are not copied */
  mirrors?: object[];
}

/**
 * The way from the gateway to both versions of a model: its Services, its VirtualServices, and what keeps users on a version.
 *
 * @returns what must stand before the Rollout: the delivery controller writes to them.
 */
export function declareRoutes(names: ServingNames, exposed: Exposed, child: { parent: pulumi.Resource }): pulumi.Resource[] {
  const { name, namespace } = names;
  const { gateway, sticky } = exposed;
  const splits = splitsOf(names);
  const services = [names.stableService, names.canaryService].map(
    (service) =>
      new k8s.core.v1.Service(
        service,
        // Pulumi would wait for pods that the Rollout has yet to make.
        {
          metadata: { name: service, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: serviceSpec(name, splits),
        },
        { ...child, ignoreChanges: ["spec.selector"] },
      ),
  );
  const delegates = splits.map(
    (split) =>
      new k8s.apiextensions.CustomResource(
        split.virtualService,
        {
          apiVersion: API.gateway,
          kind: "VirtualService",
          metadata: { name: split.virtualService, namespace },
          spec: splitSpec(names, split),
        },
        // The whole list: Pulumi cannot ignore an element of a list in a server-side apply (pulumi/pulumi-kubernetes await.go).
        { ...child, ignoreChanges: ["spec.http"] },
      ),
  );
  new k8s.apiextensions.CustomResource(
    `${name}-root`,
    { apiVersion: API.gateway, kind: "VirtualService", metadata: { name, namespace }, spec: rootSpec(exposed, names) },
    { ...child, dependsOn: delegates },
  );
  if (sticky !== undefined) {
    const routes = splits.map((split) => mergedRoute(names, split));
    new k8s.apiextensions.CustomResource(
      `${name}-sticky`,
      {
        apiVersion: API.envoyFilter,
        kind: "EnvoyFilter",
        metadata: { name: `${namespace}-${name}-sticky`, namespace: gateway.namespace },
        spec: stickySpec(sticky, gateway.selector, routes),
      },
      child,
    );
  }
  return [...services, ...delegates];
}

/** The path itself and what lies below it: Envoy compares a prefix letter by letter. */
const matchOf = (path: string) =>
  path === "/" ? [{ uri: { prefix: "/" } }] : [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }];

/**
 * Both Services begin alike; the delivery controller then narrows each to the pods of one version. `appProtocol` makes the gateway speak
 * HTTP/2 to the port of gRPC.
 */
const serviceSpec = (name: string, splits: readonly Split[]) => ({
  selector: { app: name },
  ports: splits.map(({ protocol }) => ({
    name: protocol,
    port: SERVICE_PORTS[protocol],
    targetPort: protocol,
    appProtocol: protocol,
  })),
});

/**
 * Hosts, match, time-out and retries: ours alone. Retries never on 5xx or a status of gRPC, which would hide what the analysis is looking for.
 * Methods of gRPC stand first: the path of REST may be `/`. Copies are those of REST requests, because what compares them speaks REST.
 */
export function rootSpec({ host, path, methods, timeoutSeconds, gateway, mirrors }: Exposed, names: ServingNames) {
  const matches: Record<Protocol, object[]> = {
    http: matchOf(path),
    grpc: methods.map((method) => ({ uri: { exact: pathOf(method) } })),
  };
  return {
    hosts: [host],
    gateways: [`${gateway.namespace}/${gateway.name}`],
    http: splitsOf(names)
      .toReversed()
      .map(({ protocol, virtualService }) => ({
        name: names.rootRoute,
        match: matches[protocol],
        timeout: `${timeoutSeconds}s`,
        retries: { attempts: 2, perTryTimeout: `${timeoutSeconds}s`, retryOn: "connect-failure,refused-stream" },
        delegate: { name: virtualService, namespace: names.namespace },
        ...(protocol === "http" && mirrors && { mirrors }),
      })),
  };
}

/**
 * The weighted route, which the delivery controller owns once it has written it. Stable stands first: the weighted choice is
 * cumulative, so that a growing share moves users only from stable to canary. Two destinations even at 100 to 0: a route with one is
 * another kind of route to Envoy, and the sticky filter would not fit it.
 */
export function splitSpec({ namespace, stableService, canaryService }: ServingNames, { protocol, route }: Split) {
  const destination = (service: string) => ({
    host: serviceHost(service, namespace),
    port: { number: SERVICE_PORTS[protocol] },
  });
  return {
    http: [
      {
        name: route,
        route: [
          { destination: destination(stableService), weight: 100 },
          { destination: destination(canaryService), weight: 0 },
        ],
      },
    ],
  };
}

/**
 * What the delivery controller may write: the weighted route of each delegate, and the forced route before it.
 *
 * @param mirrors whether a route that copies requests comes too; after the forced one, of which it copies none.
 */
export function trafficRouting(names: ServingNames, mirrors: boolean) {
  const [first, ...others] = splitsOf(names).map(({ virtualService, route }) => ({ name: virtualService, routes: [route] }));
  return {
    managedRoutes: [{ name: FORCE_HEADER.route }, ...(mirrors ? [{ name: MIRROR_ROUTE }] : [])],
    istio: others.length === 0 ? { virtualService: first } : { virtualServices: [first, ...others] },
  };
}
