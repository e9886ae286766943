import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import type { Statement } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import { fields, input, text } from "../shape.ts";

/** Stores that a team's jobs use, with the key that encrypts them. */
export interface JobStores {
  /** Bucket of the training data. */
  dataArn: pulumi.Input<string>;
  /** Bucket of what runs leave. */
  artifactsArn: pulumi.Input<string>;
  keyArn: pulumi.Input<string>;
  region: pulumi.Input<string>;
}

export const jobStores = fields<JobStores>({
  dataArn: input(text),
  artifactsArn: input(text),
  keyArn: input(text),
  region: input(text),
});

export interface JobsIdentityArgs {
  /** Team whose folders the jobs may use. */
  team: string;

  /** Namespace of the jobs. */
  namespace: pulumi.Input<string>;

  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  stores: JobStores;
}

/** Service account that a job names to get the team's role: `serviceAccountName: jobs`. */
export const JOBS_ACCOUNT = "jobs";

/** Folders of the data store that have one folder a team: `raw/<team>/` and so on. Snapshots of production inputs are not among them. */
const DATA_FOLDERS = ["raw", "validated", "new-data", "scores"];

/**
 * What the jobs of a team are in AWS, on GPUs and on CPUs: they read the team's folders of the data store, and keep files under
 * `teams/<team>/` of the artifact store. They reach nothing of another team.
 *
 * @throws {pulumi.ResourceError} as `PodRole` does.
 */
export class JobsIdentity extends Component {
  static override readonly shape = fields<JobsIdentityArgs>({
    team: text,
    namespace: input(text),
    clusterName: input(text),
    stores: jobStores,
  });

  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: JobsIdentityArgs, opts?: ComponentOptions) {
    super("teams:JobsIdentity", name, args, opts);

    const child = { parent: this };
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: JOBS_ACCOUNT, namespace: args.namespace }, automountServiceAccountToken: false },
      child,
    );
    const role = new PodRole(
      `${name}-role`,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: account.metadata.name,
        statements: statements(args),
      },
      child,
    );

    this.roleArn = role.roleArn;
    this.registerOutputs({ roleArn: role.roleArn });
  }
}

function statements({ team, stores: { dataArn, artifactsArn, keyArn, region } }: JobsIdentityArgs): Statement[] {
  const folders = DATA_FOLDERS.map((folder) => `${folder}/${team}`);
  const own = `teams/${team}`;
  const list = (sid: string, bucketArn: pulumi.Input<string>, prefixes: readonly string[]): Statement => ({
    sid,
    actions: ["s3:ListBucket"],
    resources: [bucketArn],
    conditions: { StringLike: { "s3:prefix": prefixes.flatMap((prefix) => [`${prefix}/`, `${prefix}/*`]) } },
  });
  const inside = (bucketArn: pulumi.Input<string>, prefix: string) => pulumi.interpolate`${bucketArn}/${prefix}/*`;
  return [
    list("ListData", dataArn, folders),
    { sid: "ReadData", actions: ["s3:GetObject"], resources: folders.map((folder) => inside(dataArn, folder)) },
    list("ListArtifacts", artifactsArn, [own]),
    {
      sid: "KeepArtifacts",
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      resources: [inside(artifactsArn, own)],
    },
    {
      sid: "UseKeyThroughS3",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: {
        StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${region}.amazonaws.com` },
        // S3 names the bucket where it has a bucket key, and else the object.
        StringLike: {
          "kms:EncryptionContext:aws:s3:arn": [dataArn, artifactsArn].flatMap((arn) => [arn, pulumi.interpolate`${arn}/*`]),
        },
      },
    },
  ];
}
