import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { chartName } from "#components/chart";
import { CHARTS, type ChartPin } from "#components/versions";
import { serverCertificate } from "../cluster/controlplane/certificate.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";
import type { HostsFile } from "../cluster/isolation/hosts-file.ts";
import type { ChartShelf } from "./shelf.ts";

/** Where a chart is published: `https://<host>/<path>/<name>-<version>.tgz`, or `<host>/<path>` in a registry. */
interface Published {
  pin: ChartPin;
  host: string;
  path: string;
  registry: boolean;
}

const published = (pin: ChartPin, at = pin.repository ?? pin.chart): Published => {
  const { protocol, host, pathname } = new URL(at);
  return { pin, host, path: pathname.replace(/\/$/, ""), registry: protocol === "oci:" };
};

/** Where every chart can be had: at its publisher's, and in the registry that an environment names. */
const places = (registry?: string): Published[] =>
  Object.values<ChartPin>(CHARTS).flatMap((pin) => [
    published(pin),
    ...(registry === undefined ? [] : [published(pin, `${registry}/${chartName(pin.chart)}`)]),
  ]);

/** What a repository answers; `undefined` for what it does not have. */
type Answer = { type: string; body: string | Buffer; digest?: string } | undefined;

type Shelf = Pick<ChartShelf, "archive">;

export interface RepositoriesOptions {
  /** Folder for the certificate. */
  folder: string;
  /** The charts. */
  shelf: ChartShelf;
  /** Registry from which the environment takes its charts, `oci://…`. @default - it asks their publishers */
  registry?: string;
  /** Names of the namespace. */
  hosts: HostsFile;
}

/**
 * Serves every chart at the address where the real one is published, so that the program needs no other address than in an account:
 * Helm asks for exactly the pinned version, and what is not pinned is not there.
 *
 * @returns the file with the certificate that Helm must trust. The server ends with this process.
 */
export async function serveRepositories({ folder, shelf, registry, hosts }: RepositoriesOptions): Promise<string> {
  const names = [...new Set(places(registry).map(({ host }) => host))];
  const { key, certificate } = serverCertificate({ name: "charts", names });
  const file = join(folder, "charts.crt");
  writeFileSync(file, certificate);
  const server = createServer({ key, cert: certificate }, repositories(shelf, registry));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(443, NETWORK.charts, resolve);
  });
  server.unref();
  hosts.set(Object.fromEntries(names.map((name) => [name, NETWORK.charts])));
  return file;
}

/** Answers what is asked of any of the repositories, by the host that the request names. */
export const repositories =
  (shelf: Shelf, registry?: string): RequestListener =>
  (request, response) => {
    answer(request, shelf, places(registry)).then(
      (found) => send(response, found),
      (error: unknown) => response.writeHead(500).end(`${error instanceof Error ? error.message : String(error)}\n`),
    );
  };

function send(response: ServerResponse, found: Answer): void {
  if (found === undefined) {
    response.writeHead(404).end("no such chart or version in this rehearsal\n");
    return;
  }
  const { type, body, digest } = found;
  response.writeHead(200, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...(digest !== undefined && { "docker-content-digest": digest }),
  });
  // Node leaves the body out of an answer to HEAD.
  response.end(body);
}

async function answer({ url = "", headers }: IncomingMessage, shelf: Shelf, published: readonly Published[]): Promise<Answer> {
  const { pathname } = new URL(url, "https://charts");
  const isRegistry = pathname.startsWith("/v2/");
  const own = published.filter(({ host, registry }) => host === headers.host && registry === isRegistry);
  return isRegistry ? inRegistry(pathname, own, shelf) : inRepository(pathname, own, shelf);
}

/** A chart repository (Helm documentation, "The Chart Repository Guide"). */
async function inRepository(pathname: string, own: readonly Published[], shelf: Shelf): Promise<Answer> {
  const here = own.filter(({ path }) => pathname === `${path}/index.yaml`);
  if (here.length > 0) {
    const entries = here.map(({ pin }) => [
      chartName(pin.chart),
      [
        {
          apiVersion: "v2",
          name: chartName(pin.chart),
          version: pin.version,
          urls: [`${chartName(pin.chart)}-${pin.version}.tgz`],
        },
      ],
    ]);
    return { type: "application/yaml", body: JSON.stringify({ apiVersion: "v1", entries: Object.fromEntries(entries) }) };
  }
  const wanted = own.find(({ pin, path }) => pathname === `${path}/${chartName(pin.chart)}-${pin.version}.tgz`);
  return wanted && { type: "application/gzip", body: await shelf.archive(wanted.pin) };
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

const digestOf = (body: string | Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

/** A registry (OCI Distribution Specification, "Pull"), with charts in the form that Helm gives them. */
async function inRegistry(pathname: string, own: readonly Published[], shelf: Shelf): Promise<Answer> {
  if (pathname === "/v2/") {
    return { type: "application/json", body: "{}" };
  }
  const [, name, kind, reference] = /^\/v2(\/.+)\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
  const wanted = own.find(({ path }) => path === name);
  if (wanted === undefined) {
    return undefined;
  }
  const { pin } = wanted;
  const archive = await shelf.archive(pin);
  const config = JSON.stringify({ apiVersion: "v2", name: chartName(pin.chart), version: pin.version });
  const blob = (mediaType: string, body: string | Buffer) => ({
    mediaType,
    digest: digestOf(body),
    size: Buffer.byteLength(body),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: blob("application/vnd.cncf.helm.config.v1+json", config),
    layers: [blob("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)],
  });
  if (kind === "manifests") {
    const known = [pin.version.replace("+", "_"), digestOf(manifest)].includes(reference!);
    return known ? { type: MANIFEST, body: manifest, digest: digestOf(manifest) } : undefined;
  }
  const body = [config, archive].find((each) => digestOf(each) === reference);
  return body === undefined ? undefined : { type: "application/octet-stream", body, digest: reference! };
}
