import { closest, distance } from "fastest-levenshtein";
import type { GpuFacts, InstanceFacts } from "./facts.ts";
import { CPU_INSTANCES, GPU_INSTANCES } from "./table.ts";

export interface Instance extends InstanceFacts {
  type: string;
  /** Model of the GPUs, in the form of a label value. Only on GPU types. */
  gpuModel?: string;
  /** Memory of one GPU, MiB. Only on GPU types. */
  gpuMemoryMiB?: number;
  /** Pods that a node of the type takes in our clusters, see {@link maxPods}. */
  maxPods: number;
}

export type GpuInstanceType = keyof typeof GPU_INSTANCES;

const ALL: Readonly<Record<string, InstanceFacts | GpuFacts>> = { ...CPU_INSTANCES, ...GPU_INSTANCES };

/** Names of all types in the table. */
export const INSTANCE_TYPES: readonly string[] = Object.keys(ALL);

/** Facts about a type; `undefined` for a type that is not in the table. */
export function instanceOf(type: string): Instance | undefined {
  const facts = Object.hasOwn(ALL, type) ? ALL[type] : undefined;
  return facts && { type, ...facts, maxPods: maxPods(facts) };
}

/** Whether a text names a GPU type of the table. */
export const isGpuInstanceType = (type: string): type is GpuInstanceType => Object.hasOwn(GPU_INSTANCES, type);

/** The GPU type whose name is nearest; `undefined` when the text resembles no type. */
export const nearestGpuInstanceType = (type: string): GpuInstanceType | undefined =>
  nearest(type, Object.keys(GPU_INSTANCES)) as GpuInstanceType | undefined;

/** The type whose name is nearest; `undefined` when the text resembles no type. */
export const nearestInstanceType = (type: string): string | undefined => nearest(type, INSTANCE_TYPES);

function nearest(type: string, known: readonly string[]): string | undefined {
  const family = known.filter((name) => name.charAt(0) === type.charAt(0));
  const name = family.length > 0 ? closest(type, family) : "";
  return name !== "" && distance(type, name) <= 2 ? name : undefined;
}

/** Addresses of one prefix, a /28. */
const PREFIX = 16;

/**
 * Pods of a node where the VPC CNI assigns addresses by the /28, as our clusters do.
 *
 * Each interface keeps one address for itself, two pods use the node's own address, and EKS allows 110 pods up to 29 vCPU and 250
 * from 30 (EKS user guide, "Assign more IP addresses to Amazon EKS nodes with prefixes"; read 2026-11-28). Managed node groups get
 * the number from EKS, Karpenter's from the node class.
 */
function maxPods({ cpus, interfaces, addresses }: InstanceFacts): number {
  return Math.min(interfaces * (addresses - 1) * PREFIX + 2, cpus < 30 ? 110 : 250);
}
