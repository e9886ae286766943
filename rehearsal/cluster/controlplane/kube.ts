import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeError, reason } from "./kube-error.ts";

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
  /** Address of the API server, `https://127.0.0.1:6443`; `http:` for a proxy in front of it. */
  server: string;

  /** Bearer token. */
  token: string;

  /** Certificate that signed the server's, PEM. */
  ca: string | Buffer;
}

const PATCH_TYPES = {
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

/** A client of the Kubernetes API: requests, server-side apply, and a watch that resumes. */
export class Kube {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: http.Agent;
  readonly #kinds = new Map<string, Promise<Json[]>>();

  constructor({ server, token, ca }: KubeOptions) {
    this.#server = server;
    this.#token = token;
    this.#agent = server.startsWith("https:") ? new https.Agent({ keepAlive: true, ca }) : new http.Agent({ keepAlive: true });
  }

  /** Sends a request and returns the answer. @throws {KubeError} unless the answer is 2xx. */
  async call(method: string, path: string, body?: unknown, type = "application/json"): Promise<Json> {
    const answer = await this.#open(method, path, body === undefined ? undefined : JSON.stringify(body), type);
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
      if (error instanceof KubeError && error.status === 404) {
        return undefined;
      }
      throw error;
    });
  }

  /**
   * Applies an object on the server.
   *
   * @param manager - who owns the fields. @default "rehearsal"
   * @param force - take fields over from other owners; without it their ownership is a conflict (409). @default true
   */
  async apply(object: KubeObject, { manager = "rehearsal", force = true } = {}): Promise<Json> {
    return this.call("PATCH", `${await this.pathOf(object)}?fieldManager=${manager}&force=${force}`, object, PATCH_TYPES.apply);
  }

  merge(path: string, patch: Json): Promise<Json> {
    return this.call("PATCH", path, patch, PATCH_TYPES.merge);
  }

  strategic(path: string, patch: Json): Promise<Json> {
    return this.call("PATCH", path, patch, PATCH_TYPES.strategic);
  }

  /**
   * Deletes an object.
   *
   * @param graceSeconds - time that a pod has for its end. @default - the object's own
   * @param uid - delete only this one, not another that was made under its name since. @default - whichever is there
   */
  delete(path: string, { graceSeconds, uid }: { graceSeconds?: number; uid?: string } = {}): Promise<Json> {
    const grace = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds };
    const only = uid === undefined ? {} : { preconditions: { uid } };
    return this.call("DELETE", path, { apiVersion: "v1", kind: "DeleteOptions", ...grace, ...only });
  }

  /** Path of an object. Its plural and whether it lies in a namespace come from the server's discovery. */
  async pathOf({ apiVersion, kind, metadata }: Pick<KubeObject, "apiVersion" | "kind" | "metadata">): Promise<string> {
    const { collection } = await this.#collection(apiVersion, kind, metadata.namespace ?? "default");
    return `${collection}/${encodeURIComponent(metadata.name)}`;
  }

  /** Every object of a kind, in one namespace or in all. */
  async list(apiVersion: string, kind: string, namespace?: string): Promise<KubeObject[]> {
    const { collection } = await this.#collection(apiVersion, kind, namespace);
    return (await this.get(collection)).items as KubeObject[];
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

  async #collection(apiVersion: string, kind: string, namespace: string | undefined): Promise<{ collection: string }> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.#resource(root, kind);
    return {
      collection:
        resource.namespaced && namespace ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`,
    };
  }

  async #resource(root: string, kind: string): Promise<Json> {
    const known = await this.#kinds.get(root)?.catch(() => undefined);
    const found = known?.find((resource) => resource.kind === kind);
    if (found) {
      return found;
    }
    // A definition that was installed since the last look.
    const looked = this.get(root).then(({ resources }) =>
      (resources as Json[]).filter(({ name }) => !String(name).includes("/")),
    );
    this.#kinds.set(root, looked);
    const resource = (await looked).find((candidate) => candidate.kind === kind);
    if (!resource) {
      throw new KubeError(404, `the API server has no kind ${kind} in ${root}`);
    }
    return resource;
  }

  #open(method: string, path: string, body?: string, type = "application/json"): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { authorization: `Bearer ${this.#token}`, accept: "application/json" };
      if (body !== undefined) {
        // Node leaves the length out of a DELETE, and the server then ignores its body: pods would never be gone.
        Object.assign(headers, { "content-type": type, "content-length": Buffer.byteLength(body) });
      }
      const { request } = this.#agent instanceof https.Agent ? https : http;
      const sent = request(new URL(path, this.#server), { method, headers, agent: this.#agent }, resolve);
      sent.on("error", reject);
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
