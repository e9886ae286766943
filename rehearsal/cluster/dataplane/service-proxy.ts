import { connect, createServer, type Server, type Socket } from "node:net";
import { SERVICE_PORT } from "#components/serving/names";
import type { Kube } from "../controlplane/kube.ts";
import { serviceAddress } from "../isolation/addresses.ts";
import type { HostsFile } from "../isolation/hosts-file.ts";
import { followServices, type ServicePod } from "./services.ts";

/** A Service of a model: its port is called `http`. */
export interface ModelService {
  service: string;
  namespace: string;
}

/**
 * Makes the names of Services lead to their ready pods, each new connection to the next one: what kube-proxy does on a node. Only few pods
 * ask a Service here, because the gateway knows the pods behind it.
 */
export function proxyServices(
  kube: Pick<Kube, "watch">,
  hosts: Pick<HostsFile, "set">,
  services: readonly ModelService[],
  signal: AbortSignal,
): void {
  const pods = services.map((): ServicePod[] => []);
  followServices(
    kube,
    services.map(({ service }) => ({ service, port: "http" })),
    (all) =>
      services.forEach(({ service, namespace }, at) => {
        pods[at] = all.filter((each) => each.service === service && each.namespace === namespace);
      }),
    signal,
  );
  services.forEach(({ service, namespace }, at) => {
    const address = serviceAddress(at);
    const server = forwarder(() => pods[at] ?? []).listen(SERVICE_PORT, address);
    signal.addEventListener("abort", () => server.close());
    hosts.set({ [`${service}.${namespace}.svc.cluster.local`]: address });
  });
}

/** Forwards each connection to the next of the pods; without any it is refused, as by a node. */
export function forwarder(pods: () => readonly ServicePod[]): Server {
  let turn = 0;
  return createServer({ noDelay: true }, (asking) => {
    const ready = pods();
    const pod = ready[turn++ % ready.length];
    if (pod === undefined) {
      asking.resetAndDestroy();
      return;
    }
    const answering = connect({ host: pod.address, port: pod.number, noDelay: true });
    join(asking, answering);
    join(answering, asking);
  });
}

/** What one side says goes to the other; its end, however it comes, is the other's end. */
function join(one: Socket, other: Socket): void {
  one.pipe(other);
  one.on("error", () => other.destroy());
  one.on("close", () => other.destroy());
}
