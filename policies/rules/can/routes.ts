import { type Fault, unless } from "../../findings.ts";
import { DESTINATION_RULES, istioTypes, trafficPolicies, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { INGRESS } from "../../kubernetes/types.ts";
import { at, type Bag, bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isOfAudience } from "./audiences.ts";
import { canaryOf, managedRoutes, stepsOf } from "./rollouts.ts";

const ENVOY_FILTERS = istioTypes("networking.istio.io", "EnvoyFilter");
const ROUTES_OF_GATEWAYS = /^kubernetes:gateway\.networking\.k8s\.io\/v1(alpha\d|beta\d)?:(HTTP|GRPC|TCP|TLS)Route$/;
const SERVICE_ENTRIES = istioTypes("networking.istio.io", "ServiceEntry");

export const httpOf = ({ inputs }: Resource): Bag[] => bags(inputs, "spec", "http");

/** `<namespace>/<name>` of the Service that a host means; nothing when it lies outside of the cluster. */
export function serviceAt(host: string, from: Resource): string | undefined {
  const [name, namespace = namespaceOf(from), ...domain] = host.split(".");
  return ["", "svc", "svc.cluster.local"].includes(domain.join(".")) ? `${namespace}/${name}` : undefined;
}

/** What a release knows its requests by. */
interface Managed {
  /** Both Services, `<namespace>/<name>`. */
  services: string[];
  /** VirtualServices into which Argo Rollouts writes, `<namespace>/<name>`. */
  routes: string[];
  /** Headers by which a request asks for the new version. */
  headers: string[];
}

function managedBy(rollout: Resource): Managed {
  const canary = canaryOf(rollout) ?? {};
  const namespace = namespaceOf(rollout);
  return {
    services: ["stableService", "canaryService"].flatMap((role) => {
      const name = text(canary, role);
      return name === undefined ? [] : [`${namespace}/${name}`];
    }),
    routes: managedRoutes(canary).map((named) => {
      const [name, home = namespace] = (text(named, "name") ?? "").split(".");
      return `${home}/${name}`;
    }),
    headers: stepsOf(rollout).flatMap((step) =>
      bags(step, "setHeaderRoute", "match").flatMap((each) => text(each, "headerName")?.toLowerCase() ?? []),
    ),
  };
}

/**
 * What a resource does to the requests of releases beside the routes that Argo Rollouts writes.
 *
 * @param known Services of the stack, `<namespace>/<name>`: copies of requests may go to one that is no version of the model.
 */
export function besides(resource: Resource, rollouts: readonly Resource[], known: readonly string[]): Fault[] {
  const isRoute = VIRTUAL_SERVICES.includes(resource.type);
  const isHost = DESTINATION_RULES.includes(resource.type) || SERVICE_ENTRIES.includes(resource.type);
  const isOther =
    isHost || ROUTES_OF_GATEWAYS.test(resource.type) || resource.type === INGRESS || ENVOY_FILTERS.includes(resource.type);
  if (rollouts.length === 0 || !(isRoute || isOther)) {
    return [];
  }
  const releases = rollouts.map(managedBy).filter(({ services, routes }) => services.length > 0 || routes.length > 0);
  const services = releases.flatMap((each) => each.services);
  if (isRoute) {
    return ofMesh(resource, { services, ...others(releases) }, known);
  }
  if (isHost) {
    return hostFaults(resource, services);
  }
  if (ENVOY_FILTERS.includes(resource.type)) {
    return releases.length === 0 ? [] : filterFaults(resource);
  }
  return backendsOf(resource).flatMap(({ property, service }) =>
    unless(!services.includes(service), {
      resource,
      property,
      got: service,
      want: "the gateway of the mesh, which knows the weights",
    }),
  );
}

const others = (releases: readonly Managed[]): Pick<Managed, "routes" | "headers"> => ({
  routes: releases.flatMap((each) => each.routes),
  headers: releases.flatMap((each) => each.headers),
});

/** Failing pods that are taken out of sight, and a name that means something else. */
function hostFaults(resource: Resource, services: readonly string[]): Fault[] {
  const { inputs, type } = resource;
  const mine = [text(inputs, "spec", "host") ?? "", ...texts(inputs, "spec", "hosts")].find((host) =>
    services.some((service) => isMeant(service, host, resource)),
  );
  if (mine === undefined) {
    return [];
  }
  if (SERVICE_ENTRIES.includes(type)) {
    return [{ resource, property: "spec.hosts", got: mine, want: "names of other services than those of a release" }];
  }
  return trafficPolicies(resource).flatMap(([path, policy]) =>
    unless(!isSet(policy, "outlierDetection"), {
      resource,
      property: `${path}.outlierDetection`,
      got: "failing pods out of sight",
      want: "left out: the errors of a new version must be counted",
    }),
  );
}

/** Whether a host is that of a Service, by its name or by the end of it. */
const isMeant = (service: string, host: string, from: Resource): boolean =>
  serviceAt(host, from) === service ||
  (host.startsWith("*") && `${service.split("/").toReversed().join(".")}.svc.cluster.local`.endsWith(host.slice(1)));

/** What a patch of Envoy's routes would do to the shares of versions: other clusters and weights, copies, answers of its own. */
const MOVING =
  /"(clusters?|cluster_header|weight|weighted_clusters|request_mirror_policies|direct_response|redirect|runtime_fraction)":|filters\.http\.(fault|lua)/;

/** Parts of Envoy's routes of which a patch must say which ones it means. */
const NAMED = ["HTTP_ROUTE", "VIRTUAL_HOST"];

const filterFaults = (resource: Resource): Fault[] =>
  bags(resource.inputs, "spec", "configPatches").flatMap((patch, index): Fault[] => {
    const host = ["match", "routeConfiguration", "vhost"] as const;
    const isNamed = isSet(patch, ...host, "route", "name") || isSet(patch, ...host, "name");
    if (NAMED.includes(text(patch, "applyTo") ?? "") && !text(patch, "match", "context")?.startsWith("SIDECAR") && !isNamed) {
      return [
        {
          resource,
          property: `spec.configPatches[${index}].match`,
          got: "every route of the gateway",
          want: "the name of a route, in `routeConfiguration.vhost.route.name`",
        },
      ];
    }
    // A hash of a header or a cookie only says which of the weighted versions a user keeps.
    const value = (JSON.stringify(at(patch, "patch", "value")) ?? "").replaceAll(
      /"weighted_clusters":\{"use_hash_policy":\w+\}/g,
      "",
    );
    const got = MOVING.exec(value)?.[0].replaceAll(/[":]/g, "");
    return got === undefined
      ? []
      : [
          {
            resource,
            property: `spec.configPatches[${index}].patch.value`,
            got,
            want: "a patch that leaves the shares of versions alone",
          },
        ];
  });

/** Fields of a route that send requests elsewhere, or answer them. */
const ASIDE = ["mirror", "mirrors", "fault", "redirect", "directResponse", "rewrite"];

/** Parts of a match that only some requests to a path have. */
const SOME = ["headers", "withoutHeaders", "queryParams", "sourceLabels", "sourceNamespace"];

function ofMesh(resource: Resource, { services, routes, headers }: Managed, known: readonly string[]): Fault[] {
  const isManaged = routes.includes(placeOf(resource));
  const raw = ["tcp", "tls"].flatMap((protocol) =>
    bags(resource.inputs, "spec", protocol).flatMap((entry, index) =>
      bags(entry, "route").flatMap((each, at): Fault[] => {
        const got = text(each, "destination", "host") ?? "";
        const property = `spec.${protocol}[${index}].route[${at}].destination.host`;
        return services.includes(serviceAt(got, resource) ?? "")
          ? [{ resource, property, got, want: "reached by HTTP, where the release has weights" }]
          : [];
      }),
    ),
  );
  const routed = httpOf(resource).flatMap((http, index): Fault[] => {
    const path = `spec.http[${index}]`;
    const direct = bags(http, "route").flatMap((each, at) => {
      const got = text(each, "destination", "host") ?? "";
      return isManaged || !services.includes(serviceAt(got, resource) ?? "")
        ? []
        : [
            {
              resource,
              property: `${path}.route[${at}].destination.host`,
              got,
              want: "the delegate whose weights the release sets",
            },
          ];
    });
    const target = bag(http, "delegate");
    const delegates = routes.includes(`${text(target, "namespace") ?? namespaceOf(resource)}/${text(target, "name")}`);
    const mirrored = mirrorsOf(http).some((host) => services.includes(serviceAt(host, resource) ?? ""));
    // What compares the versions of a model stands beside them.
    const home = text(target, "namespace") ?? namespaceOf(resource);
    const isCompared =
      delegates &&
      mirrorsOf(http)
        .map((host) => serviceAt(host, resource))
        .every((service) => service?.startsWith(`${home}/`) === true && isOther(service, { services, known }));
    const aside =
      isManaged || delegates || mirrored
        ? ASIDE.filter((field) => isSet(http, field) && !(isCompared && field.startsWith("mirror")))
        : [];
    const set = ["set", "add"].flatMap((field) => Object.keys(bag(http, "headers", "request", field)));
    const removed = texts(http, "headers", "request", "remove");
    const forced = isManaged || delegates ? [...set, ...removed].filter((name) => headers.includes(name.toLowerCase())) : [];
    const matches = delegates ? bags(http, "match") : [];
    // Requests of a path that no entry takes are answered 404.
    const later = httpOf(resource).slice(index + 1);
    const some = (isOfAudience(http, later) ? [] : matches).flatMap((match, at) =>
      SOME.filter((field) => isSet(match, field)).map((field) => ({
        resource,
        property: `${path}.match[${at}].${field}`,
        got: shown(match[field]),
        want: "left out, or followed by everybody's route to the same delegate: every request to a path of a model gets one of its versions",
      })),
    );
    return [
      ...direct,
      ...some,
      ...forced.map((got) => ({
        resource,
        property: `${path}.headers.request`,
        got,
        want: "headers other than the one by which a request asks for the new version",
      })),
      ...aside.map((field) => ({
        resource,
        property: `${path}.${field}`,
        got: shown(http[field]),
        want: "left out during a release",
      })),
    ];
  });
  return [...raw, ...routed];
}

/** Whether a Service of the stack is none of a release: what compares the answers of two versions. */
const isOther = (service: string | undefined, { services, known }: { services: readonly string[]; known: readonly string[] }) =>
  service !== undefined && known.includes(service) && !services.includes(service);

/** Hosts to which a route copies requests. */
export const mirrorsOf = (http: Bag): string[] =>
  [bag(http, "mirror"), ...bags(http, "mirrors").map((each) => bag(each, "destination"))].flatMap(
    (each) => text(each, "host") ?? [],
  );

interface Backend {
  property: string;
  service: string;
}

function backendsOf(resource: Resource): Backend[] {
  const { type, inputs } = resource;
  const home = namespaceOf(resource);
  return bags(inputs, "spec", "rules").flatMap((rule, index): Backend[] =>
    type === INGRESS
      ? bags(rule, "http", "paths").map((path, at) => ({
          property: `spec.rules[${index}].http.paths[${at}].backend.service.name`,
          service: `${home}/${text(path, "backend", "service", "name")}`,
        }))
      : bags(rule, "backendRefs").map((backend, at) => ({
          property: `spec.rules[${index}].backendRefs[${at}].name`,
          service: `${text(backend, "namespace") ?? home}/${text(backend, "name")}`,
        })),
  );
}
