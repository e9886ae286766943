import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { fields, input, text } from "../shape.ts";

/** Stores in which teams have folders, with the key that encrypts them. */
export interface TeamStores {
  /** Bucket of the training data. */
  dataArn: pulumi.Input<string>;
  /** Bucket of what runs leave. */
  artifactsArn: pulumi.Input<string>;
  keyArn: pulumi.Input<string>;
  region: pulumi.Input<string>;
}

export const teamStores = fields<TeamStores>({
  dataArn: input(text),
  artifactsArn: input(text),
  keyArn: input(text),
  region: input(text),
});

/** Folders of the data store that have one folder a team: `raw/<team>/` and so on. Snapshots of production inputs are not among them. */
const DATA_FOLDERS = ["raw", "validated", "new-data", "scores"];

/** To see and read the team's folders of the data store. */
export function readTeamData(team: string, { dataArn }: TeamStores): Statement[] {
  const folders = DATA_FOLDERS.map((folder) => `${folder}/${team}`);
  return [
    list("ListData", dataArn, folders),
    { sid: "ReadData", actions: ["s3:GetObject"], resources: folders.map((folder) => inside(dataArn, folder)) },
  ];
}

/** To add files to `new-data/<team>/`, where arrivals start a training run. */
export const addTeamData = (team: string, { dataArn }: TeamStores): Statement => ({
  sid: "AddData",
  actions: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
  resources: [inside(dataArn, `new-data/${team}`)],
});

/** To see what the team's runs left. */
export const listRunFiles = (team: string, { artifactsArn }: TeamStores): Statement =>
  list("ListArtifacts", artifactsArn, [`teams/${team}`]);

/** Files of the team's runs, `teams/<team>/*` of the artifact store. */
export const runFilesOf = (team: string, { artifactsArn }: TeamStores): pulumi.Output<string> =>
  inside(artifactsArn, `teams/${team}`);

/** To use the stores' key for what lies in them, through S3 alone. */
export const useStoreKey = (sid: string, stores: TeamStores, actions: readonly string[]): Statement => ({
  sid,
  actions,
  resources: [stores.keyArn],
  conditions: {
    StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${stores.region}.amazonaws.com` },
    // S3 names the bucket where it has a bucket key, and else the object.
    StringLike: {
      "kms:EncryptionContext:aws:s3:arn": [stores.dataArn, stores.artifactsArn].flatMap((arn) => [
        arn,
        pulumi.interpolate`${arn}/*`,
      ]),
    },
  },
});

const list = (sid: string, bucketArn: pulumi.Input<string>, prefixes: readonly string[]): Statement => ({
  sid,
  actions: ["s3:ListBucket"],
  resources: [bucketArn],
  conditions: { StringLike: { "s3:prefix": prefixes.flatMap((prefix) => [`${prefix}/`, `${prefix}/*`]) } },
});

const inside = (bucketArn: pulumi.Input<string>, prefix: string): pulumi.Output<string> =>
  pulumi.interpolate`${bucketArn}/${prefix}/*`;
