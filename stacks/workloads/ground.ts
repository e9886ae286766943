import type { ModelStore, ModelVersion } from "#components/serving/model";
import type { FoundationOutputs, PlatformOutputs } from "../contracts.ts";
import type { Profile } from "../inputs/environments/profile.ts";
import type { ModelRelease } from "../inputs/releases/schema.ts";
import type { ReleasedModel } from "./fitting.ts";

/** What models are served from: what the environment and the other layers handed on. */
export interface Ground {
  profile: Profile;
  region: string;
  foundation: FoundationOutputs;
  platform: PlatformOutputs;
  /** Whether the feature store runs. */
  features: boolean;
}

/** An image that a release names, in the environment's registry. */
export const imageOf = ({ repository, digest }: ModelRelease["image"], { foundation: { registries } }: Ground): string =>
  `${registries[repository] ?? repository}@${digest}`;

/** What a release says of a version. */
export const versionOf = ({ released: { version, path, sha256, image } }: ReleasedModel, ground: Ground): ModelVersion => ({
  version,
  path,
  sha256,
  image: imageOf(image, ground),
});

/** Where the files of models lie. */
export const storeOf = ({ foundation: { stores, keys }, region }: Ground): ModelStore => ({
  bucketName: stores.models.name,
  bucketArn: stores.models.arn,
  kmsKeyArn: keys.data,
  region,
});
