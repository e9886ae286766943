import { parse } from "yaml";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import type { ModelStore } from "../artifacts/store.ts";
import type { NewVersion } from "./mlflow.ts";

/** Tags by which a version in a registry is known again, wherever it has which number. */
export const ORIGIN = {
  /** Environment whose registry it was first registered in, and its number and run there. */
  environment: "millrace.origin",
  version: "millrace.version",
  run: "millrace.run",
  /** Digest of its release, and sha256 over its files. */
  release: "millrace.release",
  sha256: "millrace.sha256",
} as const;

/** What says where a version stands in an environment (docs/guides/record.md). */
export const STATE = "state";

/**
 * What registers a released version in another environment than the first: its files there, where it comes from, and the record of six parts
 * in the tags that the tracking server asks for (docs/decisions/record.md).
 *
 * @param origin environment that it was trained for. @param signature that of its file `MLmodel`; nothing where it has none.
 * @param place address of the model store, `s3://<bucket>/<prefix>?region=…`
 */
export function entryOf(
  release: ModelRelease,
  { origin, place, signature }: { origin: EnvironmentName; place: string; signature: object | undefined },
): NewVersion {
  const { code, data, features, metrics, parameters, semanticVersion, sha256, run, version } = release;
  const record = {
    "millrace.code": code,
    "millrace.data": data,
    "millrace.features": features,
    "millrace.metrics": JSON.stringify(namedAsInRun(metrics)),
    ...(parameters && { "millrace.parameters": JSON.stringify(parameters) }),
    ...(signature && { "millrace.signature": JSON.stringify(signature) }),
  };
  const from = {
    [ORIGIN.environment]: origin,
    [ORIGIN.version]: version,
    [ORIGIN.run]: run,
    [ORIGIN.release]: digestOfRelease(release),
    [ORIGIN.sha256]: sha256,
  };
  const source = `${place.replace(/\?.*$/, "").replace(/\/$/, "")}/${release.path}`;
  return { source, tags: { ...record, ...from, ...(semanticVersion && { semantic_version: semanticVersion }) } };
}

/** Metrics of a run by the names that they have there: those of test data begin with `test_`. */
const namedAsInRun = (metrics: ModelRelease["metrics"]): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([split, values]) =>
      Object.entries(values ?? {}).map(([name, value]) => [`${split}_${name}`, value]),
    ),
  );

/** Bytes of a file `MLmodel` that is read, as the tracking server has it: one with 10,000 columns has less. */
const LARGEST = 2 ** 20;

/** The signature in the file `MLmodel` of a version; nothing where there is no such file, or none in it. */
export async function signatureOf(store: ModelStore, { path }: ModelRelease, signal: AbortSignal): Promise<object | undefined> {
  const file = `${path}/MLmodel`;
  if (!(await store.exists(file, signal))) {
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of store.read(file, signal)) {
    bytes += chunk.length;
    if (bytes > LARGEST) {
      return undefined;
    }
    chunks.push(chunk);
  }
  try {
    const { signature } = (parse(Buffer.concat(chunks).toString("utf8")) ?? {}) as { signature?: unknown };
    return typeof signature === "object" && signature !== null ? signature : undefined;
  } catch {
    return undefined;
  }
}
