import { setTimeout as sleep } from "node:timers/promises";
import { labelsOf, NAME } from "#components/tracking/pod";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { untilHealthy, type Way } from "./server.ts";

/**
 * Kills the server's process, as a node that runs out of memory does.
 *
 * @param way to it: a gateway hears of the new process later than the server's Service does.
 * @returns seconds until it answered again.
 * @throws {Error} when it does not within five minutes.
 */
export async function killServer(kube: Kube, way: Way): Promise<number> {
  const { pid, restarts } = await serverOf(kube);
  const began = performance.now();
  process.kill(pid, "SIGKILL");
  // What answers before is what was killed.
  while ((await serverOf(kube)).restarts === restarts) {
    await sleep(100);
  }
  await untilHealthy(way);
  return (performance.now() - began) / 1_000;
}

/** Process number of the server, and how often it was started again. */
async function serverOf(kube: Kube): Promise<{ pid: number; restarts: number }> {
  const selector = Object.entries(labelsOf("server"))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pods: Json = await kube.get(`/api/v1/namespaces/${NAME}/pods?labelSelector=${encodeURIComponent(selector)}`);
  const status = (pods["items"][0]?.status.containerStatuses as Json[] | undefined)?.find(({ name }) => name === "server");
  return { pid: Number(String(status?.["containerID"]).replace("process://", "")), restarts: status?.["restartCount"] ?? 0 };
}
