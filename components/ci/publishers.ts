import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, type Statement } from "../iam.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { fields, input, label, listOf, matching, text } from "../shape.ts";
import { check } from "../validation.ts";
import { checkJobs, REPOSITORY, type Repository, trust } from "./trust.ts";

export interface PublishersArgs extends Repository {
  /** ARN of GitHub's identity provider in the account. */
  identityProviderArn: pulumi.Input<string>;

  /** Beginning of the names of the roles, `<prefix>-ci-images` and `<prefix>-ci-models`. */
  prefix: string;

  /** Environment whose images and models are published: its jobs run in the GitHub environments `<environment>-images` and `<environment>-models`. */
  environment: string;

  /** ARNs of the image repositories that receive images. */
  repositories: readonly pulumi.Input<string>[];

  /** Bucket that receives models, the folder in it, its key and its region. */
  models: { bucketArn: pulumi.Input<string>; folder: string; keyArn: pulumi.Input<string>; region: string };
}

/**
 * Two roles that publish what a release names, and can do nothing else: one pushes images to named repositories, one puts model
 * files under one folder of the model store. Neither can delete. Each is taken from a GitHub environment of its own.
 *
 * @throws {pulumi.ResourceError} when a name is invalid, no repository is named, or the folder is not a plain path.
 */
export class Publishers extends Component {
  static override readonly shape = fields<PublishersArgs>({
    ...REPOSITORY,
    identityProviderArn: input(text),
    prefix: label,
    environment: text,
    repositories: listOf(input(text)),
    models: fields<PublishersArgs["models"]>({
      bucketArn: input(text),
      folder: matching(/^[\w-]+(\/[\w-]+)*$/, "names joined by '/', without one at the end"),
      keyArn: input(text),
      region: text,
    }),
  });

  readonly imagesRoleArn: pulumi.Output<string>;
  readonly modelsRoleArn: pulumi.Output<string>;

  constructor(name: string, args: PublishersArgs, opts?: ComponentOptions) {
    super("ci:Publishers", name, args, opts);
    validate(args, this);

    const publisher = (
      what: "images" | "models",
      description: string,
      statements: readonly Statement[],
    ): pulumi.Output<string> => {
      const child = { parent: this };
      const named = `${args.prefix}-ci-${what}`;
      const policy = new aws.iam.Policy(`${name}-${what}-policy`, { name: named, policy: policyDocument(statements) }, child);
      const role = new aws.iam.Role(
        `${name}-${what}`,
        {
          name: named,
          description,
          assumeRolePolicy: trust(args.identityProviderArn, args, [{ environment: `${args.environment}-${what}` }]),
          // What it may do is also the most that it can ever do.
          permissionsBoundary: policy.arn,
        },
        child,
      );
      new aws.iam.RolePolicyAttachment(`${name}-${what}-attached`, { role: role.name, policyArn: policy.arn }, child);
      return role.arn;
    };

    this.imagesRoleArn = publisher("images", "Pushes images", pushImages(args));
    this.modelsRoleArn = publisher("models", "Uploads model files", uploadModels(args));
    this.registerOutputs({ imagesRoleArn: this.imagesRoleArn, modelsRoleArn: this.modelsRoleArn });
  }
}

function validate(args: PublishersArgs, on: pulumi.Resource): void {
  checkJobs("environment", { environment: args.environment }, on);
  const suffix = "-ci-models".length;
  const most = NAME_LIMITS["iam role"] - suffix;
  check.that(
    fits("iam role", args.prefix, suffix),
    "prefix",
    `at most ${most} characters long, so that '<prefix>-ci-models' fits IAM`,
    args.prefix,
    on,
  );
  check.length("repositories", args.repositories, { min: 1 }, on);
}

/** To push, and to see what is there (ECR user guide, "IAM permissions for pushing an image"). */
const pushImages = ({ repositories }: PublishersArgs): Statement[] => [
  // Knows no repository (Service Authorization Reference).
  { sid: "SignIn", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  {
    sid: "Push",
    actions: [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ],
    resources: repositories,
  },
];

/** To put, and to check what was put: a file that exists gets a new version, and the old one stays. */
const uploadModels = ({ models: { bucketArn, folder, keyArn, region } }: PublishersArgs): Statement[] => [
  {
    sid: "ListModels",
    actions: ["s3:ListBucket"],
    resources: [bucketArn],
    conditions: { StringLike: { "s3:prefix": [folder, `${folder}/*`] } },
  },
  {
    sid: "PutModels",
    actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
    resources: [pulumi.interpolate`${bucketArn}/${folder}/*`],
  },
  // Parts of a large file are decrypted when they are joined (S3 user guide, "Multipart upload API and permissions").
  {
    sid: "UseKeyThroughS3",
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [keyArn],
    conditions: {
      StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
      // S3 names the bucket where it has a bucket key, and else the object.
      StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, pulumi.interpolate`${bucketArn}/*`] },
    },
  },
];
