import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, roleArn, type Statement, statement } from "../iam.ts";
import { fields, input, label, listOf, matching, text } from "../shape.ts";
import { check } from "../validation.ts";

export interface BreakGlassArgs {
  /** Name of the role, and of the rule that watches it. */
  roleName: string;

  /** ARN of the role, known before it is made. */
  roleArn: string;

  /** Region whose endpoint of STS gives the role. Its calls are told to the rule; those of the global endpoint would be told elsewhere. */
  region: string;

  /** ARNs of the IAM roles from which a person takes this one. */
  principals: readonly string[];

  /** The person: name of their session in IAM Identity Center, most often an e-mail address. */
  person: string;

  /** When it begins and when nobody has it any more, in UTC, `2026-12-01T14:00:00Z`. Two hours apart or more. */
  from: string;
  until: string;

  /** Why, for readers of the account. */
  reason: string;

  /** What the role may do in AWS; what it may do in the cluster, an access entry says. */
  statements: readonly Statement[];

  /** ARN of the topic of SNS that is told of each use. Its policy lets EventBridge publish. */
  topicArn: pulumi.Input<string>;
}

/** Longest session, seconds: the least that IAM knows, and the most for somebody who comes from another role ("Role chaining"). */
const SESSION_SECONDS = 3600;

const TIME = matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, "a time in UTC, for example 2026-12-01T14:00:00Z");

/**
 * A role for an emergency, for one person and for some hours. It ends by itself: nobody gets it later than an hour before `until`, and no
 * session is longer than an hour. So nobody has it after `until`, although credentials for the Kubernetes API are not asked again whether
 * the trust policy still holds.
 *
 * Each use is in CloudTrail and is told to a topic. The rule is there before the role.
 *
 * @throws {pulumi.ResourceError} when a time is invalid, the end is less than two hours after the beginning, or nobody may take the role.
 */
export class BreakGlass extends Component {
  static override readonly shape = fields<BreakGlassArgs>({
    roleName: label,
    roleArn,
    region: text,
    principals: listOf(roleArn, 1),
    person: matching(/^[\w+=,.@-]{2,64}$/, "the name of a session: 2 to 64 letters, digits and '+=,.@_-'"),
    from: TIME,
    until: TIME,
    reason: text,
    statements: listOf(statement, 1),
    topicArn: input(text),
  });

  constructor(name: string, args: BreakGlassArgs, opts?: ComponentOptions) {
    super("access:BreakGlass", name, args, opts);
    const { roleName, reason, person, from, until } = args;
    check.that(
      Date.parse(until) - Date.parse(from) >= 2 * SESSION_SECONDS * 1000,
      "until",
      `at least two hours after '${from}', as the last session begins an hour before it`,
      until,
      this,
    );

    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-use`,
      {
        name: roleName,
        description: `Somebody takes ${roleName}`,
        eventPattern: JSON.stringify({
          source: ["aws.sts"],
          "detail-type": ["AWS API Call via CloudTrail"],
          detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: [args.roleArn] } },
        }),
        // AssumeRole counts as reading, which EventBridge else leaves out (EventBridge user guide, "AWS service events via CloudTrail").
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      },
      child,
    );
    const target = new aws.cloudwatch.EventTarget(`${name}-told`, { rule: rule.name, arn: args.topicArn }, child);
    const policy = new aws.iam.Policy(`${name}-policy`, { name: roleName, policy: policyDocument(timed(args)) }, child);
    const role = new aws.iam.Role(
      name,
      {
        name: roleName,
        description: `Emergency of ${person}, ${from} to ${until}`,
        assumeRolePolicy: policyDocument([trust(args)]),
        maxSessionDuration: SESSION_SECONDS,
        // What it may do is also the most that it can ever do.
        permissionsBoundary: policy.arn,
        tags: { person, until, reason: reason.replaceAll(/[^\p{L}\p{N} _.:/=+@-]/gu, " ").slice(0, 256) },
      },
      { ...child, dependsOn: target },
    );
    new aws.iam.RolePolicyAttachment(`${name}-attached`, { role: role.name, policyArn: policy.arn }, child);
    this.registerOutputs({});
  }
}

/**
 * Without `aws:MultiFactorAuthPresent`: AWS does not hand the second factor of Identity Center on to the next role, so that the condition
 * would lock everybody out who signs in there. Identity Center asks for it at sign-in.
 */
const trust = ({ principals, person, region, from, until }: BreakGlassArgs): Statement => ({
  sid: "PersonTakes",
  principals: { AWS: principals },
  actions: ["sts:AssumeRole"],
  resources: [],
  conditions: {
    StringEquals: { "aws:RequestedRegion": region },
    // `<id of the role>:<name of the session>`
    StringLike: { "aws:userid": `*:${person}` },
    DateGreaterThanEquals: { "aws:CurrentTime": from },
    DateLessThan: { "aws:CurrentTime": before(until) },
  },
});

const before = (until: string): string =>
  new Date(Date.parse(until) - SESSION_SECONDS * 1000).toISOString().replace(".000Z", "Z");

const timed = ({ statements, until }: BreakGlassArgs): Statement[] =>
  statements.map((each) => ({ ...each, conditions: { ...each.conditions, DateLessThan: { "aws:CurrentTime": until } } }));
