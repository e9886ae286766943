import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import type { Exposure } from "./exposure.ts";
import { FORCE_HEADER, MIRROR_ROUTE, mergedRoute, SERVICE_PORT, type ServingNames, serviceHost } from "./names.ts";
import { stickySpec } from "./sticky.ts";

/** An exposure, with the default of each part but `sticky`, which has none. */
export type Exposed = Required<Omit<Exposure, "sticky">> & Pick<Exposure, "sticky">;

/**
 * The way from the gateway to both versions of a model: its Services, its two VirtualServices, and what keeps users on a version.
 *
 * @param mirrors `mirrors` of the root route. @default - requests are not copied
 * @returns what must stand before the Rollout: the delivery controller writes to them.
 */
export function declareRoutes(
  names: ServingNames,
  exposure: Exposed,
  child: { parent: pulumi.Resource },
  mirrors?: object[],
): pulumi.Resource[] {
  const { name, namespace } = names;
  const services = [names.stableService, names.canaryService].map(
    (service) =>
      new k8s.core.v1.Service(
        service,
        // Pulumi would wait for pods that the Rollout has yet to make.
        {
          metadata: { name: service, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: serviceSpec(name),
        },
        { ...child, ignoreChanges: ["spec.selector"] },
      ),
  );
  const split = new k8s.apiextensions.CustomResource(
    names.split,
    { apiVersion: API.gateway, kind: "VirtualService", metadata: { name: names.split, namespace }, spec: splitSpec(names) },
    // The whole list: Pulumi cannot ignore an element of a list in a server-side apply (pulumi/pulumi-kubernetes await.go).
    { ...child, ignoreChanges: ["spec.http"] },
  );
  new k8s.apiextensions.CustomResource(
    `${name}-root`,
    {
      apiVersion: API.gateway,
      kind: "VirtualService",
      metadata: { name, namespace },
      spec: rootSpec({ ...exposure, ...(mirrors && { mirrors }) }, names),
    },
    { ...child, dependsOn: [split] },
  );
  if (exposure.sticky !== undefined) {
    new k8s.apiextensions.CustomResource(
      `${name}-sticky`,
      {
        apiVersion: API.envoyFilter,
        kind: "EnvoyFilter",
        metadata: { name: `${namespace}-${name}-sticky`, namespace: exposure.gateway.namespace },
        spec: stickySpec(exposure.sticky, exposure.gateway.selector, mergedRoute(names)),
      },
      child,
    );
  }
  return [...services, split];
}

/** The path itself and what lies below it: Envoy compares a prefix letter by letter. */
const matchOf = (path: string) =>
  path === "/" ? [{ uri: { prefix: "/" } }] : [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }];

/** Both Services begin alike; the delivery controller then narrows each to the pods of one version. */
function serviceSpec(name: string) {
  return {
    selector: { app: name },
    ports: [{ name: "http", port: SERVICE_PORT, targetPort: "http", appProtocol: "http" }],
  };
}

/** Hosts, match, time-out and retries: ours alone. Retries never on 5xx, which would hide what the analysis is looking for. */
export function rootSpec(
  { host, path, timeoutSeconds, gateway, mirrors }: Exposed & { mirrors?: object[] },
  { namespace, split, rootRoute }: ServingNames,
) {
  return {
    hosts: [host],
    gateways: [`${gateway.namespace}/${gateway.name}`],
    http: [
      {
        name: rootRoute,
        match: matchOf(path),
        timeout: `${timeoutSeconds}s`,
        retries: { attempts: 2, perTryTimeout: `${timeoutSeconds}s`, retryOn: "connect-failure,refused-stream,unavailable" },
        delegate: { name: split, namespace },
        ...(mirrors && { mirrors }),
      },
    ],
  };
}

/**
 * The weighted route, which the delivery controller owns once it has written it. Stable stands first: the weighted choice is
 * cumulative, so that a growing share moves users only from stable to canary. Two destinations even at 100 to 0: a route with one is
 * another kind of route to Envoy, and the sticky filter would not fit it.
 */
export function splitSpec({ namespace, primaryRoute, stableService, canaryService }: ServingNames) {
  const destination = (service: string) => ({
    host: serviceHost(service, namespace),
    port: { number: SERVICE_PORT },
  });
  return {
    http: [
      {
        name: primaryRoute,
        route: [
          { destination: destination(stableService), weight: 100 },
          { destination: destination(canaryService), weight: 0 },
        ],
      },
    ],
  };
}

/**
 * What the delivery controller may write: the delegate's weighted route, and the forced route before it.
 *
 * @param mirrors whether a route that copies requests comes too; after the forced one, of which it copies none.
 */
export const trafficRouting = ({ split, primaryRoute }: ServingNames, mirrors: boolean) => ({
  managedRoutes: [{ name: FORCE_HEADER.route }, ...(mirrors ? [{ name: MIRROR_ROUTE }] : [])],
  istio: { virtualService: { name: split, routes: [primaryRoute] } },
});
