import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundationOutputs } from "#stacks/contracts";
import { makeDatabase, type PostgresCommands } from "../database/database.ts";
import { artifactStore, modelStore } from "../model-store/model-store.ts";
import { type Access, type ControlPlaneCommands, startControlPlane } from "./controlplane/control-plane.ts";
import { applyDefinitions } from "./controlplane/crds.ts";
import { Kube, type KubeOptions } from "./controlplane/kube.ts";
import { Processes } from "./controlplane/processes.ts";
import { TokenIssuer } from "./controlplane/token-issuer.ts";
import { envoy, type GatewayIdentity, writeIstiods } from "./dataplane/envoy.ts";
import { serveGatewayMetrics } from "./dataplane/gateway-metrics.ts";
import { ISTIOD_XDS } from "./dataplane/istiod.ts";
import { followPrometheus, untilPrometheusAnswers } from "./dataplane/prometheus.ts";
import { type HttpService, proxyServices } from "./dataplane/service-proxy.ts";
import { followServices } from "./dataplane/services.ts";
import { CLOUD_RIGHTS, imagesHere, type PodPrograms } from "./images-here.ts";
import { NETWORK } from "./isolation/addresses.ts";
import type { HostsFile } from "./isolation/hosts-file.ts";
import { NodeAgent } from "./nodes/node-agent.ts";
import type { SystemGroup } from "./nodes/nodes.ts";
import { stuckNamespaces } from "./stuck-namespaces.ts";
import { Vault } from "./vault.ts";

/** The programs that a cluster is made of. */
export interface ClusterTools extends PodPrograms {
  controlplane: ControlPlaneCommands;
  envoy: string;
  modelStore: string;
  postgres: PostgresCommands;
}

export interface ClusterOptions {
  /** Folder for data, keys and logs. */
  folder: string;

  tools: ClusterTools;

  /** YAML files with the custom resource definitions to install. */
  crds: readonly string[];

  /** The managed node group of the environment. */
  system: SystemGroup;

  /** Zones of the network, in which the nodes are. */
  zones: readonly string[];

  /** Called when a part is up, with the seconds that it took. @default - nothing */
  onProgress?: (part: string, seconds: number) => void;
}

/** How the product knows the parts of the data plane. */
export interface DataPlaneNames {
  /** The workload that the product's Gateway objects select. */
  gateway: GatewayIdentity;

  /** Address of Prometheus inside the cluster. */
  prometheusUrl: URL;
}

/**
 * A Kubernetes cluster without containers: a real control plane, nodes whose pods are processes, controllers in them, and on demand
 * a gateway. Start it inside of a rehearsal's namespace: it ends with the namespace.
 */
export class RehearsalCluster {
  readonly kube: Kube;
  /** File with everything that a client needs, readable by this user only. */
  readonly kubeconfigPath: string;
  /** Address of the API server. */
  readonly endpoint: string;
  /** Certificate of its authority: PEM, as base64. */
  readonly caData: string;
  /** Token of an administrator. */
  readonly token: string;
  readonly nodes: NodeAgent;
  /** Aborted, with the reason, once a process has ended by itself, or something waits in vain: a pod for a node, a namespace for its end. */
  readonly trouble: AbortSignal;
  /** For controllers of scenarios, and for killing one on purpose. */
  readonly processes: Processes;
  /** Where the gateway takes requests. */
  readonly gatewayAddress = `${NETWORK.gateway}:80`;
  readonly #options: ClusterOptions;
  readonly #vault = new Vault();
  readonly #issuer: TokenIssuer;
  #proxied = 0;
  readonly #ended = new AbortController();

