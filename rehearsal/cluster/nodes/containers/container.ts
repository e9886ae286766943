import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, Kube } from "../../controlplane/kube.ts";
import { NETWORK } from "../../isolation/addresses.ts";
import { containerEnv, type EnvSources, expand } from "../container-env.ts";
import type { Command } from "../pod-process.ts";
import type { Image } from "./images.ts";
import { containerScript } from "./root.ts";
import { PodVolumes } from "./volumes.ts";

/** Seconds between two looks at the Secrets and ConfigMaps that a pod has mounted; a kubelet takes a minute. */
const REFRESH_SECONDS = 1;

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ContainerOptions {
  kube: Kube;
  /** The container, as the pod has it. */
  container: Json;
  image: Image;
  /** Folder for the pod's volumes. */
  folder: string;
  sources: EnvSources;
}

/** One container that runs the real program of its image, with the arguments, variables, volumes and account that its pod gives it. */
export class Container {
  readonly #options: ContainerOptions;
  readonly #volumes: PodVolumes;
  #refreshing: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: ContainerOptions) {
    this.#options = options;
    this.#volumes = new PodVolumes(options.kube, join(options.folder, "volumes"), options.sources);
  }

  /**
   * Makes everything that the program needs, and keeps its volumes up to date from now on.
   *
   * @throws {MissingReference} when a Secret or ConfigMap is missing.
   */
  async command(): Promise<Command> {
    const { container, image, folder, sources } = this.#options;
    const root = join(folder, "root");
    mkdirSync(root, { recursive: true, mode: 0o700 });
    await this.#volumes.write();
    const own = { PATH, ...IN_CLUSTER, ...image.env, ...(await containerEnv(container, sources)) };
    const files = Object.entries(image.files).map(([at, from]) => ({ at, from, kind: "file" as const, readOnly: true }));
    const script = join(folder, `${container.name}.sh`);
    const mounts = [...files, ...this.#volumes.mountsOf(container)];
    this.#refreshing ??= setTimeout(() => void this.#refresh(), REFRESH_SECONDS * 1_000);
    writeFileSync(script, containerScript(root, sources.ip, mounts, container.workingDir));
    const words = [...(container.command ?? image.entrypoint), ...(container.args ?? [])] as string[];
    const program = words.map((word) => expand(word, own));
    return { argv: ["unshare", "--net", "--mount", "/bin/sh", script, ...program], env: own };
  }

  /** Looks after its volumes no longer. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#refreshing);
  }

  /** One at a time: a slow API server must not make them pile up. */
  async #refresh(): Promise<void> {
    await this.#volumes.write().catch(() => undefined);
    if (!this.#ended) {
      this.#refreshing = setTimeout(() => void this.#refresh(), REFRESH_SECONDS * 1_000);
    }
  }
}

/** Where every pod finds the API server; its token and the certificate lie in a volume that the API server adds. */
const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: NETWORK.node, KUBERNETES_SERVICE_PORT: "6443" };
