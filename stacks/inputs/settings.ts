import * as z from "zod";
import { CONNECTION_ARN, CONNECTION_RULE } from "#components/access/ci-runner";
import { RESERVATION_ID } from "#components/gpu/node-pool-rules";
import { ROLE_ARN } from "#components/iam";
import { isNarrow, isPrivate, NARROW_RULE, PRIVATE_RANGES } from "#components/network/cidr";
import {
  BOOTSTRAP,
  BOOTSTRAP_RULE,
  BROKER_NETWORK,
  BROKER_NETWORK_RULE,
  MSK_ARN,
  MSK_RULE,
} from "#components/serving/streams/kafka";
import { type BreakGlassEntry, breakGlassSchema } from "./break-glass.ts";
import type { Profile } from "./environments/profile.ts";
import { chartsFault, imagesFault } from "./places.ts";
import { PEOPLE_GROUPS } from "./roles.ts";
import type { Secrets } from "./secrets.ts";
import { teams } from "./teams.ts";

/** What only the account knows: everything that may stand in a stack config, parsed, and the secrets of the running layer. */
export interface Settings extends Secrets {
  account: string;
  region: string;
  owners: {
    /** Roles whose people administer the cluster. */
    roles: string[];
    /** CIDRs from which the Kubernetes API may be reached: private ones at its private address, all of them at its public one. */
    networks: string[];
    /** Repository whose CI may plan and deploy, `<organisation>/<name>` on GitHub. */
    repository: string;
    /** GitHub's numbers for the repository and its owner, to be trusted beside their names. */
    repositoryIds?: { repository: string; owner: string } | undefined;
    /** Kubernetes groups of the teams and of people who work for all of them, each with the ARNs of its people's IAM roles. A group without an entry has nobody in it. */
    groups: Record<string, string[]>;
  };
  /** Receives the notices of the budget; also the value of the tag `owner`. */
  contact: string;
  /** Bucket of the environment's Pulumi state, and ARN of the key of its secrets. Without it CI's roles have no rights on a state. */
  state?: { bucket: string; key: string } | undefined;
  /** Bucket of the ledger of promotions, which all environments share, and ARN of its key. Without it CI's roles have no rights on a ledger. */
  ledger?: { bucket: string; key: string } | undefined;
  /** Whether the account still needs GitHub's identity provider (`create`) or has it already (`exists`). An account has one. @default "create" */
  githubProvider?: "create" | "exists" | undefined;
  /** Whether the account still needs the role of EC2 Spot (`create`) or has it already (`exists`). An account has one. @default "create" */
  spotRole?: "create" | "exists" | undefined;
  /** Digest of MLflow's image in the account's registry, `sha256:<64 hexadecimal digits>`. */
  trackingImage: string;
  /** Digest of the image with the feature server and the definitions, in the account's registry. @default - no feature store runs */
  featuresImage?: string | undefined;
  /** Capacity reservations of the account, by the pool that takes them first, by id. @default - nothing is reserved */
  reservations?: { [pool in "cpu" | "training" | "inference"]?: [string, ...string[]] | undefined } | undefined;
  /** Runners of CI inside the VPC: ARN of the connection to GitHub that starts them. @default - CI runs elsewhere */
  runner?: { connection: string } | undefined;
  /** Who calls the models from outside of the VPC. @default - nobody */
  callers?:
    | {
        /** Private CIDRs that are routed to the VPC, by peering or a transit gateway. */
        networks: string[];
        /** AWS principals that may connect by PrivateLink. */
        principals: string[];
        /** ARN of a certificate in ACM that callers trust. @default - the gateway's own certificate authority */
        certificate?: string | undefined;
      }
    | undefined;
  /** The Kafka whose rows models predict for. @default - none, and no model may name a topic */
  kafka?: Kafka | undefined;
  /** Emergency access of one person, for some hours (docs/access.md). @default - nobody has any */
  breakGlass?: BreakGlassEntry | undefined;
  /** Single sign-on for Grafana. @default - its own accounts */
  signOn?: SignOn | undefined;
  /** Sign-on of people to the tracking server by tokens of the company's provider. @default - people go by port-forward, as `admin` */
  trackingSignOn?: TrackingSignOn | undefined;
  /**
   * Where charts are taken from: `oci://<registry>/<path>` with each chart under its own name, or a folder of this project with their
   * archives, as `millrace charts fetch` writes them. @default - the repository of each chart's publisher
   */
  charts?: string | undefined;
  /**
   * Beginning of the name of every image, `<registry>/<path>`: `quay.io/a/b` is `<registry>/<path>/quay.io/a/b`. Images in ECR stay where
   * they are. @default - each image comes from its publisher
   */
  images?: string | undefined;
}

