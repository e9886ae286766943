import { instanceOf } from "#components/instances/instance";
import { machines, type Priced, type PriceList } from "./prices.ts";
import type { Recorded } from "./record.ts";

/** What each Karpenter pool costs when it is full: as many nodes as its limits allow, all month, on demand, with their root volumes. */
export function ceilingOf(resources: readonly Recorded[], prices: PriceList): Priced[] {
  return resources
    .filter(({ type }) => type === "kubernetes:karpenter.sh/v1:NodePool")
    .map(({ inputs, name }) => {
      const { limits = {}, template } = inputs["spec"];
      const sizes = typesOf(template.spec.requirements ?? [])
        .map((type) => ({ type, count: mostNodes(type, limits), hour: prices.instanceHour(type) }))
        .sort((a, b) => b.count * b.hour - a.count * a.hour);
      const dearest = sizes[0];
      if (dearest === undefined || !Number.isFinite(dearest.count)) {
        prices.missing.add(`pool ${name}`);
        return { what: `pool ${name}`, monthly: 0 };
      }
      const { type, count } = dearest;
      const disk = diskOf(template.spec.nodeClassRef?.name, resources);
      return machines(count, type, disk, prices);
    });
}

function typesOf(requirements: readonly { key: string; operator: string; values?: string[] }[]): string[] {
  const named = requirements.find(({ key, operator }) => key === "node.kubernetes.io/instance-type" && operator === "In");
  return named?.values ?? [];
}

/** Nodes of a type that fit under the limits of a pool; without end where no limit is one that we can count. */
function mostNodes(type: string, limits: Record<string, unknown>): number {
  const { gpus = 0, cpus = 0, memoryMiB = 0 } = instanceOf(type) ?? {};
  const bounds = [
    bound(limits["nvidia.com/gpu"], gpus),
    bound(limits["cpu"], cpus),
    bound(gib(limits["memory"]), memoryMiB / 1024),
    bound(limits["nodes"], 1),
  ];
  return Math.min(...bounds);
}

const bound = (limit: unknown, ofNode: number): number =>
  limit === undefined || Number.isNaN(Number(limit)) || ofNode === 0
    ? Number.POSITIVE_INFINITY
    : Math.floor(Number(limit) / ofNode);

const gib = (quantity: unknown): number | undefined =>
  typeof quantity === "string" && /^\d+Gi$/.test(quantity) ? Number.parseInt(quantity, 10) : undefined;

/** Size of the root volume that a node class asks for, GiB; 0 where it names none. */
export function diskOf(nodeClass: unknown, resources: readonly Recorded[]): number {
  const found = resources.find(
    ({ type, inputs }) => type === "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass" && inputs["metadata"]?.name === nodeClass,
  );
  const size = found?.inputs["spec"]?.blockDeviceMappings?.[0]?.ebs?.volumeSize;
  return gib(size) ?? 0;
}
