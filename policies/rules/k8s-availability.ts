import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, stackRule } from "../rule.ts";
import { namespaceOf, type Pod, podOf, SERVICES } from "./workloads.ts";

const ZONE = "topology.kubernetes.io/zone";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";

/** On namespaces of model servers. */
const SERVES = "millrace.dev/serves";

/** One replica loses its requests whenever its node is replaced. */
const FEWEST = 2;

const servingSurvives = stackRule({
  id: "K8S-07",
  title: "What serves has two replicas over zones, which can be drained one at a time and get requests only while they answer",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Serve models with `ModelServing`; else set two replicas or more, a PodDisruptionBudget with `maxUnavailable: 1`, a spread over zones, a readiness and a liveness probe.",
  peers: ["pulumi compliance-policies", "polaris", "kube-linter"],
  // In prod training stands still without the tracking server.
  parameters: { dev: { namespaces: [] }, staging: { namespaces: [] }, prod: { namespaces: ["mlflow"] } },
  relate: (resources, { namespaces }: { namespaces: readonly string[] }) => {
    const serving = new Set([
      ...namespaces,
      ...resources
        .filter(({ type, inputs }) => type === NAMESPACE && SERVES in (inputs.metadata?.labels ?? {}))
        .map(({ inputs }) => inputs.metadata.name),
    ]);
    return resources
      .filter((resource) => SERVICES.includes(resource.type))
      .filter((resource) => resource.type === ROLLOUT || serving.has(namespaceOf(resource)))
      .flatMap((service) => {
        const fewest = fewestOf(service, resources);
        const pod = podOf(service);
        return [
          ...enough(fewest),
          ...(pod === undefined
            ? []
            : [
                ...spreadOverZones(service, pod),
                ...probed(service, pod),
                ...drained(service, budgetsOf(service, pod, resources), fewest.replicas),
              ]),
        ];
      });
  },
});

/** Replicas that a service always has, and who says so. */
interface Fewest {
  resource: Resource;
  property: string;
  replicas: number;
}

/** The autoscaler owns the number, where there is one. */
function fewestOf(service: Resource, resources: readonly Resource[]): Fewest {
  const autoscaler = resources.find(
    (resource) =>
      resource.type === AUTOSCALER &&
      service.type.endsWith(`:${resource.inputs.spec.scaleTargetRef.kind}`) &&
      resource.inputs.spec.scaleTargetRef.name === service.inputs.metadata?.name &&
      namespaceOf(resource) === namespaceOf(service),
  );
  return autoscaler === undefined
    ? { resource: service, property: "spec.replicas", replicas: service.inputs.spec.replicas ?? 1 }
    : { resource: autoscaler, property: "spec.minReplicas", replicas: autoscaler.inputs.spec.minReplicas ?? 1 };
}

const enough = ({ resource, property, replicas }: Fewest): Fault[] =>
  replicas >= FEWEST ? [] : [{ resource, property, got: String(replicas), want: `at least ${FEWEST}` }];

function spreadOverZones(resource: Resource, { path, spec }: Pod): Fault[] {
  const keys: string[] = (spec.topologySpreadConstraints ?? []).map(({ topologyKey }: any) => topologyKey);
  return keys.includes(ZONE)
    ? []
    : [
        {
          resource,
          property: `${path}.topologySpreadConstraints`,
          got: keys.join(", ") || "nothing",
          want: `a spread over ${ZONE}`,
        },
      ];
}

/** The first container is the one that serves; those beside it must not take it down with them. */
function probed(resource: Resource, { path, spec }: Pod): Fault[] {
  const main = spec.containers?.[0] ?? {};
  return ["readinessProbe", "livenessProbe"]
    .filter((probe) => !(probe in main))
    .map((probe) => ({ resource, property: `${path}.containers[0].${probe}`, got: "nothing", want: "a probe" }));
}

const budgetsOf = (service: Resource, { metadata }: Pod, resources: readonly Resource[]): Resource[] =>
  resources.filter(
    (resource) =>
      resource.type === BUDGET &&
      namespaceOf(resource) === namespaceOf(service) &&
      Object.entries(resource.inputs.spec.selector?.matchLabels ?? {}).every(([key, value]) => metadata.labels?.[key] === value),
  );

function drained(service: Resource, budgets: readonly Resource[], replicas: number): Fault[] {
  if (budgets.length === 0) {
    const labels = Object.entries(service.inputs.spec.selector?.matchLabels ?? {}).map((label) => label.join("="));
    const want = "labels that a PodDisruptionBudget of the same namespace selects";
    return [{ resource: service, property: "spec.selector.matchLabels", got: labels.join(", ") || "nothing", want }];
  }
  return budgets.flatMap((resource): Fault[] => {
    const { spec } = resource.inputs;
    const property = "maxUnavailable" in spec ? "maxUnavailable" : "minAvailable";
    const said = spec[property] ?? 1;
    const goes = property === "maxUnavailable" ? Number.parseInt(said, 10) >= 1 : leavesRoom(said, replicas);
    const want = "a number that lets a replica go, or its node is never drained";
    return goes ? [] : [{ resource, property: `spec.${property}`, got: String(said), want }];
  });
}

const leavesRoom = (minAvailable: number | string, replicas: number): boolean =>
  String(minAvailable).endsWith("%") ? minAvailable !== "100%" : Number(minAvailable) < replicas;

export const K8S_AVAILABILITY: readonly Rule[] = [servingSurvives];
