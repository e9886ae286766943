import { setTimeout as sleep } from "node:timers/promises";
import type { Kube } from "../controlplane/kube.ts";
import { answers } from "../controlplane/processes.ts";
import type { HostsFile } from "../isolation/hosts-file.ts";
import { followServices, type ServicePod } from "./services.ts";

/** Name that the operator's pods and the chart's Service give the port, unless told otherwise. */
const PORT = "http-web";

/** Seconds that operator, scheduler and Prometheus have, from the chart to the first answer. */
const PATIENCE = 120;

/**
 * Makes the address by which the product knows Prometheus lead to its pod, wherever that is: the addresses of Services lead nowhere here.
 * Of several pods it leads to one.
 *
 * @param url address of Prometheus inside the cluster: its host is `<service>.<namespace>.svc…`
 */
export function followPrometheus(
  kube: Pick<Kube, "watch">,
  hosts: Pick<HostsFile, "set">,
  { hostname }: URL,
  signal: AbortSignal,
): void {
  const [service = "", namespace = ""] = hostname.split(".");
  const onChange = (pods: readonly ServicePod[]): void => {
    const pod = pods.find((each) => each.namespace === namespace);
    if (pod) {
      hosts.set({ [hostname]: pod.address });
    }
  };
  followServices(kube, [{ service, port: PORT }], onChange, signal);
}

/** @throws {Error} when Prometheus does not answer within a time in which its pod can have been made. */
export async function untilPrometheusAnswers(url: URL): Promise<void> {
  const { href } = new URL("/-/ready", url);
  for (const deadline = Date.now() + PATIENCE * 1_000; !(await answers(href)); await sleep(100)) {
    if (Date.now() > deadline) {
      throw new Error(`Prometheus must answer within ${PATIENCE} s, ${href} does not: see its pod, and the log of its operator`);
    }
  }
}
