import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { RemoteError } from "#toolchain/oci/http";
import { Repository } from "#toolchain/oci/repository";
import { ArtifactError } from "./artifact-error.ts";
import { type CopiedImage, copyImage, type ImageProgress } from "./copy-image.ts";
import { type CopiedModel, copyModel, type ModelProgress } from "./copy-model.ts";
import { loginOf } from "./registry-login.ts";
import { storeAt } from "./store-at.ts";

/** Where an environment keeps its artifacts. */
export interface ArtifactPlace {
  /** URL of the store of models, `file:///…` or `s3://<bucket>?region=<region>`. */
  models: string;
  /** Registry and the beginning of its repositories, `<registry>/<prefix>`. @default - none, as in a rehearsal: no image is copied */
  images?: string | undefined;
  /** Profile of the AWS configuration whose credentials reach both. @default - those that the SDK and the AWS CLI find */
  profile?: string | undefined;
}

/** Between which environments. */
export interface CopyRoute {
  source: ArtifactPlace;
  target: ArtifactPlace;
}

/** How far a copy is. */
export type CopyProgress = ({ what: "model" } & ModelProgress) | ({ what: "image" } & ImageProgress);

/** What was copied, and what was there already. */
export interface CopyResult {
  model: CopiedModel;
  /** That of the server, and the one that fetches where there is one. None where an environment of the two has no registry. */
  images: CopiedImage[];
}

/**
 * Brings what a release of a model names from one environment to the next: its files, then the image that serves it and the one that fetches. Safe to repeat.
 *
 * @throws {ArtifactError} at the first failure, with what is in the target by then and what is not.
 */
export async function copyArtifacts(
  release: ModelRelease,
  { source, target }: CopyRoute,
  onProgress: (progress: CopyProgress) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<CopyResult> {
  // All places are looked at before anything is copied.
  const images = imagesOf(release).flatMap(({ repository, digest, tag }) => {
    const [from, to] = [source, target].map((place) => repositoryIn(place, repository, signal));
    return from === undefined || to === undefined ? [] : [{ from, to, digest, tag }];
  });
  const model = await copyModel({
    from: await storeAt(source.models, source),
    to: await storeAt(target.models, target),
    path: release.path,
    sha256: release.sha256,
    onProgress: (progress) => onProgress({ what: "model", ...progress }),
    signal,
  });
  const result: CopyResult = { model, images: [] };
  for (const image of images) {
    try {
      result.images.push(
        await copyImage({ ...image, onProgress: (progress) => onProgress({ what: "image", ...progress }), signal }),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RemoteError) && !(error instanceof ArtifactError)) {
        throw error;
      }
      throw new ArtifactError(
        `${error.message}. The files of '${release.path}/' are in ${target.models}, the image is not in ${image.to.name} yet. ` +
          `The same command goes on from there`,
      );
    }
  }
  return result;
}

/** That of the server, and the one that fetches the files, each with a tag that keeps it. */
const imagesOf = ({ model, version, image, fetcher }: ModelRelease): { repository: string; digest: string; tag: string }[] => [
  { ...image, tag: `${model}-${version}` },
  ...(fetcher ? [{ ...fetcher, tag: `${model}-${version}-fetcher` }] : []),
];

function repositoryIn({ images, profile }: ArtifactPlace, repository: string, signal: AbortSignal): Repository | undefined {
  if (images === undefined) {
    return undefined;
  }
  if (!/^[\w.-]+(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(images)) {
    throw new ArtifactError(`a registry of images must be <registry>/<prefix> without a scheme, got ${JSON.stringify(images)}`);
  }
  return new Repository(`${images}/${repository}`, {
    signal,
    credentials: (host) => loginOf(host, profile),
    login: (host) => `docker login ${host}`,
  });
}
