import type { Statement } from "../iam.ts";

const USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/** Lets CloudWatch Logs encrypt the log groups of our account (CloudWatch Logs user guide, "Encrypt log data using KMS"). */
export function cloudWatchLogs(account: string, region: string): Statement {
  return {
    sid: "CloudWatchLogs",
    principals: { Service: `logs.${region}.amazonaws.com` },
    actions: USE,
    resources: ["*"],
    conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:*` } },
  };
}

/**
 * Lets one trail of CloudTrail encrypt its log files, in a bucket with a bucket key too (CloudTrail user guide, "Configure AWS KMS
 * key policies for CloudTrail").
 */
export function cloudTrail(account: string, region: string, trail: string): Statement {
  return {
    sid: "CloudTrail",
    principals: { Service: "cloudtrail.amazonaws.com" },
    actions: ["kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"],
    resources: ["*"],
    conditions: { StringEquals: { "aws:SourceArn": `arn:aws:cloudtrail:${region}:${account}:trail/${trail}` } },
  };
}

/**
 * Lets Auto Scaling start nodes with encrypted volumes (EC2 Auto Scaling user guide, "Required KMS key policy").
 *
 * Its service-linked role is named by a condition: KMS refuses a policy with a principal that does not exist yet, and in a new
 * account it comes into being with the first node group, after the key.
 */
export function autoScaling(account: string): Statement[] {
  const role = `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  const serviceRole = { "aws:PrincipalArn": role, "kms:CallerAccount": account };
  const principals = { AWS: "*" };
  return [
    { sid: "NodeVolumes", principals, actions: USE, resources: ["*"], conditions: { StringEquals: serviceRole } },
    {
      sid: "NodeVolumesGrant",
      principals,
      actions: ["kms:CreateGrant"],
      resources: ["*"],
      conditions: { StringEquals: serviceRole, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
