import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { account, policyDocument, type Statement } from "../iam.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { anyText, domainName, fields, flag, input, label, listOf, mapOf, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { ledgerReader, ledgerWriter, type PromotionLedger, promotionLedger } from "./ci-ledger.ts";
import { ceiling, deployPermissions, planPermissions } from "./ci-permissions.ts";
import { type PulumiState, pulumiState, stateReader, stateWriter } from "./ci-state.ts";
import type { Scope } from "./scope.ts";
import {
  AUDIENCE,
  checkJobs,
  githubProviderArn,
  ISSUER,
  type Jobs,
  type JobsOfFiles,
  REPOSITORY,
  type Repository,
  trust,
} from "./trust.ts";

export interface CiRolesArgs extends Repository {
  /**
   * GitHub environment whose jobs may deploy; its protection rules say who approves, and from which branches. Besides, `follow.yml` and
   * `rollback.yml` of the branch may, in the GitHub environment `<environment>-rollback`: what takes back waits for nobody.
   */
  environment: string;

  /** Beginning of the names of everything in the environment, for example `millrace-dev`. The roles are `<prefix>-ci-plan` and `<prefix>-ci-deploy`. */
  prefix: string;

  /** Account and region in which the roles may act. */
  account: string;
  region: string;

  /** Tags that everything of the environment carries, and nothing else. */
  tags: Readonly<Record<string, string>>;

  /** ARN of the boundary that every role must have that CI makes or changes (`RoleBoundary`). */
  roleBoundary: string;

  /**
   * Whether every pull request may read the configuration and Pulumi's state, secrets included. Without it the branch may plan, and
   * the jobs of the GitHub environment `<environment>-plan`, whose reviewers look at the pull request first.
   * @default false
   */
  pullRequests?: boolean;

  /** ARNs of the roles of people, which the deploying role may not change or pass. @default - none */
  administrators?: readonly string[];

  /** Purposes of the buckets whose rules CI may not change, for example `audit` for `<prefix>-audit-*`. @default - none */
  guardedStores?: readonly string[];

  /** Domain whose names CI writes into the hosted zone. */
  domain: string;

  /** ARN of the connection to GitHub that the runner uses. @default - the deploying role uses no connection */
  connectionArn?: string | undefined;

  /** Branch whose workflows may plan, and whose `follow.yml` and `rollback.yml` take back. @default "main" */
  branch?: string;

  /** Pulumi's state of the environment: read by plan, written by deploy. @default - no rights on it; the bucket's own policy may grant them */
  state?: PulumiState;

  /** Ledger of promotions: read by plan, added to by deploy below `<environment>/`. @default - no rights on it */
  ledger?: PromotionLedger;

  /** ARN of GitHub's identity provider where the account has one already: there can be one only. @default - one is made */
  identityProviderArn?: pulumi.Input<string>;
}

/** Longest session of the deploying role, seconds: a new cluster with its nodes and charts takes longer than the default of one hour. */
export const DEPLOY_SECONDS = 2 * 3600;

/**
 * The roles that GitHub Actions takes without a stored key: one that reads configuration, and one that deploys, for jobs of one
 * GitHub environment only.
 *
 * Both work under a permissions boundary and cannot change the roles, the boundaries or the identity provider: what CI may do is
 * widened by a person, not by a pull request. The deploying role makes roles for nodes and pods only under the boundary of those.
 *
 * @throws {pulumi.ResourceError} when repository, environment, prefix, account or branch is invalid, or a role's name would be too long.
 */
export class CiRoles extends Component {
  static override readonly shape = fields<CiRolesArgs>({
    ...REPOSITORY,
    environment: text,
    prefix: label,
    account,
    region: text,
    tags: mapOf(anyText),
    roleBoundary: text,
    pullRequests: optional(flag),
    administrators: optional(listOf(text)),
    guardedStores: optional(listOf(text)),
    domain: domainName,
    connectionArn: optional(text),
    branch: optional(text),
    state: optional(pulumiState),
    ledger: optional(promotionLedger),
    identityProviderArn: optional(input(text)),
  });

  readonly planRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;
  /** ARN of the identity provider that the roles trust, for further roles of CI. */
  readonly identityProviderArn: pulumi.Output<string>;

