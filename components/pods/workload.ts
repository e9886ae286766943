import type { Placement } from "../placement.ts";

/** Values of a chart or configuration of an add-on. Each has a shape of its own, which the tables of this folder know. */
// biome-ignore lint/suspicious/noExplicitAny: values of other people's charts and add-ons
export type Values = Record<string, any>;

/** Requests and limits of a container, as Kubernetes quantities. */
export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** A container, as far as the scheduler looks at it. */
export interface SizedContainer {
  name: string;
  resources?: Resources;
  /** `Always` on an init container makes it a side-car, whose requests count beside the others. */
  restartPolicy?: string;
}

/** A pod, as far as the scheduler looks at it. Fields have the names and the meaning of Kubernetes' own PodSpec. */
export interface SizedPod extends Placement {
  containers: SizedContainer[];
  initContainers?: SizedContainer[];
  topologySpreadConstraints?: SpreadConstraint[];
}

export interface SpreadConstraint {
  maxSkew: number;
  topologyKey: string;
  whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway";
  labelSelector?: { matchLabels?: Record<string, string> };
}

export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "Job";

/** Pods of one kind that run together. */
export interface Workload {
  kind: WorkloadKind;
  name: string;
  namespace: string;
  /** Pods while nothing happens; a DaemonSet has one a node instead. */
  replicas: number;
  /** Pods at most, where an autoscaler sets their number; `replicas` elsewhere. */
  mostReplicas: number;
  /** Labels of the pods that spread and anti-affinity rules select by. */
  labels: Record<string, string>;
  pod: SizedPod;
  /** Volume of each pod that lies in one zone, GiB; 0 = none. */
  volumeGiB: number;
}

/** What a table of charts or add-ons says of a workload; the rest has a default. */
export interface WorkloadOf {
  kind?: WorkloadKind;
  name: string;
  /** @default 1 */
  replicas?: number | undefined;
  /** @default `replicas` */
  mostReplicas?: number | undefined;
  /** Part of the values that holds the placement under Kubernetes' own names. */
  placed: Placement & { topologySpreadConstraints?: SpreadConstraint[] };
  /** Requests by container; `undefined` where the values state none. */
  containers: Record<string, Resources | undefined>;
  initContainers?: Record<string, Resources | undefined>;
  /** @default 0 */
  volumeGiB?: number | undefined;
  /** Fields of the placement that the chart's templates write whatever the values say. */
  always?: Placement;
}

/** A workload with the pods' labels and the fields of the scheduler, and nothing of what the values hold besides. */
export function workload(namespace: string, of: WorkloadOf): Workload {
  const { kind = "Deployment", name, replicas = 1, mostReplicas = replicas, placed, always = {}, volumeGiB = 0 } = of;
  const { nodeSelector, tolerations, affinity, priorityClassName, topologySpreadConstraints } = placed;
  const labels = { "app.kubernetes.io/name": name };
  const spread = topologySpreadConstraints?.map((each) => ({ ...each, labelSelector: { matchLabels: labels } }));
  const pod: SizedPod = {
    ...(nodeSelector && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations && { tolerations: [...tolerations] }),
    ...(affinity && { affinity }),
    ...(priorityClassName && { priorityClassName }),
    ...(spread && { topologySpreadConstraints: spread }),
    ...always,
    ...(of.initContainers && { initContainers: containersOf(of.initContainers) }),
    containers: containersOf(of.containers),
  };
  return { kind, name, namespace, replicas, mostReplicas, labels, pod, volumeGiB };
}

/** Required anti-affinity: no two of these pods on one node. */
export const oneANode = (name: string) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { "app.kubernetes.io/name": name } } },
    ],
  },
});

const containersOf = (containers: Record<string, Resources | undefined>): SizedContainer[] =>
  Object.entries(containers).map(([name, resources]) => ({ name, ...(resources && { resources }) }));

/** Containers of a workload that do not state both CPU and memory requests. */
export function withoutRequests({ pod }: Pick<Workload, "pod">): string[] {
  return [...(pod.initContainers ?? []), ...pod.containers]
    .filter(({ resources }) => resources?.requests?.["cpu"] === undefined || resources.requests["memory"] === undefined)
    .map(({ name }) => name);
}
