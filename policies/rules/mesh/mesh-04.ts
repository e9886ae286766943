import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { DESTINATION_RULES, VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { ROLLOUT, SERVICE } from "../../kubernetes/types.ts";
import { type Bag, bags, isSet, number, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { canaryOf, isGated, managedRoutes, raisesOf, STEPS } from "../can/rollouts.ts";
import { httpOf, serviceAt } from "../can/routes.ts";
import { hiding, hurried, unbounded } from "./waiting.ts";

/**
 * `firstWeight`: largest first share of a new version, percent; `step`: largest increase after it; `return`: that of a release of two
 * shares alone. So a version that was stable comes back, from 5 to 100 %, measured at both (docs/decisions/quick-return.md).
 */
const BOUNDS = { firstWeight: 5, step: 60, return: 95, shortestSeconds: 0.1, timeoutSeconds: 300, attempts: 3 };
type Bounds = typeof BOUNDS;

/** Applies to a route to two versions, and to the root that delegates to it. The weights are those at rest; a release changes them later. */
export const MESH_04 = stackRule({
  id: "MESH-04",
  title:
    "A canary starts with a small weight, and its route has weights that add up to 100, existing versions, and limits for timeout and retries",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Let weights add up to 100, name Services and subsets of the same stack, begin with `setWeight: 5`, and limit `timeout` and `retries`.",
  peers: ["istioctl analyze"],
  parameters: { dev: BOUNDS, staging: BOUNDS, prod: BOUNDS },
  types: [...VIRTUAL_SERVICES, ROLLOUT],
  relate: (resources, bounds) => {
    const there = namesIn(resources);
    return ofEach(resources, (each) => {
      if (VIRTUAL_SERVICES.includes(each.type)) {
        return together(
          () => weightFaults(each),
          () => destinationFaults(each, there),
          () => delegateFaults(each, there),
          () => portFaults(each, there),
          () => waitingFaults(each, there, bounds),
        );
      }
      return each.type === ROLLOUT ? releaseFaults(each, there, bounds) : [];
    });
  },
});

/** Objects of the stack, by `<namespace>/<name>`. */
interface Names {
  services: Map<string, Resource>;
  routes: Map<string, Resource>;
  /** DestinationRules, which are known by the host that they are for. */
  subsets: Resource[];
  /** Whether there are releases at all. */
  released: boolean;
}

function namesIn(resources: readonly Resource[]): Names {
  const of = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  return {
    services: new Map(of(SERVICE).map((each) => [placeOf(each), each])),
    subsets: of(...DESTINATION_RULES),
    released: of(ROLLOUT).length > 0,
    routes: new Map(of(...VIRTUAL_SERVICES).map((each) => [placeOf(each), each])),
  };
}

const hasSubset = (destinationRule: Resource, service: string | undefined, subset: string): boolean =>
  serviceAt(text(destinationRule.inputs, "spec", "host") ?? "", destinationRule) === service &&
  bags(destinationRule.inputs, "spec", "subsets").some((each) => text(each, "name") === subset);

const destinationsOf = (http: Bag): Bag[] => bags(http, "route");
const splits = (resource: Resource): boolean => httpOf(resource).some((http) => destinationsOf(http).length > 1);

function weightFaults(resource: Resource): Fault[] {
  return httpOf(resource).flatMap((http, index) => {
    const weights = destinationsOf(http).map((destination) => number(destination, "weight") ?? 0);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return unless(weights.length < 2 || sum === 100, {
      resource,
      property: `spec.http[${index}].route`,
      got: weights.join(" + "),
      want: "weights that add up to 100",
    });
  });
}

function destinationFaults(resource: Resource, { services, subsets }: Names): Fault[] {
  return httpOf(resource).flatMap((http, index) =>
    destinationsOf(http).length < 2
      ? []
      : destinationsOf(http).flatMap((route, each): Fault[] => {
          const property = `spec.http[${index}].route[${each}].destination`;
          const host = text(route, "destination", "host") ?? "nothing";
          const service = serviceAt(host, resource);
          if (service !== undefined && !services.has(service)) {
            return [{ resource, property: `${property}.host`, got: host, want: "a Service of this stack" }];
          }
          const subset = text(route, "destination", "subset");
          return subset === undefined || subsets.some((candidate) => hasSubset(candidate, service, subset))
            ? []
            : [{ resource, property: `${property}.subset`, got: subset, want: "a subset of a DestinationRule of this stack" }];
        }),
  );
}

/** A port that the Service of a destination does not have: its requests end in an error. */
const portFaults = (resource: Resource, { services }: Names): Fault[] =>
  httpOf(resource).flatMap((http, index) =>
    destinationsOf(http).flatMap((route, each): Fault[] => {
      const service = services.get(serviceAt(text(route, "destination", "host") ?? "", resource) ?? "");
      const ports = bags(service?.inputs, "spec", "ports").flatMap((port) => number(port, "port") ?? []);
      const got = number(route, "destination", "port", "number");
      return unless(got === undefined || ports.length === 0 || ports.includes(got), {
        resource,
        property: `spec.http[${index}].route[${each}].destination.port.number`,
        got: String(got),
        want: `a port of its Service, ${ports.join(", ")}`,
      });
    }),
  );

/** A delegate takes both from its root. Routes that only redirect or lead to one version need neither. */
function waitingFaults(resource: Resource, names: Names, bounds: Bounds): Fault[] {
  return httpOf(resource).flatMap((http, index) => {
    const path = `spec.http[${index}]`;
    const isRoot = isSet(resource.inputs, "spec", "hosts");
    return leadsToSplit(http, resource, names)
      ? [
          // A delegate may leave both to its root; what it says counts.
          ...unbounded(http, path, resource, bounds).filter(({ got }) => isRoot || got !== "nothing"),
          ...hurried(http, path, resource, bounds),
          ...hiding(http, path, resource),
        ]
      : [];
  });
}

/** A delegate must be a VirtualService of the same stack where the stack has the releases that it serves. */
function delegateFaults(resource: Resource, { routes, released }: Names): Fault[] {
  return released
    ? httpOf(resource).flatMap((http, index) => {
        const got = delegateOf(http, resource);
        return got === undefined || routes.has(got)
          ? []
          : [{ resource, property: `spec.http[${index}].delegate`, got, want: "a VirtualService of this stack" }];
      })
    : [];
}

const delegateOf = (http: Bag, from: Resource): string | undefined =>
  isSet(http, "delegate")
    ? `${text(http, "delegate", "namespace") ?? namespaceOf(from)}/${text(http, "delegate", "name") ?? "nothing"}`
    : undefined;

function leadsToSplit(http: Bag, from: Resource, { routes }: Names): boolean {
  const target = routes.get(delegateOf(http, from) ?? "");
  return destinationsOf(http).length > 1 || (target !== undefined && splits(target));
}

function releaseFaults(resource: Resource, { services, routes }: Names, bounds: Bounds): Finding[] {
  const canary = canaryOf(resource);
  if (canary === undefined) {
    return [];
  }
  return together(
    () => {
      const steps = bags(canary, "steps");
      const first = steps.find((step) => isSet(step, "setWeight"));
      const weight = number(first, "setWeight");
      // A version that has answered copies of requests well may have all users at once.
      const [raise] = raisesOf(steps);
      const isTried = raise !== undefined && raise.at < steps.length && isGated(steps, raise);
      return unless(isTried || (weight !== undefined && weight <= bounds.firstWeight), {
        resource,
        property: STEPS,
        got: first === undefined ? "no weight" : `setWeight: ${shown(first["setWeight"])}`,
        want: `a list whose first weight is at most ${bounds.firstWeight}`,
      });
    },
    () => {
      const raises = raisesOf(bags(canary, "steps"));
      const most = raises.length === 2 ? bounds.return : bounds.step;
      return raises
        .filter(({ from, to }) => from > 0 && to - from > most)
        .map(({ from, to }) => ({
          resource,
          property: STEPS,
          got: `${from} to ${to} at once`,
          want: `a list whose increases are of at most ${most}`,
        }));
    },
    () =>
      ["stableService", "canaryService"].flatMap((role): Fault[] => {
        const got = text(canary, role);
        return got === undefined || services.has(`${namespaceOf(resource)}/${got}`)
          ? []
          : [{ resource, property: `spec.strategy.canary.${role}`, got, want: "a Service of this stack" }];
      }),
    () => managedRoutes(canary).flatMap((route) => routeFaults(resource, route, routes)),
  );
}

/** Argo Rollouts writes weights only into the routes that it names. */
function routeFaults(resource: Resource, named: Bag, routes: Names["routes"]): Fault[] {
  const name = text(named, "name") ?? "nothing";
  const [short, namespace = namespaceOf(resource)] = name.split(".");
  const route = routes.get(`${namespace}/${short}`);
  const property = "spec.strategy.canary.trafficRouting.istio";
  if (route === undefined) {
    return [{ resource, property, got: name, want: "a VirtualService of this stack" }];
  }
  const there = httpOf(route).map((http) => text(http, "name"));
  return texts(named, "routes")
    .filter((each) => !there.includes(each))
    .map((got) => ({ resource, property, got, want: `routes of the VirtualService '${name}'` }));
}
