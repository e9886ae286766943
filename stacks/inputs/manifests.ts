import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { PROJECT_FOLDER } from "#engine/project";
import { inWords, problemsOf } from "../wording.ts";
import { FILES, MANIFESTS, RELEASES } from "./files.ts";
import { textOf } from "./read-file.ts";
import { parseJson } from "./read-json.ts";

const modelRelease = z.strictObject({
  /** Version in the registry, immutable. */
  version: z.string().regex(/^[1-9]\d*$/, { error: "must be a registered version number in quotes" }),
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
  created: z.iso.datetime({ error: "must be a time in UTC, such as 2026-11-21T09:00:00Z" }),
  models: z.record(z.string(), modelRelease),
});

export type ModelRelease = z.infer<typeof modelRelease>;

/** What an environment runs: the versions of its models, the same bytes wherever the release goes. */
export type Release = z.infer<typeof manifest>;

/** Folder of the releases; a rehearsal points it at a copy so that it can release without touching the repository. */
export const folderOfReleases = (): string => process.env["MILLRACE_RELEASES"] ?? join(PROJECT_FOLDER, RELEASES);

/**
 * All releases, by id. One that cannot be read may contradict any other, so that it is refused whoever runs it.
 *
 * @throws {pulumi.RunError} listing what is wrong with each manifest.
 */
export function readManifests(folder = folderOfReleases()): Map<string, Release> {
  const problems: string[] = [];
  const releases = new Map<string, Release>();
  for (const id of idsIn(folder)) {
    try {
      releases.set(id, readManifest(id, folder));
    } catch (error) {
      if (!pulumi.RunError.isInstance(error)) {
        throw error;
      }
      problems.push(error.message);
    }
  }
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
  return releases;
}

function idsIn(folder: string): string[] {
  const path = join(folder, MANIFESTS);
  const files = existsSync(path) ? readdirSync(path) : [];
  return files
    .filter((file) => file.endsWith(".json") && !file.startsWith("."))
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

function readManifest(id: string, folder: string): Release {
  const name = FILES.manifest(id);
  const release = readJson(name, manifest, folder);
  if (release.id !== id) {
    throw new pulumi.RunError(`${name}: id must be the name of the file, '${id}', got '${release.id}'`);
  }
  return release;
}

/**
 * A file in the folder of the releases.
 *
 * @param name the file as refusals name it; `folder` stands for its first folder.
 * @throws {pulumi.RunError} when it is missing or has another form.
 */
export function readJson<T>(name: string, schema: z.ZodType<T>, folder: string): T {
  const text = textOf(name, join(folder, relative(RELEASES, name)));
  if (text === undefined) {
    throw new pulumi.RunError(
      `${name} must be a file with the release of the environment, got nothing: write {"release": "<id>"}`,
    );
  }
  const content = parseJson(name, text);
  const parsed = schema.safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path, text }) => `${name}: ${path === "" ? "" : `${path} `}${text}`)
        .join("\n"),
    );
  }
  return parsed.data;
}
