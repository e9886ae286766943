// A backend in a folder with one stack, as Pulumi leaves it after two operations.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "#engine/engine";
import type { Checkpoint, Deployment, StateResource } from "#promotion/state/checkpoint";
import { filesOf } from "#promotion/state/files-of";
import { type StackFiles, stackFiles } from "#promotion/state/stack-files";

export const STACK = "platform-dev";
export const FULL_NAME = `organization/millrace/${STACK}`;
const VERSION = "v3.259.0";

export const urn = (type: string, name: string): string => `urn:pulumi:${STACK}::millrace::${type}::${name}`;
export const ROOT = urn("pulumi:pulumi:Stack", "millrace-platform-dev");
const PROVIDER = urn("pulumi:providers:aws", "default");
export const KEY = urn("aws:kms/key:Key", "key");
export const BUCKET = urn("aws:s3/bucket:Bucket", "data");

const provider = `${PROVIDER}::4d5c`;
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
export const secret = (ciphertext = "v1:pzK9:abc+/=") => ({ ...SECRET, ciphertext });
export const plain = () => ({ ...SECRET, plaintext: '"hush"' });

const resources = (): StateResource[] => [
  { urn: ROOT, type: "pulumi:pulumi:Stack", custom: false },
  { urn: PROVIDER, type: "pulumi:providers:aws", custom: true, id: "4d5c" },
  { urn: KEY, type: "aws:kms/key:Key", custom: true, id: "k-1", parent: ROOT, provider, inputs: { policy: secret() } },
  { urn: BUCKET, type: "aws:s3/bucket:Bucket", custom: true, id: "data-1", parent: ROOT, provider, dependencies: [KEY] },
];

export const deployment = (change: Partial<Deployment> = {}): Deployment => ({
  manifest: {
    time: "2026-11-20T10:00:00.5Z",
    magic: createHash("sha256").update(VERSION).digest("hex"),
    version: VERSION,
  },
  secrets_providers: { type: "passphrase" },
  resources: resources(),
  ...change,
});

export const checkpoint = (latest: Deployment | null = deployment(), stack = FULL_NAME): Checkpoint => ({
  version: 3,
  checkpoint: { stack, latest },
});

export const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The same state as it was an hour earlier, before the bucket was made. */
export const earlier = (): Deployment => {
  const { manifest, resources: all = [] } = deployment();
  return deployment({ manifest: { ...manifest, time: "2026-11-20T09:00:00Z" }, resources: all.slice(0, 3) });
};

export interface Sample extends StackFiles {
  folder: string;
  /** An engine that reads this backend, and writes down what it was asked to do. */
  engine: Engine;
  called: string[];
  /** Text of a file, `undefined` where there is none. */
  text(path: string): string | undefined;
  put(path: string, content: string | Buffer): void;
}

/** Makes the backend in a temporary folder. */
export async function sample(): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-state-"));
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const url = `file://${folder}?metadata=skip`;
  const of = await stackFiles(filesOf(url)!, "millrace", STACK);
  put(of.checkpoint, bytes(checkpoint()));
  put(
    `${of.checkpoint}.bak`,
    bytes(checkpoint(deployment({ resources: [] })))
      .toString()
      .replace(":00.5Z", ":00.4Z"),
  );
  put(`${of.history}/${STACK}-1795995000000000000.checkpoint.json`, bytes(checkpoint(earlier())));
  put(`${of.history}/${STACK}-1795995600000000000.checkpoint.json`, bytes(checkpoint()));
  put(`${of.history}/${STACK}-1795995600000000000.history.json`, "{}");
  put(`${of.backups}/${STACK}.1795995600000000001.json`, bytes(checkpoint()));
  const called: string[] = [];
  const text = (path: string): string | undefined =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  const engine: Partial<Engine> = {
    backend: async () => ({ url, project: "millrace" }),
    exportState: async () => {
      called.push("export");
      return { version: 3, deployment: (JSON.parse(text(of.checkpoint) ?? "{}") as Checkpoint).checkpoint?.latest };
    },
    refresh: async (_, options) => {
      called.push(`refresh ${JSON.stringify(options)}`);
      return {} as never;
    },
  };
  return { ...of, folder, engine: engine as Engine, called, text, put };
}
