import { allocatable } from "#components/instances/allocatable";
import { instanceOf } from "#components/instances/instance";
import { GPU } from "#components/labels";
import type { Values } from "#components/pods/workload";
import type { EnvironmentPlan } from "../environment.ts";
import type { Recorded } from "../record.ts";
import { quantity } from "./quantity.ts";

/** One requirement of a node's labels (Kubernetes API, `NodeSelectorRequirement`). */
export interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

/** Room of one node. */
export interface Room {
  cpuMillis: number;
  memoryMiB: number;
  pods: number;
  gpus: number;
}

/** Nodes of one kind: a managed group, whose number is fixed, or a pool of Karpenter's, which starts nodes as pods ask for them. */
export interface Pool {
  name: string;
  instanceType: string;
  room: Room;
  labels: Record<string, string>;
  /** Labels for which Karpenter has a choice, with the values that it may choose. */
  choices: Record<string, string[]>;
  taints: { key: string; value?: string; effect: string }[];
  zones: string[];
  /** Nodes that are always there; 0 in a pool of Karpenter's. */
  fixed: number;
  /** Nodes at most. */
  most: number;
  /** Karpenter tries heavier pools first. */
  weight: number;
}

/**
 * The pools of an environment: managed groups, then those of Karpenter in its order. A managed group counts with its smallest number of nodes: nothing in the cluster makes it larger.
 *
 * @param zones names of the zones of the network, in the order of its subnets
 */
export function poolsOf({ layers }: Pick<EnvironmentPlan, "layers">, zones: readonly string[]): Pool[] {
  const resources = layers.flatMap((layer) => layer.resources);
  const pools = resources.flatMap((resource) => managed(resource, zones) ?? started(resource, zones));
  return pools.toSorted((a, b) => b.fixed - a.fixed || inOrder(a, b));
}

/** As Karpenter tries them: heavier pools first, then by name; pools without GPUs before others of their weight, which Karpenter decides by price. */
export const inOrder = (a: Pool, b: Pool): number =>
  b.weight - a.weight || a.room.gpus - b.room.gpus || a.name.localeCompare(b.name);

function managed({ type, name, inputs }: Recorded, zones: readonly string[]): Pool[] | undefined {
  if (type !== "aws:eks/nodeGroup:NodeGroup") {
    return undefined;
  }
  const { instanceTypes = [], scalingConfig, labels = {}, taints = [], subnetIds = [] } = inputs;
  return pool(instanceTypes, {
    name: String(labels["millrace.dev/pool"] ?? name),
    labels,
    choices: {},
    taints: (taints as Values[]).map(({ key, value, effect }) => ({ key, value, effect: EFFECTS[effect] ?? effect })),
    zones: zones.slice(0, subnetIds.length),
    fixed: scalingConfig.minSize,
    most: () => scalingConfig.minSize,
    weight: 0,
  });
}

const started = ({ type, inputs }: Recorded, zones: readonly string[]): Pool[] =>
  type === "kubernetes:karpenter.sh/v1:NodePool" ? karpenterPool(inputs, zones) : [];

/** EKS spells the effects of taints in its own way. */
const EFFECTS: Readonly<Record<string, string>> = {
  NO_SCHEDULE: "NoSchedule",
  NO_EXECUTE: "NoExecute",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
};

/**
 * A pool of Karpenter's; nothing where the table does not know its instance types.
 *
 * @param object NodePool (`karpenter.sh/v1`)
 */
export function karpenterPool(
  { metadata, spec: { limits = {}, template, weight = 0 } }: Values,
  zones: readonly string[],
): Pool[] {
  const requirements = (template.spec.requirements ?? []) as Requirement[];
  const choices = Object.fromEntries(
    requirements.filter(({ operator }) => operator === "In").map(({ key, values = [] }) => [key, values]),
  );
  return pool(choices["node.kubernetes.io/instance-type"] ?? [], {
    name: metadata.name,
    labels: { ...template.metadata?.labels, "karpenter.sh/nodepool": metadata.name },
    choices,
    taints: template.spec.taints ?? [],
    zones: choices["topology.kubernetes.io/zone"] ?? [...zones],
    fixed: 0,
    most: ({ cpus, gpus }) => Math.min(nodesIn(limits.cpu, cpus), nodesIn(limits[GPU], gpus)),
    weight,
  });
}

const nodesIn = (limit: string | undefined, each: number): number =>
  limit === undefined || each === 0 ? Number.POSITIVE_INFINITY : Math.floor(quantity(limit) / each);

interface PoolOf extends Omit<Pool, "room" | "most" | "instanceType"> {
  most: (instance: { cpus: number; gpus: number }) => number;
}

/** Nothing where the table does not know the type: validation has its say there. Of several types, the one with the least room. */
function pool(types: readonly string[], { most, ...of }: PoolOf): Pool[] {
  const rooms = types.flatMap((type) => allocatable(type) ?? []);
  const [instance] = types.flatMap((type) => instanceOf(type) ?? []);
  if (!instance || rooms.length < types.length) {
    return [];
  }
  const least = (key: keyof Room): number => Math.min(...rooms.map((room) => room[key]));
  const room = { cpuMillis: least("cpuMillis"), memoryMiB: least("memoryMiB"), pods: least("pods"), gpus: least("gpus") };
  return [{ ...of, instanceType: instance.type, room, most: most(instance) }];
}
