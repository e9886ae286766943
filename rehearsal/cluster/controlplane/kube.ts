// The client of the Kubernetes API, for the rehearsal and for the stand-in of the kubernetes provider.

import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { isMissing, KubeError, reason } from "./kube-error.ts";

/** Any Kubernetes object, or part of one. */
// biome-ignore lint/suspicious/noExplicitAny: the API server, not the compiler, knows the fields of every kind.
export type Json = Record<string, any>;

/** A whole Kubernetes object. */
export interface KubeObject extends Json {
  apiVersion: string;
  kind: string;
  metadata: Json & { name: string; namespace?: string };
}

/** What a watch sees: the API's own events, and `SYNC` with the whole list each time that the watch begins anew. */
export type WatchEvent = "ADDED" | "MODIFIED" | "DELETED" | "SYNC";

export interface KubeOptions {
  /** Address of the API server, `https://127.0.0.1:6443`; `http:` for a proxy in front of it. A path is kept. */
  readonly server: string;

  /** Bearer token. @default - no header */
  readonly token?: string | undefined;

  /** Certificate that signed the server's, PEM. @default - those that Node trusts */
  readonly ca?: string | Buffer | undefined;

  /** Certificate and key of the client, PEM. @default - none is sent */
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;

  /** Name that the server's certificate must carry. @default - the host of `server` */
  readonly servername?: string | undefined;

  /** Whether an unverified server certificate is refused. @default true */
  readonly rejectUnauthorized?: boolean;

  /** Ask as somebody else, with that one's rights. @default - as the owner of the token */
  readonly as?: { readonly user: string; readonly groups: readonly string[] };

  /** Namespace of objects that name none. @default "default" */
  readonly namespace?: string;
}

/** How to apply an object. */
export interface ApplyOptions {
  /** Who owns the fields. @default "rehearsal" */
  readonly manager?: string;

  /** Take fields over from other owners; without it their ownership is a conflict (409). @default true */
  readonly force?: boolean;

  /** Only say what would become of the object. @default false */
  readonly dryRun?: boolean;
}

/** How to delete an object. */
export interface DeleteOptions {
  /** Seconds that a pod has for its end. @default - the object's own */
  readonly graceSeconds?: number;

  /** Delete only this one, not another that was made under its name since. @default - whichever is there */
  readonly uid?: string;

  /** What happens to objects that it owns: `Background`, `Foreground` or `Orphan`. @default - the kind's own */
  readonly propagation?: string;
}

/** Status of a server that asks to be asked again later, and how often it is asked. */
const BUSY = 429;
const TRIES = 5;

const PATCH_TYPES = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

/** A client of the Kubernetes API: requests, server-side apply, and a watch that resumes. */
export class Kube {
  readonly #server: string;
  readonly #headers: http.OutgoingHttpHeaders;
  readonly #namespace: string;
  readonly #agent: http.Agent;
  readonly #kinds = new Map<string, Promise<Json[]>>();

