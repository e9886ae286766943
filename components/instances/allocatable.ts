import { type Instance, instanceOf } from "./instance.ts";

/** What pods may request on one node, DaemonSets included. */
export interface Allocatable {
  cpuMillis: number;
  memoryMiB: number;
  pods: number;
  gpus: number;
  /** Local storage of pods, GiB. Only where the size of the disk is given. */
  storageGiB?: number;
}

/** Part of the memory that the hypervisor and the kernel keep (Karpenter 1.15, default of `vm-memory-overhead-percent`). */
const VM_OVERHEAD = 0.075;

/** On Graviton the kernel keeps 64 MiB more (Karpenter 1.15, pkg/providers/instancetype/types.go, `memory`). */
const ARM_OVERHEAD_MIB = 64;

/** Memory at which kubelet begins to evict pods (default of kubelet's `evictionHard`). */
const EVICTION_MIB = 100;

/** CPU that kubelet keeps, as a share of each range, thousandths of a CPU (amazon-eks-ami, nodeadm, `kube-reserved`). */
const CPU_RESERVE = [
  { from: 0, to: 1_000, share: 0.06 },
  { from: 1_000, to: 2_000, share: 0.01 },
  { from: 2_000, to: 4_000, share: 0.005 },
  { from: 4_000, to: Number.POSITIVE_INFINITY, share: 0.0025 },
] as const;

/**
 * Room for pods on a node of a type, by the formulas of the EKS image.
 *
 * Memory: what the type has, less 7.5 % of overhead, less 255 MiB and 11 MiB for each pod of `maxPods` for kubelet, less 100 MiB for
 * eviction. The real overhead is mostly smaller: the figure is Karpenter's, which decides by it whether a pod fits.
 *
 * @param type EC2 instance type.
 * @param options.diskGiB Size of the root volume. kubelet keeps 1 GiB and evicts pods at 10 % (Karpenter 1.15, `types.go`). Local disks
 * are not counted.
 * @returns `undefined` for a type that is not in the table.
 */
export function allocatable(type: string, { diskGiB }: { diskGiB?: number } = {}): Allocatable | undefined {
  const instance = instanceOf(type);
  return (
    instance && {
      cpuMillis: cpuMillis(instance),
      memoryMiB: memoryMiB(instance),
      pods: instance.maxPods,
      gpus: instance.gpus,
      ...(diskGiB !== undefined && { storageGiB: Math.floor(diskGiB * 0.9 - 1) }),
    }
  );
}

function cpuMillis({ cpus }: Instance): number {
  const millis = cpus * 1_000;
  const reserved = CPU_RESERVE.map(({ from, to, share }) => Math.floor(Math.max(0, Math.min(millis, to) - from) * share));
  return millis - reserved.reduce((sum, part) => sum + part, 0);
}

function memoryMiB({ memoryMiB: installed, arch, maxPods }: Instance): number {
  const visible = installed - (arch === "arm64" ? ARM_OVERHEAD_MIB : 0);
  return visible - Math.ceil(visible * VM_OVERHEAD) - (255 + 11 * maxPods) - EVICTION_MIB;
}
