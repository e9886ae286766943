import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, Kube } from "../../controlplane/kube.ts";
import { NETWORK } from "../../isolation/addresses.ts";
import { containerEnv, type EnvSources, expand } from "../container-env.ts";
import type { Command } from "../pod-process.ts";
import type { Image } from "./images.ts";
import { PodNetwork } from "./network.ts";
import { containerScript, type Mount } from "./root.ts";
import { PodVolumes } from "./volumes.ts";

/** Seconds between two looks at the Secrets and ConfigMaps that a pod has mounted; a kubelet takes a minute. */
const REFRESH_SECONDS = 1;

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface SandboxOptions {
  kube: Kube;
  /** Folder for the pod's network and volumes. */
  folder: string;
  sources: EnvSources;
}

/**
 * What the containers of a pod share, network and volumes, and how each of them is started: as the real program of its image, with the
 * arguments, variables, volumes and account that its pod gives it.
 */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #network: PodNetwork;
  readonly #volumes: PodVolumes;
  #refreshing: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: SandboxOptions) {
    const { kube, folder, sources } = options;
    this.#options = options;
    this.#network = new PodNetwork(sources.ip, join(folder, "network"));
    this.#volumes = new PodVolumes(kube, join(folder, "volumes"), sources);
  }

  /**
   * Makes everything that the program of a container needs, and keeps the volumes up to date from now on.
   *
   * @throws {MissingReference} when a Secret or ConfigMap is missing.
   */
  async command(container: Json, image: Image): Promise<Command> {
    const { folder, sources } = this.#options;
    const root = join(folder, "root");
    mkdirSync(root, { recursive: true, mode: 0o700 });
    await this.#network.open();
    await this.#volumes.write();
    const own = { PATH, ...IN_CLUSTER, ...image.env, ...(await containerEnv(container, sources)) };
    const script = join(folder, `${container.name}.sh`);
    const mounts = [...mountsOf(image), ...this.#volumes.mountsOf(container)];
    this.#refreshing ??= setTimeout(() => void this.#refresh(), REFRESH_SECONDS * 1_000);
    writeFileSync(script, containerScript(root, mounts, container.workingDir));
    const words = [...(container.command ?? image.entrypoint), ...(container.args ?? [])] as string[];
    const program = words.map((word) => expand(word, own));
    return { argv: [...this.#network.enter, "unshare", "--mount", "/bin/sh", script, ...program], env: own };
  }

  /** Gives up the network, and looks after the volumes no longer. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#refreshing);
    await this.#network.close();
  }

  /** One at a time: a slow API server must not make them pile up. */
  async #refresh(): Promise<void> {
    await this.#volumes.write().catch(() => undefined);
    if (!this.#ended) {
      this.#refreshing = setTimeout(() => void this.#refresh(), REFRESH_SECONDS * 1_000);
    }
  }
}

/** What an image brings. */
function mountsOf({ files, folders = {} }: Image): Mount[] {
  const mounts = (kind: Mount["kind"], paths: Readonly<Record<string, string>>): Mount[] =>
    Object.entries(paths).map(([at, from]) => ({ at, from, kind, readOnly: true }));
  return [...mounts("folder", folders), ...mounts("file", files)];
}

/** Where every pod finds the API server; its token and the certificate lie in a volume that the API server adds. */
const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: NETWORK.node, KUBERNETES_SERVICE_PORT: "6443" };
