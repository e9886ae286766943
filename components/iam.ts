import * as pulumi from "@pulumi/pulumi";
import { anyText, either, fields, input, listOf, mapOf, matching, oneOf, optional, text } from "./shape.ts";

/** Number of an AWS account. */
export const ACCOUNT = /^\d{12}$/;
export const ACCOUNT_RULE = "the account's 12 digits";
export const account = matching(ACCOUNT, ACCOUNT_RULE);

/** ARN of an IAM role, with a path or without. */
export const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
export const ROLE_ARN_RULE = "the ARN of an IAM role";
export const roleArn = matching(ROLE_ARN, ROLE_ARN_RULE);

/** One permission: who may do what to which things. There is no default for `actions` or `resources`: least privilege is written out. */
export interface Statement {
  /** Name of the statement, letters and digits. */
  sid: string;
  /** @default "Allow" */
  effect?: "Allow" | "Deny";
  actions: readonly string[];
  resources: readonly pulumi.Input<string>[];
  /** Operator → key → values, for example `{ StringEquals: { "aws:SourceAccount": account } }`. */
  conditions?: Record<string, Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
  /** Only in resource policies and trust policies. */
  principals?: "*" | Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>;
}

const values = either(input(anyText), listOf(input(anyText)));

export const statement = fields<Statement>({
  sid: text,
  effect: optional(oneOf("Allow", "Deny")),
  actions: listOf(text),
  resources: listOf(input(text)),
  conditions: optional(mapOf(mapOf(values))),
  principals: optional(either(oneOf("*"), mapOf(values))),
});

/** A policy document as JSON, in the order in which the statements were written, so that a diff shows only what changed. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements.map(document) });
}

function document({ sid, effect = "Allow", principals, actions, resources, conditions }: Statement): object {
  return {
    Sid: sid,
    Effect: effect,
    ...(principals && { Principal: principals }),
    Action: actions,
    // A trust policy speaks of the role it hangs on and may not name a resource.
    ...(resources.length > 0 && { Resource: resources }),
    ...(conditions && { Condition: conditions }),
  };
}

/** Trust policy of a role that an AWS service assumes, only on behalf of our own account (confused deputy, IAM user guide). */
export function serviceTrust(service: string, account?: pulumi.Input<string>): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "ServiceAssumes",
      principals: { Service: service },
      actions: ["sts:AssumeRole"],
      resources: [],
      ...(account !== undefined && { conditions: { StringEquals: { "aws:SourceAccount": account } } }),
    },
  ]);
}

/** Conditions that tags of the request, or of what it is done to, have these values. */
export const tagged = (key: "RequestTag" | "ResourceTag", tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${key}/${tag}`, value]));
