import type { Resource } from "../resource.ts";

/** Extended resource of whole GPUs, and key of the taint of their nodes. */
export const GPU = "nvidia.com/gpu";

export const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
export const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
export const RESOURCE_FLAVORS: readonly string[] = ["v1beta1", "v1beta2"].map(
  (v) => `kubernetes:kueue.x-k8s.io/${v}:ResourceFlavor`,
);
export const CLUSTER_QUEUES: readonly string[] = ["v1beta1", "v1beta2"].map((v) => `kubernetes:kueue.x-k8s.io/${v}:ClusterQueue`);

/** Families p, g and gr have NVIDIA's GPUs; those of g4ad are AMD's (Amazon EC2 instance types, "Accelerated computing"). */
const NVIDIA = /^(?!g4ad\.)(p|g|gr)\d[a-z0-9-]*\./;

export const isGpuType = (type: string): boolean => NVIDIA.test(type);

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

const requirementsOf = ({ inputs }: Resource): Requirement[] => inputs.spec?.template?.spec?.requirements ?? [];

/** Values that a NodePool's requirement allows; none where it is not a plain list. */
export const allowed = (pool: Resource, label: string): string[] =>
  requirementsOf(pool).flatMap(({ key, operator, values = [] }) => (key === label && operator === "In" ? values : []));

export const INSTANCE_TYPE = "node.kubernetes.io/instance-type";

/** Whether Karpenter starts nodes with NVIDIA GPUs for a NodePool, said by type, family, category or number of GPUs. */
export function isGpuPool(pool: Resource): boolean {
  return (
    allowed(pool, INSTANCE_TYPE).some(isGpuType) ||
    allowed(pool, "karpenter.k8s.aws/instance-family").some((family) => isGpuType(`${family}.`)) ||
    allowed(pool, "karpenter.k8s.aws/instance-category").some((category) => ["g", "gr", "p"].includes(category)) ||
    requirementsOf(pool).some(
      ({ key, operator }) => key.startsWith("karpenter.k8s.aws/instance-gpu-") && operator !== "DoesNotExist",
    ) ||
    GPU in (pool.inputs.spec?.limits ?? {})
  );
}

/** Whether a managed node group has NVIDIA GPUs, by its instance types or by its image. */
export const isGpuGroup = ({ inputs }: Resource): boolean =>
  (inputs.instanceTypes ?? []).some(isGpuType) || /NVIDIA|_GPU$/.test(inputs.amiType ?? "");

/** Pools whose GPUs are handed out by a queue: a Kueue flavor selects their nodes. Training runs there; nothing there may be replaced. */
export function queuedPools(resources: readonly Resource[]): Resource[] {
  const flavors = resources.filter(({ type }) => RESOURCE_FLAVORS.includes(type));
  return resources.filter((pool) => pool.type === NODE_POOL && flavors.some((flavor) => selects(flavor, pool)));
}

export function selects(flavor: Resource, pool: Resource): boolean {
  const wanted = Object.entries<string>(flavor.inputs.spec?.nodeLabels ?? {});
  const labels = pool.inputs.spec?.template?.metadata?.labels ?? {};
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
