import type { Resource } from "../resource.ts";
import { type Fault, levels, stackRule } from "../rule.ts";
import { together } from "../together.ts";
import { secondsOf } from "./duration.ts";
import { DESTINATION_RULES, nameOf, VIRTUAL_SERVICES } from "./istio.ts";
import { namespaceOf } from "./workloads.ts";

const SERVICE = "kubernetes:core/v1:Service";
const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";

/** `firstWeight`: most that the first users of a new version may be, percent. */
const BOUNDS = { firstWeight: 5, timeoutSeconds: 300, attempts: 3 };
type Bounds = typeof BOUNDS;

/** Held to by a route to two versions, and by the root that hands requests to it. Weights are those at rest: a release moves them later. */
export const canaryRoutes = stackRule({
  id: "MESH-04",
  title: "A canary begins small, and its route has weights that make 100, versions that exist, and bounded waiting and retrying",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Let weights add up to 100, name Services and subsets of the same stack, begin with `setWeight: 5`, and bound `timeout` and `retries`.",
  peers: ["istioctl analyze"],
  parameters: { dev: BOUNDS, staging: BOUNDS, prod: BOUNDS },
  relate: (resources, bounds) => {
    const there = namesIn(resources);
    const routes = resources.filter(({ type }) => VIRTUAL_SERVICES.includes(type));
    return together(
      ...routes.flatMap((route) => [
        () => weightFaults(route),
        () => destinationFaults(route, there),
        () => waitingFaults(route, there, bounds),
      ]),
      ...resources.filter(({ type }) => type === ROLLOUT).map((rollout) => () => releaseFaults(rollout, there, bounds)),
    );
  },
});

/** What the stack brings, by `<namespace>/<name>`. */
interface Names {
  services: Set<string>;
  routes: Map<string, Resource>;
  /** DestinationRules, which are known by the host that they are for. */
  subsets: Resource[];
}

const addressOf = (resource: Resource): string => `${namespaceOf(resource)}/${nameOf(resource)}`;

function namesIn(resources: readonly Resource[]): Names {
  const of = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  return {
    services: new Set(of(SERVICE).map(addressOf)),
    subsets: of(...DESTINATION_RULES),
    routes: new Map(of(...VIRTUAL_SERVICES).map((each) => [addressOf(each), each])),
  };
}

const hasSubset = (destinationRule: Resource, service: string | undefined, subset: string): boolean =>
  serviceAt(destinationRule.inputs.spec.host, destinationRule) === service &&
  (destinationRule.inputs.spec.subsets ?? []).some(({ name }: any) => name === subset);

/** `<namespace>/<name>` of the Service that a host means; nothing when it lies outside of the cluster. */
function serviceAt(host: string, from: Resource): string | undefined {
  const [name, namespace = namespaceOf(from), ...domain] = host.split(".");
  return ["", "svc", "svc.cluster.local"].includes(domain.join(".")) ? `${namespace}/${name}` : undefined;
}

const httpOf = ({ inputs }: Resource): any[] => inputs.spec?.http ?? [];
const destinationsOf = (http: any): any[] => http.route ?? [];
const splits = (resource: Resource): boolean => httpOf(resource).some((http) => destinationsOf(http).length > 1);

function weightFaults(resource: Resource): Fault[] {
  return httpOf(resource).flatMap((http, at) => {
    const weights = destinationsOf(http).map(({ weight }) => weight ?? 0);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.length < 2 || sum === 100
      ? []
      : [{ resource, property: `spec.http[${at}].route`, got: weights.join(" + "), want: "weights that add up to 100" }];
  });
}

function destinationFaults(resource: Resource, { services, subsets }: Names): Fault[] {
  return httpOf(resource).flatMap((http, at) =>
    destinationsOf(http).length < 2
      ? []
      : destinationsOf(http).flatMap(({ destination: { host, subset } }, each): Fault[] => {
          const property = `spec.http[${at}].route[${each}].destination`;
          const service = serviceAt(host, resource);
          if (service !== undefined && !services.has(service)) {
            return [{ resource, property: `${property}.host`, got: host, want: "a Service of this stack" }];
          }
          return subset === undefined || subsets.some((each) => hasSubset(each, service, subset))
            ? []
            : [{ resource, property: `${property}.subset`, got: subset, want: "a subset of a DestinationRule of this stack" }];
        }),
  );
}