  constructor(name: string, args: CiRolesArgs, opts?: ComponentOptions) {
    super("ci:CiRoles", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const { prefix, account, environment, state, ledger, administrators = [], guardedStores = [] } = args;
    const scope: Scope = { ...args, administrators, guardedStores };
    const made = args.identityProviderArn === undefined ? [identityProvider(name, child)] : [];
    // Written out, so that a preview and its policies know which provider the roles trust before it exists.
    const provider = args.identityProviderArn ?? githubProviderArn(account);
    const boundary = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: `${prefix}-ci-boundary`,
        description: `The most that ${prefix}-ci-deploy can ever do`,
        policy: policyDocument(ceiling(scope, state, ledger)),
      },
      child,
    );
    const role = (
      use: "plan" | "deploy",
      trusted: pulumi.Output<string>,
      description: string,
      more: aws.iam.RoleArgs | object = {},
    ) =>
      new aws.iam.Role(
        `${name}-${use}`,
        {
          ...more,
          name: `${prefix}-ci-${use}`,
          description,
          assumeRolePolicy: trusted,
          permissionsBoundary: boundary.arn,
        },
        { ...child, dependsOn: made },
      );

    const plan = role("plan", trust(provider, args, planners(args)), "Reads configuration");
    permit(
      `${name}-plan`,
      plan,
      { read: planPermissions(), ...(state && { state: stateReader(state) }), ...(ledger && { ledger: ledgerReader(ledger) }) },
      prefix,
      child,
    );
    const deployers = trust(provider, args, [{ environment }], returners(args));
    const deploy = role("deploy", deployers, `Deploys from the GitHub environment ${environment}`, {
      maxSessionDuration: DEPLOY_SECONDS,
    });
    const permissions = {
      ...deployPermissions(scope),
      ...(state && { state: stateWriter(state) }),
      ...(ledger && { ledger: ledgerWriter(ledger, environment) }),
    };
    permit(`${name}-deploy`, deploy, permissions, prefix, child);

    this.planRoleArn = plan.arn;
    this.deployRoleArn = deploy.arn;
    this.identityProviderArn = made[0]?.arn ?? pulumi.output(provider);
    this.registerOutputs({ planRoleArn: this.planRoleArn, deployRoleArn: this.deployRoleArn });
  }
}

function validate(args: CiRolesArgs, on: pulumi.Resource): void {
  const { environment, prefix, branch = "main", tags } = args;
  checkJobs("environment", { environment }, on);
  const suffix = "-ci-deploy".length;
  check.that(
    fits("iam role", prefix, suffix),
    "prefix",
    `at most ${NAME_LIMITS["iam role"] - suffix} characters long, so that '<prefix>-ci-deploy' fits IAM`,
    prefix,
    on,
  );
  checkJobs("branch", { branch }, on);
  check.that(Object.keys(tags).length > 0, "tags", "at least one tag: without any, every key would be one of ours", "{}", on);
}

/** No thumbprint: AWS checks GitHub's certificate against its own list of authorities (IAM user guide, "Create an OpenID Connect provider"). */
function identityProvider(name: string, child: { parent: pulumi.Resource }): aws.iam.OpenIdConnectProvider {
  return new aws.iam.OpenIdConnectProvider(`${name}-github`, { url: `https://${ISSUER}`, clientIdLists: [AUDIENCE] }, child);
}

/** A job that names a GitHub environment has that as its subject, and so cannot plan under the others. */
const planners = ({ branch = "main", environment, pullRequests }: CiRolesArgs): Jobs[] => [
  { branch },
  { environment: `${environment}-plan` },
  ...(pullRequests ? (["pull requests"] as const) : []),
];

/** Workflows that bring back what was good; a person's review of the file takes the place of one of the run. */
export const RETURNING_WORKFLOWS = ["follow.yml", "rollback.yml"];

/** Jobs that bring back, and follow, in these files of the branch alone. */
export const returners = ({ branch = "main", environment }: Pick<CiRolesArgs, "branch" | "environment">): JobsOfFiles => ({
  jobs: [{ environment: `${environment}-rollback` }],
  files: RETURNING_WORKFLOWS,
  branch,
});

/** Managed policies, one a part: inline ones together may have 10,240 characters ("IAM and AWS STS quotas"). */
function permit(
  name: string,
  role: aws.iam.Role,
  parts: Record<string, readonly Statement[]>,
  prefix: string,
  child: { parent: pulumi.Resource },
): void {
  const use = name.split("-").at(-1)!;
  for (const [part, statements] of Object.entries(parts)) {
    const policy = new aws.iam.Policy(
      `${name}-${part}`,
      { name: `${prefix}-ci-${use}-${part}`, policy: policyDocument(statements) },
      child,
    );
    new aws.iam.RolePolicyAttachment(`${name}-${part}-attached`, { role: role.name, policyArn: policy.arn }, child);
  }
}
