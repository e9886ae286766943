import { connect as connectTo, createServer, type Server as Listener } from "node:net";
import { PORT } from "#components/tracking/configuration";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { NETWORK } from "#rehearsal/cluster/isolation/addresses";
import type { Image } from "#rehearsal/cluster/nodes/containers/images";
import type { Ground } from "./ground.ts";
import type { Pod } from "./pod.ts";

/** The tracking server: a pod of its Deployment behind the address of its Service. */
export class Server {
  readonly pod: Pod;
  readonly #service: Listener;

  private constructor(pod: Pod, service: Listener) {
    this.pod = pod;
    this.#service = service;
  }

  /** Starts it with the program of an image, and waits until it is ready. @param spec of its pod. */
  static async start(ground: Ground, image: Image, spec: Json = ground.template("Deployment")): Promise<Server> {
    const pod = ground.start(spec, image, "Always");
    const server = new Server(pod, await serviceOf(pod));
    await server.ready();
    return server;
  }

  /** Waits until it answers. */
  ready(): Promise<void> {
    return this.pod.until(({ states }) => states.get("server")?.ready === true);
  }

  /** How often its process was started again. */
  get restarts(): number {
    return this.pod.runner.states.get("server")!.restarts;
  }

  /** Kills its process; the pod starts another, for which nobody waits. */
  async kill(): Promise<void> {
    const { restarts } = this;
    this.pod.kill("server");
    await this.pod.until(() => this.restarts > restarts);
  }

  /** Ends it, as the engine does before another migration. */
  async end(): Promise<void> {
    this.#service.close();
    await this.pod.runner.stop(30);
  }
}

/** Leads every connection to the Service into the pod, and ends it where the pod takes none. */
async function serviceOf(pod: Pod): Promise<Listener> {
  const service = createServer((client) => {
    const to = connectTo(PORT, pod.ip);
    const end = () => [client, to].forEach((socket) => socket.destroy());
    client.pipe(to).pipe(client);
    for (const socket of [client, to]) {
      socket.on("error", end).on("close", end);
    }
  });
  await new Promise<void>((resolve) => service.listen(80, NETWORK.gateway, resolve));
  return service;
}
