import * as pulumi from "@pulumi/pulumi";
import { planPermissions } from "../ci/ci-permissions.ts";
import { type Statement, tagged } from "../iam.ts";

/** An environment of which people see a part. */
export interface Place {
  account: string;
  region: string;
  /** Beginning of the names of everything in the environment; also the name of its cluster. */
  prefix: string;
  /** Tags that every key of the environment carries, and no other key. */
  tags: Readonly<Record<string, string>>;
}

/** A folder of a bucket and its key. */
export interface Folder {
  bucketArn: pulumi.Input<string>;
  folder: string;
  keyArn: pulumi.Input<string>;
}

/** Forwards a port to the Kubernetes API over the access host (docs/guides/aws.md, "Private endpoint"). */
const FORWARDING = "AWS-StartPortForwardingSessionToRemoteHost";

/**
 * To find the cluster, and to forward a port to it over the access host: with no other document, so that nobody gets a shell on it.
 *
 * @param hostName name of the access host, its tag `Name`; undefined where there is none
 */
export function reachCluster({ account, region, prefix }: Place, hostName?: string): Statement[] {
  const cluster: Statement = {
    sid: "FindCluster",
    actions: ["eks:DescribeCluster"],
    resources: [`arn:aws:eks:${region}:${account}:cluster/${prefix}`],
  };
  return hostName === undefined
    ? [cluster]
    : [
        cluster,
        // Knows no resource (Service Authorization Reference).
        { sid: "FindHost", actions: ["ec2:DescribeInstances"], resources: ["*"] },
        {
          sid: "OpenSession",
          actions: ["ssm:StartSession"],
          resources: [`arn:aws:ec2:${region}:${account}:instance/*`],
          conditions: { StringEquals: { "ssm:resourceTag/Name": hostName } },
        },
        // Documents of AWS have no account in their ARN or the caller's, by the call; names that begin with AWS- are AWS's own.
        { sid: "ForwardPort", actions: ["ssm:StartSession"], resources: [`arn:aws:ssm:${region}:*:document/${FORWARDING}`] },
        {
          sid: "EndOwnSession",
          actions: ["ssm:ResumeSession", "ssm:TerminateSession"],
          // Systems Manager user guide, "Additional sample IAM policies for Session Manager".
          resources: [`arn:aws:ssm:${region}:${account}:session/\${aws:userid}-*`],
        },
      ];
}

/** To see and read one folder of a bucket, for example that of promoted models. @param name ends the names of the statements */
export function readFolder(name: string, { region }: Place, { bucketArn, folder, keyArn }: Folder): Statement[] {
  return [
    {
      sid: `List${name}`,
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions: { StringLike: { "s3:prefix": [`${folder}/`, `${folder}/*`] } },
    },
    { sid: `Get${name}`, actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucketArn}/${folder}/*`] },
    {
      sid: `Decrypt${name}`,
      actions: ["kms:Decrypt"],
      resources: [keyArn],
      conditions: {
        StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": [bucketArn, pulumi.interpolate`${bucketArn}/*`] },
      },
    },
  ];
}

/** To read how everything is configured, as a plan does; names of objects are not configuration, a plan asks only whether a bucket is there. */
export const readConfiguration = (): Statement[] =>
  planPermissions().map((each) => ({ ...each, actions: each.actions.filter((action) => action !== "s3:ListBucket") }));

/** To search the last 90 days of the trail. Knows no resource (Service Authorization Reference). */
export const searchTrail: Statement = { sid: "SearchTrail", actions: ["cloudtrail:LookupEvents"], resources: ["*"] };

/**
 * To turn keys off and on again, and to rotate them, without using any. Neither a key's end nor its policy is among them: the one cannot be
 * undone, and by the other somebody could let himself use it.
 */
export const keepKeys = ({ account, region, tags }: Place): Statement => ({
  sid: "KeepKeys",
  actions: [
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:RotateKeyOnDemand",
  ],
  resources: [`arn:aws:kms:${region}:${account}:key/*`],
  conditions: { StringEquals: tagged("ResourceTag", tags) },
});