/** A cluster of Kafka, in the account or elsewhere; its brokers take encrypted connections alone. */
export interface Kafka {
  /** Brokers to begin with: `<host>:<port>`, with commas between them. */
  bootstrap: string;
  /** Address ranges of the brokers. */
  networks: string[];
  /** Port on which the brokers listen. MSK: 9098 with IAM, 9094 without. */
  port: number;
  /** ARN of a cluster of MSK whose IAM the pods sign in with. @default - the brokers ask nobody who they are */
  clusterArn?: string | undefined;
}

/** An OpenID Connect provider, as `.well-known/openid-configuration` of its issuer says. */
export interface SignOn {
  /** Client that is registered there for Grafana. */
  clientId: string;
  /** ARN of the secret in Secrets Manager that holds the client's secret as its whole text. */
  secretArn: string;
  authorizeUrl: string;
  tokenUrl: string;
  userInfoUrl: string;
  /** JMESPath over the claims that gives Admin, Editor or Viewer. @default - by the claim `groups`, as roles.ts says; all others are Viewers */
  role?: string | undefined;
}

/** An OpenID Connect provider, as `.well-known/openid-configuration` says. */
export interface TrackingSignOn {
  /** `issuer` of the provider, which its tokens name. */
  issuer: string;
  /** Client that is registered there for the tracking server: the tokens' audience. */
  clientId: string;
  /** `jwks_uri` of the provider. */
  keysUrl: string;
  /** Claim with the groups. @default "groups" */
  groups?: string | undefined;
}

const KEY_ARN = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** A login of GitHub has no dots; a repository is no folder of a path, and its name does not end in `.git`, as its address may. */
const REPOSITORY = /^[A-Za-z0-9][\w-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}(?<!\.git)$/;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const text = (form: RegExp, error: string) => z.string({ error }).regex(form, { error });

/** A place of charts or images: what is wrong with it depends on what it is. */
const place = (faultOf: (value: unknown) => string | undefined) =>
  z.custom<string>((value) => faultOf(value) === undefined, { error: ({ input }) => `must ${faultOf(input)}` }).optional();

const isDistinct = (list: readonly unknown[]): boolean => new Set(list).size === list.length;

const role = text(ROLE_ARN, "must be the ARN of an IAM role");

const githubId = text(/^[1-9]\d*$/, "must be GitHub's number, in quotes (gh api repos/<organisation>/<repository>)");

const network = z.string().refine(isNarrow, { error: `must be ${NARROW_RULE}` });

/** Groups that may have people. The groups of a new team are empty until the config names somebody. */
const groupsOfPeople = (): string[] => [
  ...Object.values(teams).flatMap(({ groups }) => Object.values(groups) as string[]),
  ...Object.values(PEOPLE_GROUPS),
];

const SECRET_ARN = /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/;

const CERTIFICATE_ARN = /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/;

/** A whole account, or one role or user of it. Never `*`. */
const PRINCIPAL_ARN = /^arn:aws:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+)$/;

const privateNetwork = z
  .string()
  .refine(isPrivate, { error: `must be a private IPv4 CIDR (inside ${PRIVATE_RANGES.join(", ")})` });

const address = text(/^https:\/\/\S+$/, "must be a web address that begins with https://");

const reservation = text(RESERVATION_ID, "must be the id of a capacity reservation, cr-…");

const reservationsOfPool = z
  .tuple([reservation], reservation, { error: "must name at least one capacity reservation" })
  .optional();

const reservations = z
  .strictObject({ cpu: reservationsOfPool, training: reservationsOfPool, inference: reservationsOfPool })
  .refine((pools) => isDistinct(Object.values(pools).flat()), { error: "must name each capacity reservation once" })
  .optional();

const PORT_RULE = "must be a port, 1 to 65535";

