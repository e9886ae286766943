import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, type Statement } from "../iam.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { fields, input, label, listOf, matching, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { checkJobs, REPOSITORY, type Repository, trust } from "./trust.ts";

export interface PublishersArgs extends Repository {
  /** ARN of GitHub's identity provider in the account. */
  identityProviderArn: pulumi.Input<string>;

  /** Beginning of the names of the roles, `<prefix>-ci-images` and the like. */
  prefix: string;

  /** Environment whose images and models are published: its jobs run in the GitHub environments `<environment>-images` and `<environment>-models`. */
  environment: string;

  /** Environment that takes over what is published here: its jobs may read it. @default - the last one, from which nobody takes */
  next?: string;

  /** ARNs of the image repositories that receive images. */
  repositories: readonly pulumi.Input<string>[];

  /** Bucket that receives models, the folder in it, its key and its region. */
  models: { bucketArn: pulumi.Input<string>; folder: string; keyArn: pulumi.Input<string>; region: string };
}

/**
 * Roles for what a release names, none of which can delete, or do anything else. Each is taken from a GitHub environment:
 *
 * - `<prefix>-ci-images` pushes images, from `<environment>-images`
 * - `<prefix>-ci-models` puts model files under one folder of the model store, from `<environment>-models`
 * - `<prefix>-ci-promote` does both, from `<environment>`: a promotion brings what the environment before has
 * - `<prefix>-ci-reader` reads both, from the next environment: its promotion takes from here
 *
 * @throws {pulumi.ResourceError} when a name is invalid, no repository is named, or the folder is not a plain path.
 */
export class Publishers extends Component {
  static override readonly shape = fields<PublishersArgs>({
    ...REPOSITORY,
    identityProviderArn: input(text),
    prefix: label,
    environment: text,
    next: optional(text),
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
      what: "images" | "models" | "promote" | "reader",
      description: string,
      statements: readonly Statement[],
      environment = `${args.environment}-${what}`,
    ): pulumi.Output<string> => {
      const child = { parent: this };
      const named = `${args.prefix}-ci-${what}`;
      const policy = new aws.iam.Policy(`${name}-${what}-policy`, { name: named, policy: policyDocument(statements) }, child);
      const role = new aws.iam.Role(
        `${name}-${what}`,
        {
          name: named,
          description,
          assumeRolePolicy: trust(args.identityProviderArn, args, [{ environment }]),
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
    publisher(
      "promote",
      "Brings images and model files of a promotion",
      [...pushImages(args), ...uploadModels(args)],
      args.environment,
    );
    if (args.next !== undefined) {
      publisher("reader", "Reads images and model files for the next environment", readBoth(args), args.next);
    }
    this.registerOutputs({ imagesRoleArn: this.imagesRoleArn, modelsRoleArn: this.modelsRoleArn });
  }
}

function validate(args: PublishersArgs, on: pulumi.Resource): void {
  checkJobs("environment", { environment: args.environment }, on);
  if (args.next !== undefined) {
    checkJobs("next", { environment: args.next }, on);
  }
  const suffix = "-ci-promote".length;
  const most = NAME_LIMITS["iam role"] - suffix;
  check.that(
    fits("iam role", args.prefix, suffix),
    "prefix",
    `at most ${most} characters long, so that '<prefix>-ci-promote' fits IAM`,
    args.prefix,
    on,
  );
  check.length("repositories", args.repositories, { min: 1 }, on);
}

// Knows no repository (Service Authorization Reference).
const SIGN_IN: Statement = { sid: "SignIn", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] };

/** To pull, and to find what is attached to an image (ECR user guide, "IAM permissions for pulling an image"). */
const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"];

/** To push, and to see what is there (ECR user guide, "IAM permissions for pushing an image"). */
const pushImages = ({ repositories }: PublishersArgs): Statement[] => [
  SIGN_IN,
  {
    sid: "Push",
    actions: [...PULL, "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"].toSorted(),
    resources: repositories,
  },
];

/** To put, and to check what was put: a file that exists gets a new version, and the old one stays. */
const uploadModels = ({ models }: PublishersArgs): Statement[] => [
  listModels(models),
  {
    sid: "PutModels",
    actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
    resources: [pulumi.interpolate`${models.bucketArn}/${models.folder}/*`],
  },
  // Parts of a large file are decrypted when they are joined (S3 user guide, "Multipart upload API and permissions").
  useKey(models, ["kms:Decrypt", "kms:GenerateDataKey"]),
];

/** To read what a release names, and to see what is there. */
const readBoth = ({ repositories, models }: PublishersArgs): Statement[] => [
  SIGN_IN,
  { sid: "Pull", actions: PULL, resources: repositories },
  listModels(models),
  { sid: "GetModels", actions: ["s3:GetObject"], resources: [pulumi.interpolate`${models.bucketArn}/${models.folder}/*`] },
  useKey(models, ["kms:Decrypt"]),
];

type Models = PublishersArgs["models"];

const listModels = ({ bucketArn, folder }: Models): Statement => ({
  sid: "ListModels",
  actions: ["s3:ListBucket"],
  resources: [bucketArn],
  conditions: { StringLike: { "s3:prefix": [folder, `${folder}/*`] } },
});

const useKey = ({ bucketArn, keyArn, region }: Models, actions: string[]): Statement => ({
  sid: "UseKeyThroughS3",
  actions,
  resources: [keyArn],
  conditions: {
    StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
    // S3 names the bucket where it has a bucket key, and else the object.
    StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, pulumi.interpolate`${bucketArn}/*`] },
  },
});
