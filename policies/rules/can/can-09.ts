import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { ROLLOUT, SERVICE } from "../../kubernetes/types.ts";
import { containersOf, podOf } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, flag, isSet, number, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { drawnAlike } from "./audiences.ts";
import { canaryOf, copies, hasUsers, managedRoutes, STEPS, stepsOf } from "./rollouts.ts";
import { besides, httpOf, serviceAt } from "./routes.ts";

const CANARY = "spec.strategy.canary";

/** Argo Rollouts knows only the routes that it is told of: whatever lies beside them sends users to a version that nobody judges yet. */
export const CAN_09 = stackRule({
  id: "CAN-09",
  title:
    "Only the weights of a release decide which version gets a request: no route, mirror, fault or selector lies beside them",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 2.4"],
  remediation:
    "Give the release two Services with the selector of the Rollout, and a delegate VirtualService with the managed route alone, at rest 100 for `stableService`. Leave out `mirror`, `fault` and other routes to both Services.",
  types: [ROLLOUT, SERVICE],
  relate: (resources) => {
    const rollouts = resources.filter((each) => each.type === ROLLOUT && canaryOf(each) !== undefined);
    const services = resources.filter(({ type }) => type === SERVICE).map(placeOf);
    return together(
      rollouts.map((rollout) => () => ofRollout(rollout, resources)),
      () => ofEach(resources, (each) => besides(each, rollouts, services)),
    );
  },
});

function ofRollout(rollout: Resource, resources: readonly Resource[]): Finding[] {
  const canary = canaryOf(rollout) ?? {};
  const roles = ["stableService", "canaryService"] as const;
  const [stable, next] = roles.map((role) => text(canary, role));
  if (stable === undefined && next === undefined) {
    // Without Services the share of pods is the share of requests.
    return [];
  }
  const places = [stable, next].map((name) => `${namespaceOf(rollout)}/${name}`);
  const services = resources.filter(({ type }) => type === SERVICE);
  const routed = isSet(canary, "trafficRouting");
  return together(
    () =>
      unless(routed, {
        resource: rollout,
        property: `${CANARY}.trafficRouting`,
        got: "nothing",
        want: "a router that gives the weights to the Services",
      }),
    () => stepsAside(rollout),
    () => drawnAlike(rollout, resources),
    () =>
      unless(stable !== next && stable !== undefined && next !== undefined, {
        resource: rollout,
        property: `${CANARY}.canaryService`,
        got: next ?? "nothing",
        want: "a Service of its own, other than 'stableService'",
      }),
    () =>
      ofEach(
        services.filter((each) => places.includes(placeOf(each))),
        (service) => [...selects(service, rollout), ...leadsNowhere(service, rollout)],
      ),
    (stable === next ? [] : managedRoutes(canary)).map(
      (named) => () =>
        ofEach(
          resources.filter((each) => VIRTUAL_SERVICES.includes(each.type) && placeOf(each) === routePlace(named, rollout)),
          (route) => atRest(route, texts(named, "routes"), rollout),
        ),
    ),
  );
}

/** Expressions that every header fits. */
const ANYTHING = ["", ".*", ".+", "^.*$", "^.+$"];

/** Whether a mirror is taken away before users come. */
function isEnded(mirror: Bag, later: readonly Bag[]): boolean {
  const isEnd = (step: Bag): boolean =>
    isSet(step, "setMirrorRoute") &&
    !copies(step) &&
    text(step, "setMirrorRoute", "name") === text(mirror, "setMirrorRoute", "name");
  const end = later.findIndex(isEnd);
  const users = later.findIndex(hasUsers);
  return end >= 0 && (users < 0 || end < users);
}

/** What the steps and fields of a Rollout do to requests beside the weights. */
function stepsAside(resource: Resource): Fault[] {
  const canary = canaryOf(resource) ?? {};
  const most = number(canary, "trafficRouting", "maxTrafficWeight") ?? 100;
  const labels = Object.keys(bag(canary, "canaryMetadata", "labels"));
  const selected = bag(resource.inputs, "spec", "selector", "matchLabels");
  const moved = labels.filter((key) => text(selected, key) !== undefined);
  const steps = stepsOf(resource);
  return [
    ...steps.flatMap((step, index): Fault[] => {
      const isLate = steps.slice(0, index).some(hasUsers);
      const mirrors = copies(step) && (isLate || !isEnded(step, steps.slice(index + 1)));
      const forced = bags(step, "setHeaderRoute", "match").find((each) =>
        ["regex", "prefix"].some(
          (kind) => isSet(each, "headerValue", kind) && ANYTHING.includes(text(each, "headerValue", kind) ?? ""),
        ),
      );
      return [
        ...unless(!mirrors, {
          resource,
          property: `${STEPS}[${index}].setMirrorRoute`,
          got: "a mirror",
          want: "left out, or removed before the first weight: of a request and its copy only one is the user's",
        }),
        ...unless(forced === undefined, {
          resource,
          property: `${STEPS}[${index}].setHeaderRoute`,
          got: shown(at(forced, "headerValue")),
          want: "a header that only some requests have",
        }),
      ];
    }),
    ...unless(most === 100, {
      resource,
      property: `${CANARY}.trafficRouting.maxTrafficWeight`,
      got: String(most),
      want: "100: weights are per cent",
    }),
    ...unless(moved.length === 0, {
      resource,
      property: `${CANARY}.canaryMetadata.labels`,
      got: moved.join(", "),
      want: "labels by which nothing selects the pods",
    }),
  ];
}