  private constructor(options: ClusterOptions, processes: Processes, access: Access & { kube: Kube }) {
    const { folder, zones, system } = options;
    this.#options = options;
    this.processes = processes;
    this.kube = access.kube;
    this.kubeconfigPath = access.kubeconfigPath;
    this.endpoint = access.endpoint;
    this.caData = Buffer.from(access.ca).toString("base64");
    this.token = access.token;
    this.#issuer = new TokenIssuer(folder);
    const images = imagesHere({ ...options, issuerCertificate: this.#issuer.certificateFile });
    this.nodes = new NodeAgent({ kube: this.kube, folder, vault: this.#vault, zones, system, images, kubelet: access.identity });
    this.trouble = AbortSignal.any([processes.lost, this.nodes.homeless, stuckNamespaces(this.kube, this.ended)]);
  }

  /** Starts the control plane and the nodes and installs the definitions. Ends what has started when a part fails. */
  static async start(options: ClusterOptions): Promise<RehearsalCluster> {
    const { folder, tools, crds, onProgress } = options;
    const processes = new Processes(join(folder, "logs"));
    let cluster: RehearsalCluster | undefined;
    try {
      const plane = await timed("control plane", onProgress, () =>
        startControlPlane(tools.controlplane, folder, processes, onProgress),
      );
      const { kube, nodes } = (cluster = new RehearsalCluster(options, processes, plane));
      await Promise.all([
        timed("definitions", onProgress, () => applyDefinitions(kube, crds)),
        timed("nodes", onProgress, () => nodes.start()),
        ...CLOUD_RIGHTS.map((object) => kube.apply(object)),
      ]);
      return cluster;
    } catch (error) {
      await (cluster ?? { stop: () => processes.stopAll() }).stop();
      throw error;
    }
  }

  /**
   * Starts the gateway, and waits for it and for Prometheus. istiod must run, and the chart of Prometheus be installed.
   *
   * @param names by which the product knows the gateway and Prometheus.
   * @param hosts names of the namespace.
   */
  async startDataPlane({ gateway, prometheusUrl }: DataPlaneNames, hosts: HostsFile): Promise<void> {
    const { folder, tools, onProgress } = this.#options;
    const istiods = join(folder, "istiods.json");
    followServices(this.kube, [ISTIOD_XDS], (pods) => writeIstiods(istiods, pods), this.ended);
    serveGatewayMetrics(this.kube, gateway, this.ended);
    followPrometheus(this.kube, hosts, prometheusUrl, this.ended);
    await Promise.all([
      // Ready only when istiod has configured it.
      this.processes.start(envoy(tools.envoy, folder, gateway, istiods)).then((seconds) => onProgress?.("envoy", seconds)),
      timed("prometheus", onProgress, () => untilPrometheusAnswers(prometheusUrl)),
    ]);
  }

  /**
   * Starts the database of the tracking server, which pods reach and trust as they would RDS.
   *
   * @param database as the foundation hands it on.
   * @param authority that signs the databases of the region, PEM.
   * @param hosts names of the namespace.
   * @throws {MachineError} when it cannot be made here.
   */
  async startDatabase(database: FoundationOutputs["database"], authority: string, hosts: HostsFile): Promise<void> {
    const { folder, tools } = this.#options;
    const password = this.#vault.managed(database.secretArn, "password");
    const made = await makeDatabase({ ...database, commands: tools.postgres, folder: join(folder, "database"), password });
    this.#vault.standFor(authority, made.certificate);
    hosts.set({ [database.host]: NETWORK.database });
    await this.processes.start(made.server);
  }

  /** Shows the keys of the cluster's tokens, as AWS does for a real one. @param hosts names of the namespace. */
  serveTokenKeys(hosts: HostsFile): Promise<void> {
    return this.#issuer.serve(this.kube, hosts);
  }

  /** Starts the store of the tracking server's artifacts. */
  async startArtifactStore(bucket: string): Promise<void> {
    const folder = join(this.#options.folder, "artifacts");
    mkdirSync(folder, { recursive: true });
    await this.processes.start(artifactStore(this.#options.tools.modelStore, bucket, folder));
  }

  /** Starts the store that pods fetch their models from. @param folder with the objects of its bucket. */
  async startModelStore(bucket: string, folder: string): Promise<void> {
    await this.processes.start(modelStore(this.#options.tools.modelStore, bucket, folder));
  }

  /**
   * Makes the names of Services lead to their pods, for pods that ask them.
   *
   * @param hosts names of the namespace.
   */
  async proxyServices(services: readonly HttpService[], hosts: HostsFile): Promise<void> {
    const before = this.#proxied;
    this.#proxied += services.length;
    await proxyServices(services, { kube: this.kube, hosts, folder: this.#options.folder, before, signal: this.ended });
  }

  /** Aborted when the cluster ends. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** A client with the rights of somebody else. It ends with the cluster. */
  as(somebody: NonNullable<KubeOptions["as"]>): Kube {
    const kube = new Kube({
      server: this.endpoint,
      token: this.token,
      ca: Buffer.from(this.caData, "base64"),
      as: somebody,
    });
    this.ended.addEventListener("abort", () => kube.close());
    return kube;
  }

  /** Variables for programs that use the cluster, for `env.json`. */
  writeEnv(extra: Readonly<Record<string, string>> = {}): void {
    const env = { KUBECONFIG: this.kubeconfigPath, ...extra };
    writeFileSync(join(this.#options.folder, "env.json"), JSON.stringify(env, null, 2), { mode: 0o600 });
  }

  /** Resident memory in bytes, by process; pods by `<namespace>/<name>`. */
  memory(): Record<string, number> {
    return { ...this.processes.memory(), ...this.nodes.memory() };
  }

  /** Ends everything. The data is thrown away with the folder, so nothing is asked to save it. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.nodes.stop();
    await this.processes.stopAll();
    this.kube.close();
  }
}

async function timed<T>(part: string, onProgress: ClusterOptions["onProgress"], work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  onProgress?.(part, (performance.now() - begun) / 1000);
  return result;
}