  constructor({ server, token, namespace = "default", as, ...tls }: KubeOptions) {
    this.#server = server.replace(/\/$/, "");
    this.#headers = {
      // The keys of tokens have a type of their own.
      accept: "application/json, application/jwk-set+json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(as && { "impersonate-user": as.user, "impersonate-group": [...as.groups, "system:authenticated"] }),
    };
    this.#namespace = namespace;
    this.#agent = server.startsWith("https:")
      ? new https.Agent({ keepAlive: true, ...tls })
      : new http.Agent({ keepAlive: true });
  }

  /** Sends a request, again where the server asks for that, and returns the answer. @throws {KubeError} unless the answer is 2xx. */
  async call(method: string, path: string, body?: unknown, type = "application/json"): Promise<Json> {
    const open = () => this.#open(method, path, body === undefined ? undefined : JSON.stringify(body), type);
    let answer = await open();
    // A kind whose definition has just been installed has no storage for a moment.
    for (let tries = 1; answer.statusCode === BUSY && tries < TRIES; tries += 1) {
      answer.resume();
      await sleep(1_000 * Number(answer.headers["retry-after"] ?? 1));
      answer = await open();
    }
    let text = "";
    for await (const chunk of answer.setEncoding("utf8")) {
      text += String(chunk);
    }
    const status = answer.statusCode ?? 500;
    if (status >= 300) {
      throw new KubeError(status, `${method} ${path}: ${status} ${reason(text)}`);
    }
    return text.startsWith("{") ? (JSON.parse(text) as Json) : { text };
  }

  /** Reads an object or a list. */
  get(path: string): Promise<Json> {
    return this.call("GET", path);
  }

  /** Reads what may not be there. */
  async find(path: string): Promise<Json | undefined> {
    return this.get(path).catch((error: unknown) => {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    });
  }

  /** Applies an object on the server: the server merges, and keeps who owns which field. */
  async apply(object: KubeObject, { manager = "rehearsal", force = true, dryRun = false }: ApplyOptions = {}): Promise<Json> {
    const query = `fieldManager=${manager}&force=${force}${dryRun ? "&dryRun=All" : ""}`;
    return this.call("PATCH", `${await this.pathOf(object)}?${query}`, object, PATCH_TYPES.apply);
  }

  merge(path: string, patch: Json): Promise<Json> {
    return this.call("PATCH", path, patch, PATCH_TYPES.merge);
  }

  strategic(path: string, patch: Json): Promise<Json> {
    return this.call("PATCH", path, patch, PATCH_TYPES.strategic);
  }

  delete(path: string, { graceSeconds, uid, propagation }: DeleteOptions = {}): Promise<Json> {
    return this.call("DELETE", path, {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
      ...(uid !== undefined && { preconditions: { uid } }),
      ...(propagation !== undefined && { propagationPolicy: propagation }),
    });
  }

  /**
   * Path of an object. Its plural and whether it lies in a namespace come from the server's discovery.
   *
   * @throws {KubeError} with status 404 when the server does not serve the kind (yet)
   */
  async pathOf({ apiVersion, kind, metadata }: Pick<KubeObject, "apiVersion" | "kind" | "metadata">): Promise<string> {
    const collection = await this.#collection(apiVersion, kind, metadata.namespace ?? this.#namespace);
    return `${collection}/${encodeURIComponent(metadata.name)}`;
  }

  /** Every object of a kind, in one namespace or in all. */
  async list(apiVersion: string, kind: string, namespace?: string): Promise<KubeObject[]> {
    return (await this.get(await this.#collection(apiVersion, kind, namespace))).items as KubeObject[];
  }

  /**
   * Lists, then watches, and begins again for as long as `signal` is not aborted. Events that fell into a gap are not repeated:
   * the list that comes with `SYNC` tells what is there, and so what is not.
   */
  async watch(
    path: string,
    query: string,
    onEvent: (type: WatchEvent, object: Json) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const list = await this.get(`${path}?${query}`);
        onEvent("SYNC", list);
        for (const item of list.items as Json[]) {
          onEvent("ADDED", item);
        }
        await this.#stream(`${path}?${query}&watch=true&resourceVersion=${list.metadata.resourceVersion}`, onEvent, signal);
      } catch {
        // The server is away or has forgotten this version: list again.
      }
      await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends every connection. */
  close(): void {
    this.#agent.destroy();
  }

  async #collection(apiVersion: string, kind: string, namespace: string | undefined): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const known = (await this.#kinds.get(root)?.catch(() => []))?.find((resource) => resource.kind === kind);
    // Looked up again where it is not known: a definition may have been installed since.
    const resource = known ?? (await this.#discover(root)).find((candidate) => candidate.kind === kind);
    if (!resource) {
      throw new KubeError(
        404,
        `no matches for kind "${kind}" in version "${apiVersion}"; ` +
          "is its custom resource definition installed, and does what needs it depend on it?",
      );
    }
    return resource.namespaced && namespace ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`;
  }

  #discover(root: string): Promise<Json[]> {
    const kinds = this.find(root).then((found) =>
      ((found?.resources ?? []) as Json[]).filter(({ name }) => !String(name).includes("/")),
    );
    this.#kinds.set(root, kinds);
    return kinds;
  }

  #open(method: string, path: string, body?: string, type = "application/json"): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { ...this.#headers };
      if (body !== undefined) {
        // Node leaves the length out of a DELETE, and the server then ignores its body: pods would never be gone.
        Object.assign(headers, { "content-type": type, "content-length": Buffer.byteLength(body) });
      }
      const { request } = this.#agent instanceof https.Agent ? https : http;
      const sent = request(this.#server + path, { method, headers, agent: this.#agent }, resolve);
      sent.on("error", (cause) => reject(new Error(`${this.#server} cannot be reached: ${cause.message}`, { cause })));
      sent.end(body);
    });
  }

  async #stream(path: string, onEvent: (type: WatchEvent, object: Json) => void, signal: AbortSignal): Promise<void> {
    const answer = await this.#open("GET", path);
    const end = () => answer.destroy();
    signal.addEventListener("abort", end, { once: true });
    // Told twice: to the loop below, which throws, and here.
    answer.on("error", () => undefined);
    answer.once("close", () => signal.removeEventListener("abort", end));
    if (signal.aborted) {
      end();
    }
    let buffer = "";
    for await (const chunk of answer.setEncoding("utf8")) {
      const lines = (buffer + String(chunk)).split("\n");
      buffer = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(line) as { type: string; object: Json };
        if (event.type === "ERROR") {
          return;
        }
        if (event.type !== "BOOKMARK") {
          onEvent(event.type as WatchEvent, event.object);
        }
      }
    }
  }
}
