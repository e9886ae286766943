import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Kube } from "../controlplane/kube.ts";
import { serviceAddress } from "../isolation/addresses.ts";
import type { HostsFile } from "../isolation/hosts-file.ts";
import { PodNetwork } from "../nodes/containers/network.ts";
import { followServices } from "./services.ts";

/** A Service whose port is called `http`. */
export interface HttpService {
  service: string;
  namespace: string;
}

interface ProxyOptions {
  kube: Pick<Kube, "watch">;
  hosts: Pick<HostsFile, "set">;
  /** Folder for its networks. */
  folder: string;
  /** Services that were proxied before: each takes an address. */
  before: number;
  /** Ends it. */
  signal: AbortSignal;
}

/** What listens for a Service. */
const PROGRAM = join(import.meta.dirname, "service-forwarder.ts");

/**
 * Makes the names of Services lead to their ready pods, as kube-proxy does on a node. Only few pods ask a Service here, because the gateway
 * knows the pods behind it. Each has a network of its own: the gateway listens on its port at every address of the rehearsal's.
 *
 * @throws {Error} when one cannot listen.
 */
export async function proxyServices(services: readonly HttpService[], options: ProxyOptions): Promise<void> {
  await Promise.all(services.map((service, at) => proxyService(service, serviceAddress(options.before + at), options)));
}

async function proxyService(
  { service, namespace }: HttpService,
  address: string,
  { kube, hosts, folder, signal }: ProxyOptions,
): Promise<void> {
  const network = new PodNetwork(address, join(folder, `service-${address}.net`));
  await network.open();
  const [enter, ...into] = network.enter;
  const forwarder = spawn(enter, [...into, process.execPath, PROGRAM, address], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  signal.addEventListener("abort", () => {
    forwarder.kill();
    void network.close();
  });
  await Promise.race([once(forwarder, "message"), once(forwarder, "exit").then(() => refuse(service))]);
  const tell = (pods: { namespace: string }[]): unknown =>
    forwarder.connected && forwarder.send(pods.filter((pod) => pod.namespace === namespace));
  followServices(kube, [{ service, port: "http" }], tell, signal);
  hosts.set({ [`${service}.${namespace}.svc.cluster.local`]: address });
}

function refuse(service: string): never {
  throw new Error(`what forwards to ${service} must run, it has ended: see above`);
}
