import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { EnvironmentName } from "./environments/profile.ts";

const modelRelease = z.strictObject({
  /** Version in the registry, immutable. */
  version: z.string().regex(/^\d+$/, { error: "must be a registered version number, as text" }),
  /** Folder of the version inside the environment's model store. */
  path: z.string().regex(/^[\w./-]+$/, { error: "must be a path inside the model store" }),
  /** sha256 over the version's files: what was checked when it was promoted. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" }),
  /** Model server image: repository in the environment's registry, and digest. */
  image: z.strictObject({
    repository: z.string(),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: "must be sha256: and 64 hexadecimal digits" }),
  }),
});

const manifest = z.strictObject({
  id: z.string(),
  created: z.iso.datetime(),
  models: z.record(z.string(), modelRelease),
});

export type ModelRelease = z.infer<typeof modelRelease>;

/** What an environment runs: the versions of its models, the same bytes wherever the release goes. */
export type Release = z.infer<typeof manifest>;

/** Folder of the releases; a rehearsal points it at a copy so that it can release without touching the repository. */
const folder = (): string => process.env["MILLRACE_RELEASES"] ?? join(import.meta.dirname, "..", "releases");

/**
 * The release that an environment runs: `releases/<env>.json` names a manifest in `releases/manifests/`.
 *
 * @throws {pulumi.RunError} when a file is missing or says something that a release cannot say.
 */
export function readRelease(environment: EnvironmentName): Release {
  const pointer = read(`${environment}.json`, z.strictObject({ release: z.string() }));
  return read(`manifests/${pointer.release}.json`, manifest);
}

function read<T>(name: string, schema: z.ZodType<T>): T {
  const path = join(folder(), name);
  if (!existsSync(path)) {
    throw new pulumi.RunError(
      `releases/${name}: the file must exist, got nothing: restore it, or point the environment at another release`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new pulumi.RunError(`releases/${name}: the file must be JSON, got '${(error as Error).message}'`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    throw new pulumi.RunError(
      parsed.error.issues.map((issue) => `releases/${name}: ${issue.path.join(".")} ${issue.message}`).join("\n"),
    );
  }
  return parsed.data;
}