/** `<namespace>/<name>` of the VirtualService that a Rollout means. */
function routePlace(named: Bag, rollout: Resource): string {
  const [name, namespace = namespaceOf(rollout)] = (text(named, "name") ?? "").split(".");
  return `${namespace}/${name}`;
}

/** Argo Rollouts adds the hash of one version to a selector; what else is in it must fit all versions. */
function selects(service: Resource, rollout: Resource): Fault[] {
  const selector = bag(service.inputs, "spec", "selector");
  const wanted = bag(rollout.inputs, "spec", "selector", "matchLabels");
  const got = Object.keys(selector)
    .map((key) => `${key}=${shown(selector[key])}`)
    .join(", ");
  const fits = (key: string): boolean => text(selector, key) === text(wanted, key);
  // A Rollout may take its pods from a Deployment, and then has no selector of its own.
  const unknown = Object.keys(wanted).length === 0;
  if (flag(service.inputs, "spec", "publishNotReadyAddresses") === true) {
    const want = "false: a version gets requests only while it can answer";
    return [{ resource: service, property: "spec.publishNotReadyAddresses", got: "true", want }];
  }
  const kind = text(service.inputs, "spec", "type") ?? "ClusterIP";
  const past = isSet(canaryOf(rollout), "trafficRouting", "istio")
    ? ["ExternalName", "NodePort", "LoadBalancer"]
    : ["ExternalName"];
  if (past.includes(kind)) {
    return [
      { resource: service, property: "spec.type", got: kind, want: "ClusterIP: requests come by the gateway, to its pods" },
    ];
  }
  return unless(got !== "" && (unknown || Object.keys(selector).every(fits)), {
    resource: service,
    property: "spec.selector",
    got: got || "nothing",
    want: `the labels by which the Rollout selects its pods${unknown ? "" : `, '${labelsOf(wanted)}'`}, and no other`,
  });
}

/** A port of a Service that no container has. Containers that declare no port may have any. */
function leadsNowhere(resource: Resource, rollout: Resource): Fault[] {
  const pod = podOf(rollout);
  const ports = pod === undefined ? [] : containersOf(pod).flatMap(({ container }) => bags(container, "ports"));
  const known = ports.flatMap((port) => [text(port, "name"), text(port, "containerPort")]).filter((each) => each !== undefined);
  return bags(resource.inputs, "spec", "ports").flatMap((port, index) => {
    // Kubernetes' default is the port of the Service.
    const got = text(port, "targetPort") ?? text(port, "port") ?? "nothing";
    return unless(known.length === 0 || known.includes(got), {
      resource,
      property: `spec.ports[${index}].targetPort`,
      got,
      want: `a port of the pods of the release, '${known.join("', '")}'`,
    });
  });
}

const labelsOf = (labels: Bag): string =>
  Object.keys(labels)
    .map((key) => `${key}=${shown(labels[key])}`)
    .join(", ");

/** The routes that Argo Rollouts writes, as the program leaves them between two releases. */
function atRest(route: Resource, names: readonly string[], rollout: Resource): Finding[] {
  const canary = canaryOf(rollout);
  const place = (role: string): string => `${namespaceOf(rollout)}/${text(canary, role)}`;
  const [stable, next] = [place("stableService"), place("canaryService")];
  const made = bags(canary, "trafficRouting", "managedRoutes").flatMap((each) => text(each, "name") ?? []);
  return together(
    httpOf(route).map((http, index) => (): Fault[] => {
      const path = `spec.http[${index}]`;
      const name = text(http, "name");
      if (names.length > 0 && !names.includes(name ?? "")) {
        return unless(name !== undefined && made.includes(name), {
          resource: route,
          property: path,
          got: name ?? "a route without a name",
          want: `one of the routes that the Rollout manages, '${names.join("', '")}'`,
        });
      }
      if (!isSet(route.inputs, "spec", "hosts") && isSet(http, "match")) {
        const want = "left out of a delegate: its root decides which requests it gets";
        return [{ resource: route, property: `${path}.match`, got: shown(http["match"]), want }];
      }
      const destinations = bags(http, "route");
      if (destinations.some((each) => isSet(each, "destination", "subset"))) {
        return [];
      }
      const weights = destinations.map((each) => ({
        service: serviceAt(text(each, "destination", "host") ?? "", route),
        weight: number(each, "weight") ?? (destinations.length === 1 ? 100 : 0),
      }));
      const shares = (service: string): number =>
        weights.filter((each) => each.service === service).reduce((sum, { weight }) => sum + weight, 0);
      const others = weights.some(({ service }) => service !== stable && service !== next);
      return unless(!others && shares(stable) === 100, {
        resource: route,
        property: `${path}.route`,
        got:
          weights.map(({ service, weight }) => `${weight} for ${service?.split("/")[1] ?? "another host"}`).join(", ") ||
          "nothing",
        want: `100 for '${text(canary, "stableService")}' and 0 for '${text(canary, "canaryService")}', as before each release`,
      });
    }),
  );
}
