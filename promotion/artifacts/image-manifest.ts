import * as z from "zod";
import { jsonOf } from "#stacks/inputs/json-fault";
import { sha256 } from "#toolchain/digest";
import type { Manifest, Repository } from "#toolchain/oci/repository";
import { ArtifactError } from "./artifact-error.ts";

/** Forms of manifests that are copied: of one image, and of an index with an image for each platform; those of OCI and of Docker. */
const OF_IMAGES = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
const OF_INDEXES = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

/** Largest manifest that registries must take (OCI Distribution Specification, "Pushing Manifests"). */
const MOST_BYTES = 4 * 1024 * 1024;

/** Layers that lie elsewhere by their licence, and in no registry. */
const FOREIGN = /nondistributable|foreign/;

/** What a manifest says of another content. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** A manifest, read. */
export interface ImageManifest extends Manifest {
  digest: string;
  /** Config and layers. */
  blobs: readonly Descriptor[];
  /** Manifests of the platforms. */
  manifests: readonly Descriptor[];
  /** Whether it belongs to another one, as a signature does. */
  hasSubject: boolean;
}

const descriptor = z.object({
  mediaType: z.string(),
  // It becomes a part of an address.
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
});

const content = z.object({
  schemaVersion: z.literal(2),
  config: z.optional(descriptor),
  layers: z.optional(z.array(descriptor)),
  manifests: z.optional(z.array(descriptor)),
  subject: z.optional(descriptor),
});

/**
 * A manifest of a repository by its tag or digest; nothing where there is none.
 *
 * @throws {ArtifactError} when it is not the one of its digest, or no manifest of an image.
 */
export async function readManifest(repository: Repository, reference: string): Promise<ImageManifest | undefined> {
  const manifest = await repository.manifest(reference, [...OF_IMAGES, ...OF_INDEXES]);
  if (manifest === undefined) {
    return undefined;
  }
  const { body, mediaType } = manifest;
  const digest = `sha256:${sha256(body)}`;
  if (reference.startsWith("sha256:") && digest !== reference) {
    throw new ArtifactError(`${repository.name} must have a manifest with the digest ${reference}, got ${digest}`);
  }
  const parsed = content.safeParse(json(body));
  const isKnown = [...OF_IMAGES, ...OF_INDEXES].includes(mediaType);
  if (!parsed.success || !isKnown || body.length > MOST_BYTES) {
    throw new ArtifactError(
      `${repository.name}@${digest} must be an image or an index of images, got ${mediaType || "no media type"}`,
    );
  }
  const { config, layers = [], manifests = [], subject } = parsed.data;
  const blobs = [...(config ? [config] : []), ...layers].filter((each) => !FOREIGN.test(each.mediaType));
  return { mediaType, body, digest, blobs, manifests, hasSubject: subject !== undefined };
}

function json(body: Buffer): unknown {
  try {
    return jsonOf(body.toString());
  } catch {
    return undefined;
  }
}
