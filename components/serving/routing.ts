import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import { AUDIENCE_HEADER, type Audience, LOTS, matchesOf } from "./audience.ts";
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
import { type Sticky, stickySpec, userHash } from "./sticky.ts";

/** An exposure, with the default of each part but `sticky`, which has none. */
export interface Exposed extends Required<Omit<Exposure, "sticky" | "grpc">>, Pick<Exposure, "sticky"> {
  /** Methods of gRPC that callers may use, where the names have a route for them. */
  methods: readonly string[];
  /** `mirrors` of the root route. @default - requests are not copied */
  mirrors?: object[];
  /** Whose requests an A/B test is about. @default - there is no test, or everybody's */
  audience?: Audience;
}

/**
 * The way from the gateway to both versions of a model: its Services, its VirtualServices, and what keeps users on a version.
 *
 * @returns what must stand before the Rollout: the delivery controller writes to them.
 */
export function declareRoutes(names: ServingNames, exposed: Exposed, child: { parent: pulumi.Resource }): pulumi.Resource[] {
  const { name, namespace } = names;
  const { gateway, sticky, audience } = exposed;
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
  const root = new k8s.apiextensions.CustomResource(
    `${name}-root`,
    { apiVersion: API.gateway, kind: "VirtualService", metadata: { name, namespace }, spec: rootSpec(exposed, names) },
    { ...child, dependsOn: delegates },
  );
  const filter =
    sticky &&
    new k8s.apiextensions.CustomResource(
      `${name}-sticky`,
      {
        apiVersion: API.envoyFilter,
        kind: "EnvoyFilter",
        metadata: { name: `${namespace}-${name}-sticky`, namespace: gateway.namespace },
        spec: stickySpec(gateway.selector, drawn(names, sticky, audience)),
      },
      child,
    );
  // Before both stand, the weight of a test would give the new version to everybody.
  return [...services, ...delegates, ...(audience && filter ? [root, filter] : [])];
}

/** What the version is drawn from in each weighted route. */
function drawn(names: ServingNames, sticky: Sticky, audience: Audience | undefined): [route: string, hashed: object][] {
  const { rootRoute, audienceRoute } = names;
  const user = userHash(sticky);
  return splitsOf(names).flatMap((split): [string, object][] =>
    audience === undefined
      ? [[mergedRoute(rootRoute, split), user]]
      : [
          [mergedRoute(audienceRoute, split), user],
          [mergedRoute(rootRoute, split), LOTS],
        ],
  );
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
 *
 * Requests of an audience have a route of their own, before everybody else's and to the same delegate: there is one weight, and what differs
 * is how the version is drawn from it.
 */
export function rootSpec({ host, path, methods, timeoutSeconds, gateway, mirrors, audience }: Exposed, names: ServingNames) {
  const matches: Record<Protocol, object[]> = {
    http: matchOf(path),
    grpc: methods.map((method) => ({ uri: { exact: pathOf(method) } })),
  };
  return {
    hosts: [host],
    gateways: [`${gateway.namespace}/${gateway.name}`],
    http: splitsOf(names)
      .toReversed()
      .flatMap(({ protocol, virtualService }) => {
        const all = {
          name: names.rootRoute,
          match: matches[protocol],
          timeout: `${timeoutSeconds}s`,
          retries: { attempts: 2, perTryTimeout: `${timeoutSeconds}s`, retryOn: "connect-failure,refused-stream" },
          delegate: { name: virtualService, namespace: names.namespace },
          ...(protocol === "http" && mirrors && { mirrors }),
        };
        return audience === undefined ? [all] : [{ ...all, ...ofAudience(all.match, audience, names) }, all];
      }),
  };
}

const ofAudience = (paths: readonly object[], audience: Audience, { audienceRoute }: ServingNames) => ({
  name: audienceRoute,
  match: paths.flatMap((path) => matchesOf(audience).map((match) => ({ ...path, ...match }))),
  headers: { response: { set: { [AUDIENCE_HEADER.name]: AUDIENCE_HEADER.value } } },
});

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
