import { GPU } from "#components/labels";
import type { SizedPod, Values } from "#components/pods/workload";
import type { EnvironmentPlan } from "../environment.ts";
import type { Recorded } from "../record.ts";
import type { Demand } from "./demand.ts";
import { quantity } from "./quantity.ts";

const KUEUE = /^kubernetes:kueue\.x-k8s\.io\/[^:]+:/;

/**
 * Jobs that fill what every queue can always have: one pod a GPU, with its part of the processors, and one pod a processor in queues without
 * GPUs. Kueue admits as much, so nodes must be there for it.
 */
export function queuedJobs({ layers }: Pick<EnvironmentPlan, "layers">): Demand[] {
  const resources = layers.flatMap((layer) => layer.resources.map((resource) => ({ layer: layer.layer, resource })));
  const of = (kind: string) => resources.filter(({ resource: { type } }) => KUEUE.test(type) && type.endsWith(`:${kind}`));
  const labels = new Map(of("ResourceFlavor").map(({ resource: { inputs } }) => [inputs["metadata"].name, inputs["spec"]]));
  return of("ClusterQueue").flatMap(({ layer, resource }) =>
    flavorsOf(resource).map(({ flavor, quota }) =>
      jobsOf({ layer, queue: resource.inputs["metadata"].name, quota, flavor: labels.get(flavor) ?? {} }),
    ),
  );
}

/** What all queues of a flavor can always have together, by resource. A job may borrow from every queue of the cohort. */
export function quotaOf({ layers }: Pick<EnvironmentPlan, "layers">, flavor: string): Map<string, number> {
  const total = new Map<string, number>();
  const queues = layers
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => KUEUE.test(type) && type.endsWith(":ClusterQueue"));
  for (const [resource, amount] of queues
    .flatMap(flavorsOf)
    .filter((each) => each.flavor === flavor)
    .flatMap(({ quota }) => [...quota])) {
    total.set(resource, (total.get(resource) ?? 0) + amount);
  }
  return total;
}

function flavorsOf({ inputs }: Recorded): { flavor: string; quota: Map<string, number> }[] {
  return (inputs["spec"].resourceGroups as Values[]).flatMap((group) =>
    (group["flavors"] as Values[]).map(({ name, resources }) => ({
      flavor: name,
      quota: new Map((resources as Values[]).map((each) => [each["name"], quantity(each["nominalQuota"])])),
    })),
  );
}

interface QueueOf {
  layer: string;
  queue: string;
  quota: Map<string, number>;
  flavor: Values;
}

function jobsOf({ layer, queue, quota, flavor }: QueueOf): Demand {
  const gpus = quota.get(GPU) ?? 0;
  const cpus = quota.get("cpu") ?? 0;
  const pods = gpus > 0 ? gpus : cpus;
  const requests = {
    cpu: `${Math.floor((cpus * 1_000) / Math.max(pods, 1))}m`,
    memory: `${Math.floor((quota.get("memory") ?? 0) / 2 ** 20 / Math.max(pods, 1))}Mi`,
  };
  // Kubernetes takes the limit of a GPU for its request.
  const limits = { ...(gpus > 0 && { [GPU]: "1" }) };
  const pod: SizedPod = {
    nodeSelector: flavor["nodeLabels"] ?? {},
    tolerations: flavor["tolerations"] ?? [],
    containers: [{ name: "job", resources: { requests, limits } }],
  };
  const name = `jobs of queue ${queue}`;
  return {
    kind: "Job",
    name,
    namespace: "",
    labels: {},
    layer,
    doubles: false,
    replicas: 0,
    mostReplicas: pods,
    pod,
    volumeGiB: 0,
  };
}
