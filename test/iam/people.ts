import type { Case } from "./cases.ts";

// Written by hand from docs/access.md's reader's view: what each person needs, and what would be too much.

const CLUSTER = "arn:aws:eks:{region}:{account}:cluster/{prefix}";
const HOST = "arn:aws:ec2:{region}:{account}:instance/i-1";
const FORWARD = "arn:aws:ssm:{region}:{account}:document/AWS-StartPortForwardingSessionToRemoteHost";
const SHELL = "arn:aws:ssm:{region}:{account}:document/SSM-SessionManagerRunShell";
const ROLE = "arn:aws:iam::{account}:role";
const POLICY = "arn:aws:iam::{account}:policy";
const TRAIL = "arn:aws:cloudtrail:{region}:{account}:trail/{prefix}-audit";
const MODEL = "{bucket:models}/models/fraud/4/model.pkl";
const STATE = "arn:aws:s3:::example-millrace-state-{env}/.pulumi/stacks/millrace/platform-{env}.json";

const named = (name: string) => ({ "ssm:resourceTag/Name": name });
const below = (prefix: string) => ({ "s3:prefix": prefix });
const ours = { "aws:ResourceTag/project": "millrace", "aws:ResourceTag/environment": "{env}" };
const theirs = { "aws:ResourceTag/project": "payroll", "aws:ResourceTag/environment": "{env}" };
const inStore = (bucket: string) => ({
  ...ours,
  "kms:ViaService": "s3.{region}.amazonaws.com",
  "kms:EncryptionContext:aws:s3:arn": `{bucket:${bucket}}`,
});

/** Roles of people, by the names of their policies. */
export const PEOPLE = [
  "people-data-scientist",
  "people-ml-engineer",
  "people-platform-engineer",
  "people-sre",
  "people-auditor",
] as const;
const [SCIENTIST, ENGINEER, PLATFORM, SRE, AUDITOR] = PEOPLE;

/** What no policy of people gives: ways to more rights, to secrets, to what is asked about people, and to the end of anything. */
const nobody = (role: string): Case[] => [
  [role, "may", "eks:DescribeCluster", CLUSTER],
  [role, "may not", "eks:CreateAccessEntry", CLUSTER],
  [role, "may not", "eks:UpdateClusterConfig", CLUSTER],
  [role, "may not", "iam:CreatePolicyVersion", `${POLICY}/{prefix}-people-sre`],
  [role, "may not", "iam:AttachRolePolicy", `${ROLE}/risk-data-scientists`],
  [role, "may not", "iam:PassRole", `${ROLE}/{prefix}-tracking`],
  [role, "may not", "sts:AssumeRole", `${ROLE}/{prefix}-ci-deploy`],
  [role, "may not", "kms:PutKeyPolicy", "{key:data-key}", ours],
  [role, "may not", "kms:ScheduleKeyDeletion", "{key:data-key}", ours],
  [role, "may not", "kms:CreateGrant", "{key:data-key}", ours],
  [role, "may not", "kms:Decrypt", "{key:data-key}", ours],
  [role, "may not", "kms:Decrypt", "{key:data-key}", inStore("predictions")],
  [role, "may not", "secretsmanager:GetSecretValue", "{secret}"],
  [role, "may not", "s3:GetObject", "{bucket:predictions}/2026/11/28/log.parquet"],
  [role, "may not", "s3:PutObject", MODEL],
  [role, "may not", "s3:DeleteObject", MODEL],
  [role, "may not", "s3:GetObject", STATE],
  [role, "may not", "s3:DeleteObject", "{bucket:audit}/trail/file"],
  [role, "may not", "cloudtrail:StopLogging", TRAIL],
  [role, "may not", "ecr:PutImage", "arn:aws:ecr:{region}:{account}:repository/{prefix}/model-server"],
  [role, "may not", "ssm:StartSession", SHELL],
];

const configuration = (role: string, verdict: "may" | "may not"): Case[] => [
  [role, verdict, "eks:DescribeCluster", "arn:aws:eks:{region}:{account}:cluster/payroll"],
  [role, verdict, "s3:GetBucketPolicy", "{bucket:models}"],
  [role, verdict, "iam:GetRole", `${ROLE}/{prefix}-ci-deploy`],
  [role, verdict, "kms:GetKeyPolicy", "{key:data-key}", theirs],
  [role, verdict, "cloudtrail:GetTrailStatus", TRAIL],
];

