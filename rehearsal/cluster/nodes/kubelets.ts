import { CATALOGUE } from "#toolchain/tools";
import type { Json, Kube } from "../controlplane/kube.ts";
import { NETWORK } from "../isolation/addresses.ts";
import { KUBELET_PORT } from "./log-server.ts";
import { renewLease } from "./nodes.ts";

/** Seconds between two words of a kubelet. The node controller gives up a node 40 seconds after its last one. */
const BEAT_SECONDS = 10;

/**
 * Plays the kubelet of every node in the cluster, whoever has made its object: a node that appears becomes ready, and stays it for as
 * long as it is there.
 */
export function keepNodes(kube: Kube, signal: AbortSignal): void {
  const names = new Set<string>();
  const beat = setInterval(() => void Promise.allSettled([...names].map((name) => renewLease(kube, name))), BEAT_SECONDS * 1_000);
  signal.addEventListener("abort", () => clearInterval(beat));
  const onNode = (type: string, node: Json): void => {
    if (type === "SYNC") {
      return;
    }
    const { name } = node.metadata;
    if (type === "DELETED") {
      names.delete(name);
    } else if (!names.has(name)) {
      names.add(name);
      void begin(kube, node).catch((error: Error) => console.error(`node ${name}: ${error.message}`));
    }
  };
  void kube.watch("/api/v1/nodes", "", onNode, signal);
}

/** What a kubelet says once it is up. Its capacity is what pods may have of it, as nothing here runs beside pods. */
async function begin(kube: Kube, { metadata: { name }, status }: Json): Promise<void> {
  const now = new Date().toISOString();
  await kube.strategic(`/api/v1/nodes/${name}/status`, {
    status: {
      capacity: status.allocatable,
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
      daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
      nodeInfo: {
        kubeletVersion: `v${CATALOGUE.controlplane.version}-rehearsal`,
        operatingSystem: "linux",
        architecture: "amd64",
        containerRuntimeVersion: "process://1",
        ...Object.fromEntries(
          ["machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "kubeProxyVersion"].map((field) => [field, ""]),
        ),
      },
    },
  });
  await renewLease(kube, name);
}
