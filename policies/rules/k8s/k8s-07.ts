import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { fits, labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { boundsOf, SCALERS, scales } from "../../kubernetes/scalers.ts";
import { NAMESPACE, ROLLOUT, SERVICE } from "../../kubernetes/types.ts";
import { type Pod, podOf, SERVICES } from "../../kubernetes/workloads.ts";
import { at, bag, bags, hasKey, isSet, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { endFaults, probeFaults } from "./probes.ts";

const ZONE = "topology.kubernetes.io/zone";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";

/** One replica loses its requests whenever its node is replaced. */
const FEWEST = 2;

interface Serving {
  /** Namespaces that serve, besides those with the label. */
  namespaces: readonly string[];
}

export const K8S_07 = stackRule<Serving>({
  id: "K8S-07",
  title:
    "Services have two replicas in several zones, can be drained one replica at a time, and get requests only while they can answer",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Serve models with `ModelServing`. Give other services at least two replicas, a PodDisruptionBudget with `maxUnavailable: 1`, a spread over zones, probes that ask a port of the server, and, where a Service leads to them, a `preStop` that waits until nobody calls.",
  peers: ["pulumi compliance-policies", "polaris", "kube-linter"],
  // In prod training stands still without the tracking server.
  parameters: { dev: { namespaces: [] }, staging: { namespaces: [] }, prod: { namespaces: ["mlflow"] } },
  elsewhere: { namespaces: [] },
  types: [...SCALERS, BUDGET, SERVICE, ...SERVICES, ROLLOUT],
  relate: (resources, { namespaces }) => {
    const serving = new Set([
      ...namespaces,
      ...resources.filter((each) => each.type === NAMESPACE && hasKey(labelsOf(each), SERVES)).map(nameOf),
    ]);
    return ofEach(
      resources.filter((each) => SERVICES.includes(each.type) && (each.type === ROLLOUT || serving.has(namespaceOf(each)))),
      (service) => fragile(service, resources),
    );
  },
});

function fragile(service: Resource, resources: readonly Resource[]): Finding[] {
  const pod = podOf(service);
  return together(
    () => enough(fewestOf(service, resources)),
    () => replacedAtOnce(service),
    pod === undefined
      ? []
      : [
          () => spreadOverZones(service, pod),
          () => bindingSpread(service, pod, () => fewestOf(service, resources).replicas),
          () => probed(service, pod),
          () => probeFaults(service, pod),
          () => (isCalled(service, pod, resources) ? endFaults(service, pod) : []),
          () => drained(service, budgetsOf(service, pod, resources), () => fewestOf(service, resources).replicas),
        ],
  );
}

/** Whether anybody sends it requests: what reads a queue or a stream has no Service, and nothing to wait for when it ends. */
const isCalled = (service: Resource, { metadata }: Pod, resources: readonly Resource[]): boolean =>
  service.type === ROLLOUT ||
  resources.some(
    (each) =>
      each.type === SERVICE &&
      namespaceOf(each) === namespaceOf(service) &&
      fits(bag(each.inputs, "spec", "selector"), bag(metadata, "labels")),
  );

/** Replicas that a service always has, and who says so. */
interface Fewest {
  resource: Resource;
  property: string;
  replicas: number;
}

/** The autoscaler owns the number, where there is one. */
function fewestOf(service: Resource, resources: readonly Resource[]): Fewest {
  const scaler = resources.find((resource) => SCALERS.includes(resource.type) && scales(resource, service));
  if (scaler === undefined) {
    return { resource: service, property: "spec.replicas", replicas: numberOr(1, service.inputs, "spec", "replicas") };
  }
  const { least, leastDefault } = boundsOf(scaler);
  return { resource: scaler, property: `spec.${least}`, replicas: numberOr(leastDefault, scaler.inputs, "spec", least) };
}

const enough = ({ resource, property, replicas }: Fewest): Fault[] =>
  unless(replicas >= FEWEST, { resource, property, got: String(replicas), want: `at least ${FEWEST}` });

function spreadOverZones(resource: Resource, { path, spec, metadata }: Pod): Fault[] {
  const spreads = bags(spec, "topologySpreadConstraints");
  const apart = ["requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"].flatMap(
    (kind) =>
      bags(spec, "affinity", "podAntiAffinity", kind).map(
        (each) => text(each, "podAffinityTerm", "topologyKey") ?? text(each, "topologyKey"),
      ),
  );
  const keys = spreads.map((each) => text(each, "topologyKey") ?? "nothing");
  // A spread that counts other pods says nothing about these.
  const own = spreads.filter((each) => isSet(each, "labelSelector", "matchLabels") && text(each, "topologyKey") === ZONE);
  const foreign = own.find((each) => !fits(bag(each, "labelSelector", "matchLabels"), bag(metadata, "labels")));
  if (foreign !== undefined) {
    const got = shown(at(foreign, "labelSelector", "matchLabels"));
    return [{ resource, property: `${path}.topologySpreadConstraints`, got, want: "a spread that selects the pods themselves" }];
  }
  return unless(keys.includes(ZONE) || apart.includes(ZONE), {
    resource,
    property: `${path}.topologySpreadConstraints`,
    got: keys.join(", ") || "nothing",
    want: `a spread over ${ZONE}`,
  });
}

/** A spread that lets all replicas lie in one zone spreads nothing. */
const bindingSpread = (resource: Resource, { path, spec }: Pod, replicas: () => number): Fault[] =>
  bags(spec, "topologySpreadConstraints").flatMap((each, index) => {
    const skew = numberOr(1, each, "maxSkew");
    return unless(text(each, "topologyKey") !== ZONE || skew <= 1 || skew < replicas(), {
      resource,
      property: `${path}.topologySpreadConstraints[${index}].maxSkew`,
      got: shown(skew),
      want: "1, or less than there are replicas",
    });
  });

/** The first container serves; a failure of the other containers must not stop it. */
const probed = (resource: Resource, { path, spec }: Pod): Fault[] =>
  ["readinessProbe", "livenessProbe"]
    .filter((probe) => !isSet(spec, "containers", 0, probe))
    .map((probe) => ({ resource, property: `${path}.containers[0].${probe}`, got: "nothing", want: "a probe" }));

/** Share of replicas that an update may take away; Kubernetes' own default. */
const MOST_AWAY = 25;

/** What an update leaves of a service while it runs. */
function replacedAtOnce(resource: Resource): Fault[] {
  const { inputs, type } = resource;
  const path = type === ROLLOUT ? "spec.strategy.canary" : "spec.strategy";
  const strategy = type === ROLLOUT ? bag(inputs, "spec", "strategy", "canary") : bag(inputs, "spec", "strategy");
  const away = type === ROLLOUT ? at(strategy, "maxUnavailable") : at(strategy, "rollingUpdate", "maxUnavailable");
  const got = text({ away }, "away") ?? "";
  const few = got === "" || (got.endsWith("%") ? Number.parseFloat(got) <= MOST_AWAY : Number(got) <= 1);
  return [
    ...unless(text(strategy, "type") !== "Recreate", {
      resource,
      property: `${path}.type`,
      got: "Recreate",
      want: "RollingUpdate",
    }),
    ...unless(few, {
      resource,
      property: type === ROLLOUT ? `${path}.maxUnavailable` : `${path}.rollingUpdate.maxUnavailable`,
      got,
      want: `at most 1 or ${MOST_AWAY}%`,
    }),
  ];
}

const budgetsOf = (service: Resource, { metadata }: Pod, resources: readonly Resource[]): Resource[] =>
  resources.filter(
    (resource) =>
      resource.type === BUDGET &&
      namespaceOf(resource) === namespaceOf(service) &&
      fits(bag(resource.inputs, "spec", "selector", "matchLabels"), bag(metadata, "labels")),
  );

const DRAINABLE = "a number that lets one replica be evicted, so that its node can be drained";

function drained(service: Resource, budgets: readonly Resource[], replicas: () => number): Finding[] {
  if (budgets.length === 0) {
    const labels = Object.entries(bag(service.inputs, "spec", "selector", "matchLabels")).map(
      ([key, value]) => `${key}=${shown(value)}`,
    );
    const want = "labels that a PodDisruptionBudget of the same namespace selects";
    return [{ resource: service, property: "spec.selector.matchLabels", got: labels.join(", ") || "nothing", want }];
  }
  return ofEach(budgets, (resource) => {
    if (
      !isSet(resource.inputs, "spec", "selector", "matchLabels") &&
      !isSet(resource.inputs, "spec", "selector", "matchExpressions")
    ) {
      return [{ resource, property: "spec.selector", got: "every pod", want: "the labels of one service's pods" }];
    }
    const field = isSet(resource.inputs, "spec", "maxUnavailable") ? "maxUnavailable" : "minAvailable";
    const said = at(resource.inputs, "spec", field) ?? 1;
    const [count, all] = [countOf(said, replicas()), replicas()];
    const staying = field === "maxUnavailable" ? all - count : count;
    const fault = { resource, property: `spec.${field}`, got: shown(said) };
    return [
      ...unless(field === "maxUnavailable" ? count >= 1 : staying < all, { ...fault, want: DRAINABLE }),
      ...unless(all < FEWEST || staying >= 1, { ...fault, want: "a number that keeps one replica while others are evicted" }),
    ];
  });
}

/** Pods that a number or a share stands for, rounded up as Kubernetes does ("Specifying a Disruption Budget"). */
function countOf(said: unknown, replicas: number): number {
  const written = shown(said);
  return written.endsWith("%") ? Math.ceil((Number.parseFloat(written) / 100) * replicas) : Number(written);
}