const kafka = z
  .strictObject({
    bootstrap: text(BOOTSTRAP, `must be ${BOOTSTRAP_RULE}`),
    networks: z
      .array(text(BROKER_NETWORK, `must be ${BROKER_NETWORK_RULE}`))
      .min(1, { error: "must name at least one range of addresses" }),
    port: z.number({ error: PORT_RULE }).int({ error: PORT_RULE }).min(1, { error: PORT_RULE }).max(65_535, { error: PORT_RULE }),
    clusterArn: text(MSK_ARN, `must be ${MSK_RULE}`).optional(),
  })
  .optional();

const access = {
  runner: z.strictObject({ connection: text(CONNECTION_ARN, `must be ${CONNECTION_RULE}`) }).optional(),
  callers: z
    .strictObject({
      networks: z.array(privateNetwork).prefault([]),
      principals: z.array(text(PRINCIPAL_ARN, "must be the ARN of an AWS account (…:root), role or user")).prefault([]),
      certificate: text(CERTIFICATE_ARN, "must be the ARN of a certificate in ACM").optional(),
    })
    .optional(),
  signOn: z
    .strictObject({
      clientId: text(/^\S+$/, "must be the id of a client, without spaces"),
      secretArn: text(SECRET_ARN, "must be the ARN of a secret in Secrets Manager"),
      authorizeUrl: address,
      tokenUrl: address,
      userInfoUrl: address,
      role: z.string().optional(),
    })
    .optional(),
  trackingSignOn: z
    .strictObject({
      issuer: address,
      clientId: text(/^\S+$/, "must be the id of a client, without spaces"),
      keysUrl: address,
      groups: text(/^\S+$/, "must be the name of a claim, without spaces").optional(),
    })
    .optional(),
};

/** Rules of every key that may stand in the stack config, by key. */
export const schemaOf = ({ name, regions }: Profile) => ({
  account: text(/^\d{12}$/, "must be the account's 12 digits, in quotes"),
  region: z.enum(regions as [string, ...string[]], { error: `must be a region where ${name} may run (${regions.join(", ")})` }),
  owners: z.strictObject(
    {
      roles: z
        .array(role)
        .min(1, { error: "must name at least one IAM role" })
        .refine(isDistinct, { error: "must name each IAM role once" }),
      networks: z.array(network),
      repository: text(REPOSITORY, "must be `<organisation>/<repository>`"),
      repositoryIds: z.strictObject({ repository: githubId, owner: githubId }).optional(),
      groups: z
        .strictObject(Object.fromEntries(groupsOfPeople().map((group) => [group, z.array(role).optional()])))
        .prefault({})
        .transform((groups) => groups as Record<string, string[]>),
    },
    { error: ({ code }) => (code === "invalid_type" ? "must be an object with roles, networks and repository" : undefined) },
  ),
  contact: z.email({ error: "must be an e-mail address" }),
  trackingImage: text(
    /^sha256:[0-9a-f]{64}$/,
    "must be the digest of MLflow's image, `sha256:<64 hexadecimal digits>` (docs/guides/aws.md says how to copy the image)",
  ),
  featuresImage: text(
    /^sha256:[0-9a-f]{64}$/,
    "must be the digest of the feature server's image, `sha256:<64 hexadecimal digits>` (docs/guides/features.md)",
  ).optional(),
  state: z
    .strictObject({
      bucket: text(BUCKET, "must be the name of an S3 bucket"),
      key: text(KEY_ARN, "must be the ARN of a KMS key"),
    })
    .optional(),
  ledger: z
    .strictObject({
      bucket: text(BUCKET, "must be the name of an S3 bucket"),
      key: text(KEY_ARN, "must be the ARN of a KMS key"),
    })
    .optional(),
  githubProvider: z
    .enum(["create", "exists"], { error: "must be create, or exists where the account has GitHub's identity provider" })
    .optional(),
  spotRole: z
    .enum(["create", "exists"], { error: "must be create, or exists where the account has AWSServiceRoleForEC2Spot" })
    .optional(),
  reservations,
  charts: place(chartsFault),
  images: place(imagesFault),
  kafka,
  breakGlass: breakGlassSchema(name),
  ...access,
});

/** Keys of the stack config that are not secret, without their namespace. */
export const settingKeys = (profile: Profile): string[] => Object.keys(schemaOf(profile));
