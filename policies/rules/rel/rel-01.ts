import { unless } from "../../findings.ts";
import { levels, rule } from "../../rule.ts";

/** Types that hold data, or without which data cannot be read or reached. */
const STATEFUL = [
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:s3/bucket:Bucket",
  "aws:kms/key:Key",
  "aws:efs/fileSystem:FileSystem",
  "aws:eks/cluster:Cluster",
  "aws:ecr/repository:Repository",
  "aws:route53/zone:Zone",
  "aws:dynamodb/table:Table",
];

/** Types that say who may do what, and what is encrypted or open. */
const GUARDING = [
  "aws:iam/role:Role",
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:eks/accessEntry:AccessEntry",
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];

/** Properties whose drift could make something open, readable or easily lost; `*` is all of them. */
const SECURITY = [
  "*",
  "policy",
  "assumeRolePolicy",
  "permissionsBoundary",
  "inlinePolicies",
  "managedPolicyArns",
  "policyArn",
  "kubernetesGroups",
  "ingress",
  "egress",
  "cidrIpv4",
  "cidrIpv6",
  "publiclyAccessible",
  "vpcConfig",
  "accessConfig",
  "metadataOptions",
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
  "encryptionConfig",
  "encryptionConfigurations",
  "storageEncrypted",
  "encrypted",
  "kmsKeyId",
  "enableKeyRotation",
  "rules",
  "versioningConfiguration",
  "rule",
  "deletionProtection",
  "imageTagMutability",
  "parameters",
  "blockDeviceMappings",
];

export const REL_01 = rule({
  id: "REL-01",
  title:
    "Resources with data are protected, and resources that guard data can neither drift unnoticed nor be deleted before they are replaced",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Give the resource the option `protect: true`. Take the property out of `ignoreChanges`, and leave `deleteBeforeReplace` out.",
  types: [...STATEFUL, ...GUARDING],
  check: ({ type, protect, ignoreChanges, deleteBeforeReplace = false }) => [
    ...unless(!STATEFUL.includes(type) || protect, { property: "protect", got: "false", want: "true" }),
    ...unless(!STATEFUL.includes(type) || !deleteBeforeReplace, {
      property: "deleteBeforeReplace",
      got: "true",
      want: "left out",
    }),
    ...ignoreChanges
      .filter((path) => SECURITY.includes(path.split(/[.[]/)[0] ?? ""))
      .map((got) => ({ property: "ignoreChanges", got, want: "a list without properties that guard data" })),
  ],
});
