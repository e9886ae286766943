import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { repository } from "../ci/trust.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { account, policyDocument, type Statement, serviceTrust } from "../iam.ts";
import { logDays } from "../logs.ts";
import { shorten } from "../naming.ts";
import { fields, input, label, listOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { httpsOnly } from "./https-only.ts";

export interface CiRunnerArgs {
  /** Name of the CodeBuild project. Workflows name it in `runs-on`. */
  runnerName: string;

  /** GitHub repository whose jobs may run here, `<organisation>/<name>`. */
  repository: string;

  /**
   * ARN of the connection to GitHub (AWS Developer Tools, "Connections"). A person makes it and confirms it at GitHub: AWS offers no
   * other way to confirm it.
   */
  connectionArn: string;

  /** AWS account and region of the runner. */
  account: string;
  region: string;

  /** Names of the workflows whose jobs may run here, as their files give them. */
  workflows: readonly string[];

  /** VPC of the runner, and its private subnets, which have a way out (NAT). */
  vpcId: pulumi.Input<string>;
  subnetIds: readonly pulumi.Input<string>[];

  /** Key of the log; its policy must let CloudWatch Logs use it. */
  logsKeyArn: pulumi.Input<string>;

  /** Days for which the log is kept; one of those that CloudWatch offers. */
  logDays: number;

  /** Longest time of a job, minutes, 5 to 480. @default 120 */
  timeoutMinutes?: number;
}

/** AWS CodeBuild's own image of Amazon Linux, x86 (CodeBuild user guide, "Docker images provided by CodeBuild"). */
const IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";

/** 4 vCPU and 7 GiB. Paid by the minute (plan/prices.ts); nothing while no job runs. */
const COMPUTE = "BUILD_GENERAL1_MEDIUM";

/** Connections made before March 2024 say `codestar-connections`: the runner's role and its boundary have no rights to those. */
export const CONNECTION_ARN = /^arn:aws:codeconnections:[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/;
export const CONNECTION_RULE = "the ARN of a connection to GitHub (arn:aws:codeconnections:…:connection/…)";

/**
 * Runners of GitHub Actions inside the VPC: CodeBuild starts one for each job that asks for it and removes it afterwards
 * (CodeBuild user guide, "Self-hosted GitHub Actions runners"). They reach what only the VPC reaches, such as a private Kubernetes API.
 *
 * A job can do what the runner's own role may: write the log, make a network interface in the private subnets, and take a token of the
 * connection, which reaches every repository that the connection does. More rights a job takes by OIDC, as on any other runner. CodeBuild
 * starts a runner for workflows of these names, but a branch can name its workflow so too: who may change workflows in the repository
 * decides who reaches the runner (docs/guides/ci.md, "Runners").
 *
 * `runs-on: codebuild-<runnerName>-${{ github.run_id }}-${{ github.run_attempt }}`
 *
 * @throws {pulumi.ResourceError} when the name, the repository or the connection is invalid, the days of retention are not offered, or
 *   the time is outside its range.
 */
export class CiRunner extends Component {
  static override readonly shape = fields<CiRunnerArgs>({
    runnerName: label,
    repository,
    connectionArn: matching(CONNECTION_ARN, CONNECTION_RULE),
    account,
    region: text,
    workflows: listOf(matching(/^[\w ]+$/, "letters, digits, '_' and spaces")),
    vpcId: input(text),
    subnetIds: listOf(input(text)),
    logsKeyArn: input(text),
    logDays,
    timeoutMinutes: optional(wholeNumber({ min: 5, max: 480 })),
  });

  /** Security group of the runners, for whatever they may call. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: CiRunnerArgs, opts?: ComponentOptions) {
    super("access:CiRunner", name, args, opts);
    const { runnerName, account, vpcId, subnetIds, timeoutMinutes = 120 } = args;

    const child = { parent: this };
    const securityGroupId = httpsOnly(
      name,
      { vpcId, owner: "Runners of GitHub Actions", calls: "GitHub, AWS, packages and the Kubernetes API" },
      child,
    );
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: `/aws/codebuild/${runnerName}`, retentionInDays: args.logDays, kmsKeyId: args.logsKeyArn },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        namePrefix: shorten("iam role", `${runnerName}-`, 26),
        assumeRolePolicy: serviceTrust("codebuild.amazonaws.com", account),
      },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-role-permissions`,
      { role: role.id, policy: policyDocument(runnerStatements(args, log.arn)) },
      child,
    );
    const project = new aws.codebuild.Project(
      name,
      {
        name: runnerName,
        description: `Runs jobs of ${args.repository} inside the VPC`,
        serviceRole: role.arn,
        buildTimeout: timeoutMinutes,
        artifacts: { type: "NO_ARTIFACTS" },
        environment: { type: "LINUX_CONTAINER", computeType: COMPUTE, image: IMAGE, imagePullCredentialsType: "CODEBUILD" },
        source: {
          type: "GITHUB",
          location: `https://github.com/${args.repository}.git`,
          auth: { type: "CODECONNECTIONS", resource: args.connectionArn },
        },
        vpcConfig: { vpcId, subnets: [...subnetIds], securityGroupIds: [securityGroupId] },
        logsConfig: { cloudwatchLogs: { groupName: log.name, status: "ENABLED" } },
      },
      // CodeBuild tries the role when the project is made.
      { ...child, dependsOn: permissions },
    );
    new aws.codebuild.Webhook(
      `${name}-jobs`,
      {
        projectName: project.name,
        buildType: "BUILD",
        filterGroups: [
          {
            filters: [
              { type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" },
              { type: "WORKFLOW_NAME", pattern: `^(${args.workflows.join("|")})$` },
            ],
          },
        ],
      },
      child,
    );

    this.securityGroupId = securityGroupId;
    this.registerOutputs({ securityGroupId });
  }
}

/** Writes the log, takes the connection, and joins the VPC (CodeBuild user guide, "Allow CodeBuild access to AWS services required to create a VPC network interface"). */
function runnerStatements(
  { account, region, connectionArn, subnetIds }: CiRunnerArgs,
  logArn: pulumi.Output<string>,
): Statement[] {
  const ec2 = (resource: string): string => `arn:aws:ec2:${region}:${account}:${resource}/*`;
  const subnetArns = subnetIds.map((id) => pulumi.interpolate`arn:aws:ec2:${region}:${account}:subnet/${id}`);
  return [
    { sid: "WriteLog", actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [pulumi.interpolate`${logArn}:*`] },
    {
      sid: "TakeConnection",
      actions: ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"],
      resources: [connectionArn],
    },
    {
      sid: "LookAtNetwork",
      actions: [
        "ec2:DescribeDhcpOptions",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      resources: ["*"],
    },
    {
      sid: "JoinNetwork",
      actions: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
      resources: [ec2("network-interface"), ec2("security-group"), ...subnetArns],
    },
    {
      sid: "HandInterfaceToCodeBuild",
      actions: ["ec2:CreateNetworkInterfacePermission"],
      resources: [ec2("network-interface")],
      conditions: {
        StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
        ArnEquals: { "ec2:Subnet": subnetArns },
      },
    },
  ];
}
