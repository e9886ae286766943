import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { API } from "#components/versions";
import type { Kube } from "../cluster/controlplane/kube.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";
import { failed, type Sample } from "../traffic/sample.ts";

/** Of how many attempts one succeeds, by the version that made the prediction. */
export type Successes = (version: string) => number;

/** Event of each answer, and of each that did what it was for. */
export const EVENTS = { attempts: "impression", successes: "click" } as const;

const NAME = "shop";
const POLL = 500;

/** The application that shows predictions to users, and counts what they make of them: `mlops_business_events_total`. */
export class Application {
  readonly #server: Server;
  readonly #counts = new Map<string, { attempts: number; successes: number }>();
  #timer: NodeJS.Timeout | undefined;
  #read = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts it in a namespace, where Prometheus finds it as any other application. It ends with the signal. */
  static async start(
    kube: Kube,
    { namespace, model }: { namespace: string; model: string },
    signal: AbortSignal,
  ): Promise<Application> {
    const server = createServer((_, answer) =>
      answer.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(application.#text(model)),
    );
    const application = new Application(server);
    await new Promise<void>((resolve) => server.listen(0, NETWORK.node, resolve));
    signal.addEventListener("abort", () => application.stop());
    const { port } = server.address() as AddressInfo;
    const metadata = { name: NAME, namespace, labels: { app: NAME } };
    const spec = { ports: [{ name: "metrics", port }] };
    await kube.apply({ apiVersion: "v1", kind: "Service", metadata, spec });
    const subsets = [{ addresses: [{ ip: NETWORK.node }], ports: [{ name: "metrics", port }] }];
    await kube.apply({ apiVersion: "v1", kind: "Endpoints", metadata, subsets });
    const endpoints = [{ port: "metrics", interval: "2s" }];
    await kube.apply({
      apiVersion: API.monitoring,
      kind: "ServiceMonitor",
      metadata,
      spec: { selector: { matchLabels: { app: NAME } }, endpoints },
    });
    return application;
  }

  /** Counts what users make of the answers that they get from now on. */
  follow(samples: () => readonly Sample[], of: Successes): void {
    this.#timer ??= setInterval(() => {
      const all = samples();
      for (const { version } of all.slice(this.#read).filter((sample) => !failed(sample))) {
        const count = this.#counts.get(version) ?? { attempts: 0, successes: 0 };
        this.#counts.set(version, count);
        count.attempts += 1;
        count.successes += Math.random() < of(version) ? 1 : 0;
      }
      this.#read = all.length;
    }, POLL);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #text(model: string): string {
    return [...this.#counts]
      .flatMap(([version, counts]) =>
        (["attempts", "successes"] as const).map(
          (kind) =>
            `mlops_business_events_total{model="${model}",model_version="${version}",event="${EVENTS[kind]}"} ${counts[kind]}\n`,
        ),
      )
      .join("");
  }
}
