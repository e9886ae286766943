import { type Allocatable, allocatable } from "#components/instances/allocatable";
import { GPU, LABELS, SYSTEM_POOL } from "#components/labels";
import { SYSTEM_TAINT } from "#components/placement";
import type { Json, Kube } from "../controlplane/kube.ts";

/** A node that exists only in the API: its pods are processes here, or nothing. */
export interface NodeDescription {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Json[];
  /** What the real node has for pods. */
  room: Allocatable;
}

/** The managed node group of an environment. */
export interface SystemGroup {
  instanceType: string;
  nodes: number;
}

/** Label of a node's zone. */
export const ZONE = "topology.kubernetes.io/zone";

/** The nodes of the managed group, with the size of their type, one zone after the other; in no more zones than there are nodes. */
export function systemNodes(zones: readonly string[], { instanceType, nodes }: SystemGroup): NodeDescription[] {
  const room = allocatable(instanceType);
  if (!room) {
    throw new Error(`a node must have a known instance type, got '${instanceType}'`);
  }
  const used = zones.slice(0, nodes);
  return Array.from({ length: nodes }, (_, index) =>
    describe(`system-${index + 1}`, {
      zone: used[index % used.length]!,
      room,
      labels: { [LABELS.pool]: SYSTEM_POOL, "node.kubernetes.io/instance-type": instanceType },
      taints: [{ ...SYSTEM_TAINT }],
    }),
  );
}

interface NodeOf extends Omit<NodeDescription, "name"> {
  zone: string;
}

/** A node with the labels that every node has. */
export function describe(name: string, { zone, labels, taints, room }: NodeOf): NodeDescription {
  const own = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "topology.kubernetes.io/region": zone.slice(0, -1),
    [ZONE]: zone,
  };
  return { name, labels: { ...own, ...labels }, taints, room };
}

/** Registers a node with the room of the real one; only its disk is larger. Its kubelet says that it is ready. */
export async function registerNode(kube: Kube, { name, labels, taints, room }: NodeDescription): Promise<void> {
  const allocatable = resourcesOf(room);
  const node = { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: { taints }, status: { allocatable } };
  await kube.call("POST", "/api/v1/nodes", node);
}

/** What a node has for pods, as Kubernetes quantities. */
export const resourcesOf = ({ cpuMillis, memoryMiB, pods, gpus }: Allocatable): Record<string, string> => ({
  cpu: `${cpuMillis}m`,
  memory: `${memoryMiB}Mi`,
  "ephemeral-storage": "8Ti",
  pods: String(pods),
  ...(gpus > 0 && { [GPU]: String(gpus) }),
});

/** Says that a node is alive. */
export async function renewLease(kube: Kube, name: string): Promise<void> {
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace("Z", "000Z") };
  const metadata = { name, namespace: "kube-node-lease" };
  await kube.apply({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec }, { manager: "kubelet" });
}
