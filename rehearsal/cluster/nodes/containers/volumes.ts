import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import type { Json, Kube } from "../../controlplane/kube.ts";
import { type Content, type EnvSources, fieldOf, MissingReference } from "../container-env.ts";
import type { Mount } from "./root.ts";

/** The volumes of one pod as folders of this machine. */
export class PodVolumes {
  readonly #kube: Kube;
  readonly #folder: string;
  readonly #sources: EnvSources;

  constructor(kube: Kube, folder: string, sources: EnvSources) {
    this.#kube = kube;
    this.#folder = folder;
    this.#sources = sources;
  }

  /**
   * Writes what the volumes hold now. Called again, it writes what has changed and removes what is gone, as a kubelet does while a pod
   * runs. What cannot be had leaves a volume as it is.
   *
   * @throws {MissingReference} when a Secret or ConfigMap is missing that is not optional.
   */
  async write(): Promise<void> {
    for (const volume of (this.#sources.pod.spec.volumes ?? []) as Json[]) {
      const into = join(this.#folder, volume.name);
      mkdirSync(into, { recursive: true });
      const sources = ((volume.projected?.sources ?? [volume]) as Json[]).filter(isSource);
      const files = new Map<string, string | Buffer | undefined>();
      for (const source of sources) {
        Object.entries(await this.#files(source, into)).forEach(([path, content]) => files.set(normalize(path), content));
      }
      for (const [path, content] of files) {
        if (content !== undefined) {
          writeWhenNew(join(into, path), Buffer.from(content as string));
        }
      }
      if (sources.length > 0) {
        removeOthers(into, files);
      }
    }
  }

  /** What a container mounts of them. They must have been written. */
  mountsOf(container: Json): Mount[] {
    return ((container.volumeMounts ?? []) as Json[]).map(({ name, mountPath, subPath = "", readOnly = false }) => {
      const from = join(this.#folder, name, subPath);
      if (!existsSync(from)) {
        mkdirSync(from, { recursive: true });
      }
      return { at: mountPath, from, kind: statSync(from).isDirectory() ? "folder" : "file", readOnly };
    });
  }

  /** Contents of files by their path; `undefined` for one that stays as it is. */
  async #files(
    { serviceAccountToken, downwardAPI, configMap, secret }: Json,
    into: string,
  ): Promise<Record<string, string | Buffer | undefined>> {
    if (serviceAccountToken) {
      // It holds for a day, so it is asked for once.
      const known = existsSync(join(into, serviceAccountToken.path));
      return { [serviceAccountToken.path]: known ? undefined : await this.#token(serviceAccountToken) };
    }
    if (downwardAPI) {
      const items = downwardAPI.items as Json[];
      return Object.fromEntries(items.map(({ path, fieldRef }) => [path, fieldOf(fieldRef?.fieldPath ?? "", this.#sources)]));
    }
    const reference: Json | undefined = configMap ?? secret;
    return reference === undefined ? {} : this.#referred(configMap ? "ConfigMap" : "Secret", reference);
  }

  async #referred(kind: "Secret" | "ConfigMap", reference: Json): Promise<Content> {
    const name: string = reference.name ?? reference.secretName;
    const content = await this.#sources.read(kind, name);
    if (!content && !reference.optional) {
      throw new MissingReference(`${kind.toLowerCase()} "${name}" not found`);
    }
    const items = (reference.items ?? Object.keys(content ?? {}).map((key) => ({ key, path: key }))) as Json[];
    const missing = items.find(({ key }) => content?.[key] === undefined);
    if (missing && !reference.optional) {
      throw new MissingReference(`references non-existent ${kind === "Secret" ? "secret" : "config"} key: ${missing.key}`);
    }
    return Object.fromEntries(items.flatMap(({ key, path }) => (content?.[key] === undefined ? [] : [[path, content[key]]])));
  }

  /** A token of the pod's own service account: what it may do is what its roles say. */
  async #token({ audience }: Json): Promise<string> {
    const { metadata, spec } = this.#sources.pod;
    const path = `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${spec.serviceAccountName ?? "default"}/token`;
    const boundObjectRef = { kind: "Pod", apiVersion: "v1", name: metadata.name, uid: metadata.uid };
    const request = { expirationSeconds: TOKEN_SECONDS, boundObjectRef, ...(audience && { audiences: [audience] }) };
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: request };
    return String((await this.#kube.call("POST", path, body))["status"].token);
  }
}

/** Longer than anybody keeps a rehearsal. */
const TOKEN_SECONDS = 86_400;

/** Whether the API server has the content: what a pod itself writes into other volumes is the pod's. */
const isSource = ({ serviceAccountToken, downwardAPI, configMap, secret }: Json): boolean =>
  Boolean(serviceAccountToken ?? downwardAPI ?? configMap ?? secret);

/** Removes files that are gone, and the folders that are empty without them. */
function removeOthers(folder: string, files: ReadonlyMap<string, unknown>): void {
  const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  for (const { parentPath, name } of there) {
    const path = relative(folder, join(parentPath, name));
    if (!files.has(path)) {
      rmSync(join(folder, path));
      for (let at = dirname(path); at !== "." && readdirSync(join(folder, at)).length === 0; at = dirname(at)) {
        rmdirSync(join(folder, at));
      }
    }
  }
}

/** In one step, as a kubelet does: no program reads half of it, and one that has the file itself mounted keeps what it had. */
function writeWhenNew(file: string, content: Buffer): void {
  if (!existsSync(file) || !readFileSync(file).equals(content)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }
}
