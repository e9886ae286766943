import { createHash } from "node:crypto";

/** The longest names that AWS and Kubernetes accept, in characters, with the page that says so. */
export const NAME_LIMITS = {
  /** EKS API reference, CreateCluster. */
  "eks cluster": 100,
  /** S3 user guide, "General purpose buckets naming rules". */
  "s3 bucket": 63,
  /** IAM user guide, "IAM and AWS STS quotas". */
  "iam role": 64,
  "instance profile": 128,
  /** Auto Scaling API reference, CreateAutoScalingGroup. */
  "auto scaling group": 255,
  /** RDS API reference, CreateDBInstance. */
  "rds instance": 63,
  /** RDS API reference, CreateDBSubnetGroup and CreateDBParameterGroup. */
  "rds subnet group": 255,
  "rds parameter group": 255,
  /** AWS Budgets API reference, Budget. */
  budget: 100,
  /** SQS API reference, CreateQueue. */
  "sqs queue": 80,
  /** EventBridge API reference, PutRule. */
  "event rule": 64,
  /** ECR API reference, CreateRepository. */
  "ecr repository": 256,
  /** SageMaker API reference, CreateModel, CreateEndpointConfig and CreateEndpoint. */
  "sagemaker name": 63,
  /** Kubernetes documentation, "Object Names and IDs": RFC 1123 label. */
  "kubernetes label": 63,
} as const;

export type Named = keyof typeof NAME_LIMITS;

/**
 * Whether a name still fits after what is appended to it, such as the `-` and seven characters that Pulumi appends to a name of its own making.
 *
 * @param suffix characters that will follow. @default 0
 */
export function fits(kind: Named, name: string, suffix = 0): boolean {
  return name.length + suffix <= NAME_LIMITS[kind];
}

/**
 * `name` when it fits; else its beginning and a hash of the whole, so that two long names that differ only at the end stay two.
 * For names that nobody types; a name that people type is refused instead (see `fits`).
 */
export function shorten(kind: Named, name: string, suffix = 0): string {
  const room = NAME_LIMITS[kind] - suffix;
  if (name.length <= room) {
    return name;
  }
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, room - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

/** RFC 1123 label, the form of most Kubernetes names and of Millrace's names. */
export const DNS_LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const DNS_LABEL_RULE = "lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters";

/** Name of a team or a model: a label with room for what is joined to it, such as `models-`, `-canary` and the hashes of pods. */
export const SHORT_LABEL = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;
export const SHORT_LABEL_RULE = DNS_LABEL_RULE.replace("63", "40");

/** Name of a cluster: a part of what EKS takes, which leaves out underscores. */
export const CLUSTER_NAME = /^[0-9A-Za-z][-0-9A-Za-z]*$/;
export const CLUSTER_NAME_RULE = "letters, digits and hyphens, beginning with a letter or digit";

/** A full domain name, without port or wildcard. */
export const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$/;
export const DNS_NAME_RULE = "a full domain name in lower case, without port or wildcard";
