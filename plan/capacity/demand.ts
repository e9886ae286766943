import { podsOfAddon } from "#components/pods/addon-pods";
import { podsOfRelease } from "#components/pods/chart-pods";
import type { SizedPod, Values, Workload } from "#components/pods/workload";
import type { EnvironmentPlan } from "../environment.ts";
import type { Recorded } from "../record.ts";

/** A workload of an environment, and how many of its pods there are in each situation. */
export interface Demand extends Workload {
  /** Layer that declares it. */
  layer: string;
  /** Whether it has releases, with both versions at once. */
  doubles: boolean;
  /** Shares of a release whose old version shrinks as the new one grows, percent. @default - the old version stays at full size */
  shrinksBy?: readonly number[];
}

/** Everything of an environment that becomes pods. */
export interface DemandOfPlan {
  workloads: Demand[];
  /** Charts and add-ons whose pods nobody has recorded. */
  unknown: string[];
}

/** All pods that the three layers make: typed objects, charts, add-ons, and what operators make of custom resources. */
export function demandOf({ layers }: Pick<EnvironmentPlan, "layers">): DemandOfPlan {
  const all = layers.flatMap(({ layer, resources }) => resources.map((resource) => ({ layer, resource })));
  const most = mostReplicas(all.map(({ resource }) => resource));
  const unknown: string[] = [];
  const workloads = all.flatMap(({ layer, resource }): Demand[] => {
    const made = workloadsOf(resource);
    if (made === undefined) {
      unknown.push(`${resource.inputs["chart"] ?? resource.inputs["addonName"]}`);
      return [];
    }
    return made.map((each) => {
      const scaled = most.get(`${each.namespace}/${each.name}`);
      const sizes = scaled ? { replicas: scaled.min, mostReplicas: scaled.max } : {};
      const shares = resource.type === ROLLOUT ? sharesOfShrinking(resource.inputs) : undefined;
      return { ...each, ...sizes, layer, doubles: resource.type === ROLLOUT, ...(shares && { shrinksBy: shares }) };
    });
  });
  return { workloads, unknown };
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const ADDON = "aws:eks/addon:Addon";
const SCALERS = ["kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject"];
const ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout";

/** Where the pod template of a typed object stands. A CronJob's pods count as a Job's. */
const TYPED: Readonly<Record<string, { kind: Workload["kind"]; template: (spec: Values) => Values }>> = {
  "kubernetes:apps/v1:Deployment": { kind: "Deployment", template: (spec) => spec["template"] },
  "kubernetes:apps/v1:StatefulSet": { kind: "StatefulSet", template: (spec) => spec["template"] },
  "kubernetes:apps/v1:DaemonSet": { kind: "DaemonSet", template: (spec) => spec["template"] },
  "kubernetes:batch/v1:Job": { kind: "Job", template: (spec) => spec["template"] },
  "kubernetes:batch/v1:CronJob": { kind: "Job", template: (spec) => spec["jobTemplate"].spec.template },
  [ROLLOUT]: { kind: "Deployment", template: (spec) => spec["template"] },
};

/** `undefined` for a chart or an add-on that is not recorded. */
function workloadsOf({ type, inputs }: Recorded): Workload[] | undefined {
  if (type === RELEASE) {
    return podsOfRelease(inputs);
  }
  if (type === ADDON) {
    return podsOfAddon(inputs["addonName"], JSON.parse(inputs["configurationValues"] ?? "{}") as Values);
  }
  const typed = TYPED[type];
  if (!typed) {
    return [];
  }
  const { metadata = {}, spec = {} } = inputs;
  const template = typed.template(spec);
  return [
    {
      kind: typed.kind,
      name: metadata.name,
      namespace: metadata.namespace ?? "default",
      replicas: spec.replicas ?? 1,
      mostReplicas: spec.replicas ?? 1,
      labels: template["metadata"]?.labels ?? {},
      pod: template["spec"] as SizedPod,
      volumeGiB: 0,
    },
  ];
}

function sharesOfShrinking({ spec }: Values): number[] | undefined {
  const { dynamicStableScale, steps = [] } = spec?.strategy?.canary ?? {};
  return dynamicStableScale === true ? steps.flatMap(({ setWeight }: Values) => setWeight ?? []) : undefined;
}

/** What autoscalers say, by `<namespace>/<name>` of what they scale. */
function mostReplicas(resources: readonly Recorded[]): Map<string, { min: number; max: number }> {
  return new Map(
    resources
      .filter(({ type }) => SCALERS.includes(type))
      .map(({ inputs: { metadata, spec } }) => [
        `${metadata.namespace}/${spec.scaleTargetRef.name}`,
        { min: spec.minReplicas ?? spec.minReplicaCount ?? 1, max: spec.maxReplicas ?? spec.maxReplicaCount },
      ]),
  );
}
