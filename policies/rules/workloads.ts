import type { Resource } from "../resource.ts";

/** What a workload runs. */
export interface Pod {
  /** Where its spec stands below the inputs: `spec.template.spec` of a Deployment, `spec` of a Pod. */
  path: string;
  /** A `PodSpec` (Kubernetes API reference). */
  spec: any;
  /** Labels and annotations of its pods; empty where nothing is said. */
  metadata: any;
}

export interface PodContainer {
  /** Where it stands below the inputs, for example `spec.template.spec.containers[0]`. */
  path: string;
  container: any;
  /** Whether it must end before the others begin: an init container that is no sidecar. */
  init: boolean;
}

/** Path of the pod template by kind of workload. A JobSet has one for each of its jobs. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:core/v1:Pod": [],
  "kubernetes:core/v1:ReplicationController": ["spec", "template"],
  "kubernetes:apps/v1:Deployment": ["spec", "template"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template"],
  "kubernetes:batch/v1:Job": ["spec", "template"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template"],
  "kubernetes:argoproj.io/v1alpha1:Rollout": ["spec", "template"],
  "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet": ["spec", "replicatedJobs", "*", "template", "spec", "template"],
};

/** Types of everything that ends in pods. */
export const WORKLOADS: readonly string[] = Object.keys(TEMPLATES);

/** Workloads whose pods serve for as long as they are wanted, rather than until their work is done. */
export const SERVICES: readonly string[] = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:argoproj.io/v1alpha1:Rollout",
];

/** Every kind of pod that a workload runs: none where it is not a workload, or takes its template from another object. */
export function podsOf({ type, inputs }: Resource): Pod[] {
  const steps = TEMPLATES[type];
  return steps === undefined
    ? []
    : objectsAt(inputs, steps).flatMap(({ value, path }) =>
        value?.spec === undefined
          ? []
          : [{ path: [...path, "spec"].join("."), spec: value.spec, metadata: value.metadata ?? {} }],
      );
}

/** The only kind of pod of a workload; of a JobSet the first. */
export const podOf = (resource: Resource): Pod | undefined => podsOf(resource)[0];

/** Where an object lives: what it says itself, or what its provider says for all. */
export const namespaceOf = ({ inputs, provider }: Resource): string =>
  inputs.metadata?.namespace ?? provider.namespace ?? "default";

/** Containers of a pod, those that prepare it first. */
export function containersOf({ path, spec }: Pick<Pod, "path" | "spec">): PodContainer[] {
  const of = (list: "initContainers" | "containers"): PodContainer[] =>
    (spec[list] ?? []).map((container: any, at: number) => ({
      path: `${path}.${list}[${at}]`,
      container,
      init: list === "initContainers" && container.restartPolicy !== "Always",
    }));
  return [...of("initContainers"), ...of("containers")];
}

interface At {
  value: any;
  path: string[];
}

function objectsAt(value: any, [step, ...rest]: readonly string[], path: string[] = []): At[] {
  if (step === undefined || value === undefined || value === null) {
    return [{ value, path }];
  }
  if (step !== "*") {
    return objectsAt(value[step], rest, [...path, step]);
  }
  const last = path.length - 1;
  return value.flatMap((each: any, at: number) => objectsAt(each, rest, path.with(last, `${path[last]}[${at}]`)));
}
