import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { ACCOUNT, ACCOUNT_RULE, policyDocument, type Statement } from "../iam.ts";
import { DNS_LABEL, DNS_LABEL_RULE, fits, NAME_LIMITS } from "../naming.ts";
import { check } from "../validation.ts";
import { ceiling, deployPermissions, planPermissions, type Scope } from "./ci-permissions.ts";
import { type PulumiState, stateReader, stateWriter } from "./ci-state.ts";
import { reachPermissions } from "./reach-permissions.ts";

export interface CiRolesArgs {
  /** Repository whose workflows may take the roles, `<organisation>/<name>` on GitHub. */
  repository: string;

  /** GitHub environment whose jobs may deploy; its protection rules say who approves. */
  environment: string;

  /** Beginning of the names of everything in the environment, for example `millrace-dev`. The roles are `<prefix>-ci-plan` and `<prefix>-ci-deploy`. */
  prefix: string;

  /** Account and region in which the roles may act. */
  account: string;
  region: string;

  /** ARNs of the roles of people, which the deploying role may not change or pass. @default - none */
  administrators?: readonly string[];

  /** Branch whose workflows may plan besides pull requests. @default "main" */
  branch?: string;

  /** Pulumi's state of the environment: read by plan, written by deploy. @default - no rights on it; the bucket's own policy may grant them */
  state?: PulumiState;

  /** ARN of GitHub's identity provider where the account has one already: there can be one only. @default - one is made */
  identityProviderArn?: pulumi.Input<string>;
}

const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/**
 * The roles that GitHub Actions takes without a stored key: one that reads configuration, for pull requests and the main branch, and
 * one that deploys, for jobs of one GitHub environment only.
 *
 * Both work under a permissions boundary and cannot change the roles, the boundary or the identity provider: what CI
 * may do is widened by a person, not by a pull request. (It does write the rights of the roles that it makes for pods: who may
 * review those is decided in the repository.)
 *
 * @throws {pulumi.ResourceError} when repository, environment, prefix, account or branch is invalid, or a role's name would be too long.
 */
export class CiRoles extends Component {
  readonly planRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;

  constructor(name: string, args: CiRolesArgs, opts?: ComponentOptions) {
    super("ci:CiRoles", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const { prefix, account, region, administrators = [], state } = args;
    const scope: Scope = { prefix, account, region, administrators };
    const made = args.identityProviderArn === undefined ? [identityProvider(name, child)] : [];
    // Written out: a preview, and the policies that judge it, know whom the roles trust before the provider exists.
    const provider = args.identityProviderArn ?? `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;
    const trusting = { ...child, dependsOn: made };
    const boundary = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: `${prefix}-ci-boundary`,
        description: `The most that ${prefix}-ci-deploy can ever do`,
        policy: policyDocument(ceiling(scope)),
      },
      child,
    );

    const plan = new aws.iam.Role(
      `${name}-plan`,
      {
        name: `${prefix}-ci-plan`,
        description: "Reads configuration, for pull requests",
        assumeRolePolicy: trust(provider, planners(args)),
        permissionsBoundary: boundary.arn,
      },
      trusting,
    );
    permit(`${name}-plan`, plan, [...planPermissions(), ...(state ? stateReader(state) : [])], child);

    const deploy = new aws.iam.Role(
      `${name}-deploy`,
      {
        name: `${prefix}-ci-deploy`,
        description: `Deploys from the GitHub environment ${args.environment}`,
        assumeRolePolicy: trust(provider, [`repo:${args.repository}:environment:${args.environment}`]),
        permissionsBoundary: boundary.arn,
        // A new cluster with its nodes and charts can take longer than the one hour that is the default.
        maxSessionDuration: 2 * 3600,
      },
      trusting,
    );
    permit(`${name}-deploy`, deploy, [...deployPermissions(scope), ...(state ? stateWriter(state) : [])], child);

    // Inline policies together may have 10,240 characters ("IAM and AWS STS quotas").
    const reach = new aws.iam.Policy(
      `${name}-deploy-reach`,
      { name: `${prefix}-ci-deploy-reach`, policy: policyDocument(reachPermissions(scope)) },
      child,
    );
    new aws.iam.RolePolicyAttachment(`${name}-deploy-reach-attached`, { role: deploy.name, policyArn: reach.arn }, child);

    this.planRoleArn = plan.arn;
    this.deployRoleArn = deploy.arn;
    this.registerOutputs({ planRoleArn: this.planRoleArn, deployRoleArn: this.deployRoleArn });
  }
}

function validate({ repository, environment, prefix, account, branch }: CiRolesArgs, on: pulumi.Resource): void {
  // No wildcard can slip in: the subjects below are compared as they stand.
  check.matches("repository", repository, /^[\w.-]+\/[\w.-]+$/, "`<organisation>/<repository>`", on);
  check.matches("environment", environment, /^[\w.-]+$/, "the name of a GitHub environment", on);
  check.matches("prefix", prefix, DNS_LABEL, DNS_LABEL_RULE, on);
  const suffix = "-ci-deploy".length;
  check.that(
    fits("iam role", prefix, suffix),
    "prefix",
    `at most ${NAME_LIMITS["iam role"] - suffix} characters long, so that '<prefix>-ci-deploy' fits IAM`,
    prefix,
    on,
  );
  check.matches("account", account, ACCOUNT, ACCOUNT_RULE, on);
  check.matches("branch", branch, /^[\w./-]+$/, "the name of a branch", on);
}

/** No thumbprint: AWS checks GitHub's certificate against its own list of authorities (IAM user guide, "Create an OpenID Connect provider"). */
function identityProvider(name: string, child: { parent: pulumi.Resource }): aws.iam.OpenIdConnectProvider {
  return new aws.iam.OpenIdConnectProvider(`${name}-github`, { url: `https://${ISSUER}`, clientIdLists: [AUDIENCE] }, child);
}

/** A job that names a GitHub environment has that as its subject, and so cannot plan under these. */
const planners = ({ repository, branch = "main" }: CiRolesArgs): string[] => [
  `repo:${repository}:pull_request`,
  `repo:${repository}:ref:refs/heads/${branch}`,
];

function trust(provider: pulumi.Input<string>, subjects: readonly string[]): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "GitHubActions",
      principals: { Federated: provider },
      actions: ["sts:AssumeRoleWithWebIdentity"],
      resources: [],
      conditions: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subjects } },
    },
  ]);
}

function permit(name: string, role: aws.iam.Role, statements: readonly Statement[], child: { parent: pulumi.Resource }): void {
  new aws.iam.RolePolicy(`${name}-permissions`, { role: role.id, policy: policyDocument(statements) }, child);
}
