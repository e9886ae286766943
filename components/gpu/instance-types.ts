import { closest, distance } from "fastest-levenshtein";

/** One size of GPU instance, as EC2 sells it. */
export interface GpuInstance {
  gpus: number;
  /** Model of the GPUs, in the form of a label value. */
  model: string;
  /** Of one GPU. */
  gpuMemoryMiB: number;
  cpus: number;
  memoryMiB: number;
  /** Local disks together; 0 = none. */
  nvmeGB: number;
  /** Elastic Fabric Adapters; 0 = none. */
  efa: number;
}

/** Sizes that a pool may have (Karpenter 1.14 documentation, "Instance Types", read 2026-11-21). Their prices stand in the planner's dated table. */
export const GPU_INSTANCES = {
  "g4dn.xlarge": { gpus: 1, model: "t4", gpuMemoryMiB: 16_384, cpus: 4, memoryMiB: 16_384, nvmeGB: 125, efa: 0 },
  "g5.xlarge": { gpus: 1, model: "a10g", gpuMemoryMiB: 22_888, cpus: 4, memoryMiB: 16_384, nvmeGB: 250, efa: 0 },
  "g5.12xlarge": { gpus: 4, model: "a10g", gpuMemoryMiB: 22_888, cpus: 48, memoryMiB: 196_608, nvmeGB: 3_800, efa: 1 },
  "g6.xlarge": { gpus: 1, model: "l4", gpuMemoryMiB: 22_888, cpus: 4, memoryMiB: 16_384, nvmeGB: 250, efa: 0 },
  "g6.12xlarge": { gpus: 4, model: "l4", gpuMemoryMiB: 22_888, cpus: 48, memoryMiB: 196_608, nvmeGB: 3_760, efa: 1 },
  "g6e.xlarge": { gpus: 1, model: "l40s", gpuMemoryMiB: 45_776, cpus: 4, memoryMiB: 32_768, nvmeGB: 250, efa: 0 },
  "g6e.12xlarge": { gpus: 4, model: "l40s", gpuMemoryMiB: 45_776, cpus: 48, memoryMiB: 393_216, nvmeGB: 3_800, efa: 1 },
  "g7e.2xlarge": { gpus: 1, model: "rtx-pro-6000", gpuMemoryMiB: 98_304, cpus: 8, memoryMiB: 65_536, nvmeGB: 1_900, efa: 0 },
  "p4d.24xlarge": { gpus: 8, model: "a100-40gb", gpuMemoryMiB: 40_960, cpus: 96, memoryMiB: 1_179_648, nvmeGB: 8_000, efa: 4 },
  "p4de.24xlarge": { gpus: 8, model: "a100-80gb", gpuMemoryMiB: 81_920, cpus: 96, memoryMiB: 1_179_648, nvmeGB: 8_000, efa: 4 },
  "p5.4xlarge": { gpus: 1, model: "h100", gpuMemoryMiB: 81_920, cpus: 16, memoryMiB: 262_144, nvmeGB: 3_800, efa: 1 },
  "p5.48xlarge": { gpus: 8, model: "h100", gpuMemoryMiB: 81_920, cpus: 192, memoryMiB: 2_097_152, nvmeGB: 30_400, efa: 32 },
  "p5en.48xlarge": { gpus: 8, model: "h200", gpuMemoryMiB: 144_384, cpus: 192, memoryMiB: 2_097_152, nvmeGB: 30_400, efa: 16 },
  "p6-b200.48xlarge": { gpus: 8, model: "b200", gpuMemoryMiB: 183_359, cpus: 192, memoryMiB: 2_097_152, nvmeGB: 30_400, efa: 8 },
  "p6-b300.48xlarge": { gpus: 8, model: "b300", gpuMemoryMiB: 275_040, cpus: 192, memoryMiB: 4_194_304, nvmeGB: 30_400, efa: 16 },
} as const satisfies Record<string, GpuInstance>;

export type GpuInstanceType = keyof typeof GPU_INSTANCES;

/** Whether a text names a size of the table; texts come from configuration, where no compiler looks. */
export const isGpuInstanceType = (type: string): type is GpuInstanceType => Object.hasOwn(GPU_INSTANCES, type);

/** The size of the table whose name is nearest; `undefined` when none is near: a wild guess is worse than none. */
export function nearestGpuInstanceType(type: string): GpuInstanceType | undefined {
  const nearest = closest(type, Object.keys(GPU_INSTANCES)) as GpuInstanceType;
  return distance(type, nearest) <= 2 ? nearest : undefined;
}
