import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { fields, flag, input, matching, optional, text, wholeNumber } from "../shape.ts";
import { check, inDays } from "../validation.ts";

export interface ImageRepositoryArgs {
  /** Name under which images are pushed and pulled, for example `millrace-dev/model-server`. */
  repository: string;

  /** Key that encrypts the layers. */
  kmsKeyArn: pulumi.Input<string>;

  /** Days for which an image without a tag is kept: what a build left behind. Images with a tag stay. @default 14 */
  untaggedDays?: number;

  /** Let `destroy` delete the repository while it holds images. @default false */
  forceDelete?: boolean;
}

/**
 * A repository for our images. A tag means one image for ever, and every image is scanned when it is pushed.
 *
 * Nothing with a tag expires: a release names its image by digest, and may be rolled back to long after.
 *
 * @throws {pulumi.ResourceError} when the name is invalid or the days are not a whole positive number.
 */
export class ImageRepository extends Component {
  static override readonly shape = fields<ImageRepositoryArgs>({
    repository: matching(
      /^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
      "lower-case words joined by '/', '-', '_' or '.'",
    ),
    kmsKeyArn: input(text),
    untaggedDays: optional(wholeNumber({ min: 1 })),
    forceDelete: optional(flag),
  });

  readonly repositoryUrl: pulumi.Output<string>;
  readonly repositoryArn: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: ComponentOptions) {
    super("registry:ImageRepository", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repository,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.kmsKeyArn }],
        forceDelete: args.forceDelete ?? false,
      },
      child,
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-lifecycle`,
      { repository: repository.name, policy: JSON.stringify({ rules: [expireUntagged(args.untaggedDays ?? 14)] }) },
      child,
    );

    this.repositoryUrl = repository.repositoryUrl;
    this.repositoryArn = repository.arn;
    this.registerOutputs({ repositoryUrl: this.repositoryUrl, repositoryArn: this.repositoryArn });
  }
}

function validate({ repository }: ImageRepositoryArgs, on: pulumi.Resource): void {
  const most = NAME_LIMITS["ecr repository"];
  check.that(fits("ecr repository", repository), "repository", `at most ${most} characters long`, repository, on);
}

const expireUntagged = (days: number): object => ({
  rulePriority: 1,
  description: `images without a tag, after ${inDays(days)}`,
  selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
  action: { type: "expire" },
});