const keys = (role: string, verdict: "may" | "may not"): Case[] => [
  [role, verdict, "kms:DisableKey", "{key:data-key}", ours],
  [role, verdict, "kms:EnableKey", "{key:database-key}", ours],
  [role, verdict, "kms:RotateKeyOnDemand", "{key:cluster-key}", ours],
  [role, verdict, "kms:CancelKeyDeletion", "{key:logs-key}", ours],
  [role, "may not", "kms:DisableKey", "arn:aws:kms:{region}:{account}:key/99999999-8888-7777-6666-555555555555", theirs],
  [role, "may not", "kms:GenerateDataKey", "{key:data-key}", ours],
  [role, "may not", "kms:ReEncryptFrom", "{key:data-key}", ours],
];

const trail = (role: string, verdict: "may" | "may not"): Case[] => [
  [role, verdict, "cloudtrail:LookupEvents", "*"],
  [role, verdict, "s3:GetObject", "{bucket:audit}/trail/file"],
  [role, verdict, "kms:Decrypt", "{key:logs-key}", inStore("audit")],
  [role, "may not", "s3:PutObject", "{bucket:audit}/trail/file"],
];

const models = (role: string, verdict: "may" | "may not"): Case[] => [
  [role, verdict, "s3:GetObject", MODEL],
  [role, verdict, "s3:ListBucket", "{bucket:models}", below("models/fraud/")],
  [role, verdict, "kms:Decrypt", "{key:data-key}", inStore("models")],
  [role, "may not", "s3:GetObject", "{bucket:models}/elsewhere/model.pkl"],
];

const teamData = (role: string, verdict: "may" | "may not"): Case[] => [
  [role, verdict, "s3:GetObject", "{bucket:data}/raw/risk/customers.parquet"],
  [role, verdict, "s3:ListBucket", "{bucket:data}", below("validated/risk/2026")],
  [role, verdict, "s3:GetObject", "{bucket:artifacts}/teams/risk/run/model.pkl"],
  [role, verdict, "kms:Decrypt", "{key:data-key}", inStore("data")],
  [role, verdict, "s3:PutObject", "{bucket:data}/new-data/risk/day.parquet"],
  [role, verdict, "kms:GenerateDataKey", "{key:data-key}", inStore("data")],
  [role, "may not", "s3:PutObject", "{bucket:data}/validated/risk/day.parquet"],
  [role, "may not", "s3:PutObject", "{bucket:artifacts}/teams/risk/run/model.pkl"],
  [role, "may not", "s3:DeleteObject", "{bucket:data}/raw/risk/customers.parquet"],
  [role, "may not", "s3:GetObject", "{bucket:data}/raw/growth/customers.parquet"],
  [role, "may not", "s3:GetObject", "{bucket:data}/snapshots/2026/inputs.parquet"],
  [role, "may not", "s3:GetObject", "{bucket:artifacts}/teams/growth/run/model.pkl"],
  [role, "may not", "s3:ListBucket", "{bucket:data}", below("raw/growth/")],
];

/** What holds in every environment. */
export const EVERYWHERE: readonly Case[] = [
  ...PEOPLE.flatMap(nobody),
  ...[SCIENTIST, ENGINEER].flatMap((role) => [
    ...configuration(role, "may not"),
    ...keys(role, "may not"),
    ...trail(role, "may not"),
  ]),
  ...[PLATFORM, SRE, AUDITOR].flatMap((role) => [
    ...configuration(role, "may"),
    ...models(role, "may"),
    ...teamData(role, "may not"),
  ]),
  ...models(ENGINEER, "may"),
  ...keys(PLATFORM, "may not"),
  ...keys(SRE, "may"),
  ...keys(AUDITOR, "may not"),
  ...trail(PLATFORM, "may not"),
  ...trail(SRE, "may not"),
  ...trail(AUDITOR, "may"),
];

/** Data and models may be tried out. */
export const BEFORE_PROD: readonly Case[] = [
  ...[SCIENTIST, ENGINEER].flatMap((role) => teamData(role, "may")),
  ...models(SCIENTIST, "may"),
];

export const IN_PROD: readonly Case[] = [
  ...[SCIENTIST, ENGINEER].flatMap((role) => teamData(role, "may not")),
  ...models(SCIENTIST, "may not"),
];

/** Where an access host is. */
export const BY_HOST: readonly Case[] = PEOPLE.flatMap((role): Case[] => [
  [role, "may", "ssm:StartSession", HOST, named("{prefix}-access")],
  [role, "may", "ssm:StartSession", FORWARD],
  [role, "may not", "ssm:StartSession", HOST, named("{prefix}-runner")],
  [role, "may not", "ssm:StartSession", HOST],
]);
