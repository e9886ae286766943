import { fits } from "../../kubernetes/objects.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, hasKey, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** Extended resource of whole GPUs, and key of the taint of their nodes. */
export const GPU = "nvidia.com/gpu";

const KUEUE_VERSIONS = ["v1beta1", "v1beta2"];
const kueueTypes = (kind: string): readonly string[] =>
  KUEUE_VERSIONS.map((version) => `kubernetes:kueue.x-k8s.io/${version}:${kind}`);

export const RESOURCE_FLAVORS = kueueTypes("ResourceFlavor");
export const CLUSTER_QUEUES = kueueTypes("ClusterQueue");
export const COHORTS = kueueTypes("Cohort");
export const LOCAL_QUEUES = kueueTypes("LocalQueue");

/** Priorities of jobs in queues, and of pods on nodes. */
export const PRIORITY_CLASSES = [...kueueTypes("WorkloadPriorityClass"), "kubernetes:scheduling.k8s.io/v1:PriorityClass"];

/** Families p, g and gr have NVIDIA's GPUs; those of g4ad are AMD's (Amazon EC2 instance types, "Accelerated computing"). */
const NVIDIA = /^(?!g4ad\.)(p|g|gr)\d[a-z0-9-]*\./;

export const isGpuType = (type: string): boolean => NVIDIA.test(type);

export const requirementsOf = ({ inputs }: Resource): Bag[] => bags(inputs, "spec", "template", "spec", "requirements");

/** Values that a NodePool's requirement allows; empty if it is not a plain list. */
export const allowed = (pool: Resource, label: string): string[] =>
  requirementsOf(pool).flatMap((each) =>
    text(each, "key") === label && text(each, "operator") === "In" ? texts(each, "values") : [],
  );

export const INSTANCE_TYPE = "node.kubernetes.io/instance-type";
export const CAPACITY_TYPE = "karpenter.sh/capacity-type";

/** Whether Karpenter starts nodes with NVIDIA GPUs for a NodePool, by its instance types, families, categories or number of GPUs. */
export function isGpuPool(pool: Resource): boolean {
  return (
    allowed(pool, INSTANCE_TYPE).some(isGpuType) ||
    allowed(pool, "karpenter.k8s.aws/instance-family").some((family) => isGpuType(`${family}.`)) ||
    allowed(pool, "karpenter.k8s.aws/instance-category").some((category) => ["g", "gr", "p"].includes(category)) ||
    requirementsOf(pool).some(
      (each) =>
        (text(each, "key") ?? "").startsWith("karpenter.k8s.aws/instance-gpu-") && text(each, "operator") !== "DoesNotExist",
    ) ||
    hasKey(pool.inputs, "spec", "limits", GPU)
  );
}

/** Whether a managed node group has NVIDIA GPUs, by its instance types or by its image. */
export const isGpuGroup = ({ inputs }: Resource): boolean =>
  texts(inputs, "instanceTypes").some(isGpuType) || /NVIDIA|_GPU$/.test(text(inputs, "amiType") ?? "");

/** Pools whose GPUs are handed out by a queue: a Kueue flavor selects their nodes. Training runs there; nothing there may be replaced. */
export function queuedPools(resources: readonly Resource[]): Resource[] {
  const flavors = resources.filter(({ type }) => RESOURCE_FLAVORS.includes(type));
  return resources.filter((pool) => pool.type === NODE_POOL && flavors.some((flavor) => selects(flavor, pool)));
}

/** Whether a flavor stands for the nodes of a pool. */
export function selects(flavor: Resource, pool: Resource): boolean {
  const wanted = bag(flavor.inputs, "spec", "nodeLabels");
  return Object.keys(wanted).length > 0 && fits(wanted, bag(pool.inputs, "spec", "template", "metadata", "labels"));
}

/** What a queue or a cohort hands out, resource by resource. */
export const quotasOf = ({ inputs }: Resource): { flavor: string; quota: Bag }[] =>
  bags(inputs, "spec", "resourceGroups")
    .flatMap((group) => bags(group, "flavors"))
    .flatMap((flavor) => bags(flavor, "resources").map((quota) => ({ flavor: text(flavor, "name") ?? "nothing", quota })));
