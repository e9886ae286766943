import { at, type Bag, bag, bags, isSet, text } from "../read.ts";
import type { Resource } from "../resource.ts";

/** What a workload runs. */
export interface Pod {
  /** Where its spec stands below the inputs: `spec.template.spec` of a Deployment, `spec` of a Pod. */
  path: string;
  /** A `PodSpec` (Kubernetes API reference). */
  spec: Bag;
  /** Labels and annotations of its pods; empty where nothing is said. */
  metadata: Bag;
}

export interface PodContainer {
  /** Where it stands below the inputs, for example `spec.template.spec.containers[0]`. */
  path: string;
  /** A `Container` (Kubernetes API reference). */
  container: Bag;
  /** Whether it must end before the others begin: an init container that is no sidecar. */
  init: boolean;
  /** Whether it is for debugging alone: it has no requests, ports and probes. */
  ephemeral: boolean;
}

/** Path of the pod template by kind of workload. A JobSet has one for each of its jobs. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ["kubernetes:core/v1:Pod", []],
  ["kubernetes:core/v1:PodTemplate", ["template"]],
  ["kubernetes:core/v1:ReplicationController", ["spec", "template"]],
  ["kubernetes:apps/v1:Deployment", ["spec", "template"]],
  ["kubernetes:apps/v1:StatefulSet", ["spec", "template"]],
  ["kubernetes:apps/v1:DaemonSet", ["spec", "template"]],
  ["kubernetes:apps/v1:ReplicaSet", ["spec", "template"]],
  ["kubernetes:batch/v1:Job", ["spec", "template"]],
  ["kubernetes:batch/v1:CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ["kubernetes:argoproj.io/v1alpha1:Rollout", ["spec", "template"]],
  ["kubernetes:jobset.x-k8s.io/v1alpha2:JobSet", ["spec", "replicatedJobs", "*", "template", "spec", "template"]],
]);

/**
 * Paths of the pod specs of a KServe InferenceService: they stand in its components themselves, beside labels and annotations. A component
 * that names a `model` instead has the pods of a ServingRuntime, which is another object.
 */
const INFERENCE_SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService";
const COMPONENTS = ["predictor", "transformer", "explainer"] as const;

/** Types of Kubernetes' own; each has a list of its objects and a patch. */
const BUILT_IN: readonly string[] = [...TEMPLATES.keys()].filter((type) => /:(core|apps|batch)\//.test(type));

/** A list of any objects, by the names that the SDK and plain YAML give it. */
const ANY_LISTS: readonly string[] = ["kubernetes:core/v1:List", "kubernetes:v1:List"];

/** All types that make pods, and lists of such objects. */
export const WORKLOADS: readonly string[] = [
  ...TEMPLATES.keys(),
  INFERENCE_SERVICE,
  ...BUILT_IN.map((type) => `${type}List`),
  ...ANY_LISTS,
];

/** Types that change some fields of a workload. What they leave out stays as it is. */
export const WORKLOAD_PATCHES: readonly string[] = BUILT_IN.map((type) => `${type}Patch`);

/** Workloads whose pods serve for as long as they are wanted, rather than until their work is done. */
export const SERVICES: readonly string[] = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:argoproj.io/v1alpha1:Rollout",
];

/** Every kind of pod that a workload runs, or that a patch of one changes; empty if the resource is not a workload, or takes its template from another object. */
export function podsOf({ type, inputs }: Pick<Resource, "type" | "inputs">): Pod[] {
  if (ANY_LISTS.includes(type) || (type.endsWith("List") && WORKLOADS.includes(type))) {
    return bags(inputs, "items").flatMap((item, index) =>
      podsOf({ type: typeIn(item, type), inputs: item }).map((pod) => ({ ...pod, path: `items[${index}].${pod.path}` })),
    );
  }
  if (type === INFERENCE_SERVICE) {
    return COMPONENTS.flatMap((component) => {
      const spec = bag(inputs, "spec", component);
      const metadata = componentMetadata(inputs, component);
      return isSet(spec, "containers") ? [{ path: `spec.${component}`, spec, metadata }] : [];
    });
  }
  const steps = TEMPLATES.get(type.replace(/Patch$/, ""));
  return steps === undefined
    ? []
    : objectsAt(inputs, steps).flatMap(({ value, path }) =>
        at(value, "spec") === undefined
          ? []
          : [{ path: [...path, "spec"].join("."), spec: bag(value, "spec"), metadata: bag(value, "metadata") }],
      );
}

/** What KServe gives the pods of a component (v0.20.0, `buildObjectMeta` and `createRawDefaultDeployment`). */
function componentMetadata(inputs: Bag, component: string): Bag {
  const name = text(inputs, "metadata", "name") ?? "";
  const said = (kind: "labels" | "annotations"): Bag => ({
    ...bag(inputs, "metadata", kind),
    ...bag(inputs, "spec", component, kind),
  });
  const own = { "serving.kserve.io/inferenceservice": name, component, app: `isvc.${name}-${component}` };
  return { labels: { ...said("labels"), ...own }, annotations: said("annotations") };
}

/** The type of an object in a list: what it says of itself, where the list may have others. */
function typeIn(item: Bag, list: string): string {
  const version = text(item, "apiVersion") ?? "";
  return ANY_LISTS.includes(list)
    ? `kubernetes:${version.includes("/") ? version : `core/${version}`}:${text(item, "kind") ?? ""}`
    : list.replace(/List$/, "");
}

/** The only kind of pod of a workload; of a JobSet the first. */
export const podOf = (resource: Resource): Pod | undefined => podsOf(resource)[0];

/** Containers of a pod, those that prepare it first. */
export function containersOf({ path, spec }: Pick<Pod, "path" | "spec">): PodContainer[] {
  const of = (kind: "initContainers" | "containers" | "ephemeralContainers"): PodContainer[] =>
    bags(spec, kind).map((container, index) => ({
      path: `${path}.${kind}[${index}]`,
      container,
      init: kind === "initContainers" && text(container, "restartPolicy") !== "Always",
      ephemeral: kind === "ephemeralContainers",
    }));
  return [...of("initContainers"), ...of("containers"), ...of("ephemeralContainers")];
}

interface Found {
  value: unknown;
  path: string[];
}

function objectsAt(value: unknown, [step, ...rest]: readonly string[], path: string[] = []): Found[] {
  if (step === undefined || value === undefined) {
    return [{ value, path }];
  }
  if (step !== "*") {
    return objectsAt(at(value, step), rest, [...path, step]);
  }
  const last = path.length - 1;
  return bags({ value }, "value").flatMap((each, index) => objectsAt(each, rest, path.with(last, `${path[last]}[${index}]`)));
}
