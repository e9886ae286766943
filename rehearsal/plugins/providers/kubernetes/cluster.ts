// The few verbs of the Kubernetes API that a provider needs, over plain HTTPS.

import http from "node:http";
import https from "node:https";
import type { Bag } from "#engine/values";
import type { Access } from "./kubeconfig.ts";

/** Field ownership in server-side apply goes by this name. */
export const FIELD_MANAGER = "pulumi-kubernetes-stand-in";

/** How an API server serves a kind. */
export interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly root: string;
}

/** A refusal by the API server, in its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, body: Bag) {
    super(body["message"] ?? `the API server answered ${status}`);
    this.status = status;
    this.reason = body["reason"] ?? "";
  }
}

/** Whether an object, its namespace or its kind does not exist. */
export const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** An API server. */
export class Cluster {
  readonly access: Access;
  readonly #agent: http.Agent;
  readonly #kinds = new Map<string, Promise<Map<string, Kind>>>();

  constructor(access: Access) {
    this.access = access;
    const Agent = access.server.protocol === "https:" ? https.Agent : http.Agent;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ...access.tls });
  }

  request(method: string, path: string, body?: Bag, contentType = "application/json"): Promise<Bag> {
    const { server, headers } = this.access;
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const send = server.protocol === "https:" ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const call = send(
        new URL(server.pathname.replace(/\/$/, "") + path, server),
        {
          method,
          agent: this.#agent,
          headers: {
            ...headers,
            Accept: "application/json",
            ...(payload ? { "Content-Type": contentType, "Content-Length": payload.length } : {}),
          },
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece) => pieces.push(piece));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(pieces).toString();
            const status = response.statusCode ?? 0;
            const json = text.startsWith("{") ? JSON.parse(text) : { message: text.trim() };
            if (status < 300) {
              resolve(json);
            } else {
              reject(new ApiError(status, json));
            }
          });
        },
      );
      call.on("error", (error) =>
        reject(new Error(`configured Kubernetes cluster is unreachable: ${server.host}: ${error.message}`)),
      );
      call.end(payload);
    });
  }

  /** How the API server calls a kind, or `undefined` when it does not serve it (yet). */
  async kind(apiVersion: string, kind: string): Promise<Kind | undefined> {
    const cached = await this.#discover(apiVersion);
    if (cached.has(kind)) {
      return cached.get(kind);
    }
    // A custom resource definition of this very deployment may have been registered meanwhile.
    this.#kinds.delete(apiVersion);
    return (await this.#discover(apiVersion)).get(kind);
  }

  #discover(apiVersion: string): Promise<Map<string, Kind>> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let kinds = this.#kinds.get(apiVersion);
    if (!kinds) {
      kinds = this.request("GET", root).then(
        ({ resources }) =>
          new Map<string, Kind>(
            (resources as Bag[])
              .filter(({ name }) => !name.includes("/"))
              .map(({ kind, name, namespaced }) => [kind, { plural: name, namespaced, root }]),
          ),
        (error) => {
          this.#kinds.delete(apiVersion);
          if (isMissing(error)) {
            return new Map<string, Kind>();
          }
          throw error;
        },
      );
      this.#kinds.set(apiVersion, kinds);
    }
    return kinds;
  }

  path({ root, plural, namespaced }: Kind, namespace: string, name: string): string {
    return `${root}${namespaced ? `/namespaces/${namespace}` : ""}/${plural}/${name}`;
  }

  /** Server-side apply. `force` because a provider owns what its program declares. */
  apply(path: string, manifest: Bag, { dryRun = false, force = true } = {}): Promise<Bag> {
    const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, force: String(force) });
    if (dryRun) {
      query.set("dryRun", "All");
    }
    return this.request("PATCH", `${path}?${query}`, manifest, "application/apply-patch+yaml");
  }

  async find(path: string): Promise<Bag | undefined> {
    return this.request("GET", path).catch((error) => {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    });
  }
}