/** A delegate takes both from its root; what only redirects, or leads to one version, may wait for as long as it likes. */
function waitingFaults(resource: Resource, { routes }: Names, { timeoutSeconds, attempts }: Bounds): Fault[] {
  const leadsToSplit = (http: any): boolean => {
    const { delegate } = http;
    const target = delegate && routes.get(`${delegate.namespace ?? namespaceOf(resource)}/${delegate.name}`);
    return destinationsOf(http).length > 1 || (target !== undefined && splits(target));
  };
  return httpOf(resource).flatMap((http, at): Fault[] => {
    if (resource.inputs.spec.hosts === undefined || !leadsToSplit(http)) {
      return [];
    }
    const waits = secondsOf(http.timeout ?? "0s");
    const tries = http.retries?.attempts;
    const retried: string[] = (http.retries?.retryOn ?? "").split(",");
    const hidden = retried.map((reason) => reason.trim()).filter((reason) => HIDING.test(reason));
    return [
      ...(waits > 0 && waits <= timeoutSeconds
        ? []
        : [
            {
              resource,
              property: `spec.http[${at}].timeout`,
              got: http.timeout ?? "nothing",
              want: `set, at most ${timeoutSeconds}s`,
            },
          ]),
      ...(tries <= attempts
        ? []
        : [
            {
              resource,
              property: `spec.http[${at}].retries.attempts`,
              got: String(tries ?? "nothing"),
              want: `set, at most ${attempts}`,
            },
          ]),
      ...hidden.map((got) => ({
        resource,
        property: `spec.http[${at}].retries.retryOn`,
        got,
        want: "without the errors that a release is judged by",
      })),
    ];
  });
}

/** Retried away, an error of the new version is not counted (Envoy documentation, `x-envoy-retry-on`). */
const HIDING = /^(5xx|gateway-error|retriable-status-codes|5\d\d)$/;

function releaseFaults(resource: Resource, { services, routes }: Names, { firstWeight }: Bounds): Fault[] {
  const canary = resource.inputs.spec.strategy?.canary;
  if (canary === undefined) {
    return [];
  }
  const first = (canary.steps ?? []).find((step: any) => "setWeight" in step)?.setWeight;
  const istio = canary.trafficRouting?.istio;
  const named: any[] = istio?.virtualServices ?? (istio?.virtualService === undefined ? [] : [istio.virtualService]);
  return [
    ...(first <= firstWeight
      ? []
      : [
          {
            resource,
            property: "spec.strategy.canary.steps",
            got: first === undefined ? "no weight" : `setWeight: ${first}`,
            want: `steps of which the first weight is at most ${firstWeight}`,
          },
        ]),
    ...["stableService", "canaryService"]
      .filter((role) => canary[role] !== undefined && !services.has(`${namespaceOf(resource)}/${canary[role]}`))
      .map((role) => ({
        resource,
        property: `spec.strategy.canary.${role}`,
        got: canary[role],
        want: "a Service of this stack",
      })),
    ...named.flatMap(({ name, routes: wanted = [] }) => routeFaults(resource, { name, wanted }, routes)),
  ];
}

/** Argo Rollouts writes weights into the routes that it names, and does not look for others. */
function routeFaults(resource: Resource, { name, wanted }: { name: string; wanted: string[] }, routes: Names["routes"]): Fault[] {
  const [short, namespace = namespaceOf(resource)] = name.split(".");
  const route = routes.get(`${namespace}/${short}`);
  const property = "spec.strategy.canary.trafficRouting.istio";
  if (route === undefined) {
    return [{ resource, property, got: name, want: "a VirtualService of this stack" }];
  }
  const there = httpOf(route).map((http) => http.name);
  return wanted
    .filter((each) => !there.includes(each))
    .map((got) => ({ resource, property, got, want: `routes of the VirtualService '${name}'` }));
}
