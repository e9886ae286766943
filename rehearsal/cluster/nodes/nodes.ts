import { GPU, LABELS, SYSTEM_POOL } from "#components/labels";
import type { Json, Kube } from "../controlplane/kube.ts";
import { NETWORK } from "../isolation/addresses.ts";

/** A node that exists only in the API: its pods are processes here, or nothing. */
export interface NodeDescription {
  name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Json[];
  /** GPUs on offer. @default 0 */
  gpus?: number;
}

/** GPUs of a node that is made for a pod that asks for some: a p5.48xlarge has as many. */
export const GPUS_PER_NODE = 8;

/** Zones of the nodes. @param region - AWS region. */
export const zonesOf = (region: string): string[] => ["a", "b", "c"].map((letter) => `${region}${letter}`);

/** One node of the managed group for controllers in each zone. */
export function systemNodes(region: string): NodeDescription[] {
  return zonesOf(region).map((zone, index) => describe(`system-${index + 1}`, region, zone, { [LABELS.pool]: SYSTEM_POOL }, []));
}

/** A node with the labels that every node has. */
export function describe(
  name: string,
  region: string,
  zone: string,
  labels: Readonly<Record<string, string>>,
  taints: readonly Json[],
  gpus = 0,
): NodeDescription {
  const own = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "topology.kubernetes.io/region": region,
    "topology.kubernetes.io/zone": zone,
  };
  return { name, labels: { ...own, ...labels }, taints, gpus };
}

/** Registers a node and says that it is ready. Room for everything but GPUs, which are counted. */
export async function registerNode(kube: Kube, { name, labels, taints, gpus = 0 }: NodeDescription): Promise<void> {
  await kube.apply({ apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: { taints } }, { manager: "kubelet" });
  const capacity = {
    cpu: "192",
    memory: "2Ti",
    "ephemeral-storage": "8Ti",
    pods: "250",
    ...(gpus > 0 && { [GPU]: String(gpus) }),
  };
  const now = new Date().toISOString();
  const status = {
    capacity,
    allocatable: capacity,
    addresses: [{ type: "InternalIP", address: NETWORK.node }],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Rehearsal",
        message: "pods are processes",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      kubeletVersion: "v1.35.0-rehearsal",
      operatingSystem: "linux",
      architecture: "amd64",
      containerRuntimeVersion: "process://1",
      ...Object.fromEntries(
        ["machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "kubeProxyVersion"].map((field) => [field, ""]),
      ),
    },
  };
  await kube.strategic(`/api/v1/nodes/${name}/status`, { status });
  await renewLease(kube, name);
}

/** Says that a node is alive. The node controller gives up a node 40 seconds after its last word. */
export async function renewLease(kube: Kube, name: string): Promise<void> {
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace("Z", "000Z") };
  const metadata = { name, namespace: "kube-node-lease" };
  await kube.apply({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec }, { manager: "kubelet" });
}
