/** Types that cost nothing by themselves, by the beginning of their names (AWS price pages). */
const FREE = [
  "aws:acm/certificate",
  "aws:autoscaling/attachment:",
  "aws:budgets/budget:",
  "aws:cloudwatch/eventRule:",
  "aws:cloudwatch/eventTarget:",
  "aws:codebuild/webhook:",
  "aws:ec2/defaultSecurityGroup:",
  "aws:ec2/internetGateway:",
  "aws:ec2/launchTemplate:",
  "aws:ec2/route",
  "aws:ec2/securityGroup",
  "aws:ec2/subnet:",
  "aws:ec2/vpc:",
  "aws:ecr/lifecyclePolicy:",
  "aws:ecr/repositoryPolicy:",
  "aws:eks/access",
  "aws:eks/addon:",
  "aws:eks/podIdentityAssociation:",
  "aws:iam/",
  "aws:kms/alias:",
  "aws:kms/grant:",
  "aws:lb/listener:",
  "aws:lb/targetGroup:",
  "aws:rds/parameterGroup:",
  "aws:rds/subnetGroup:",
  "aws:route53/record:",
  "aws:s3/bucketLifecycleConfiguration:",
  "aws:s3/bucketLogging:",
  "aws:s3/bucketNotification:",
  "aws:s3/bucketObjectLockConfiguration:",
  "aws:s3/bucketOwnershipControls:",
  "aws:s3/bucketPolicy:",
  "aws:s3/bucketPublicAccessBlock:",
  "aws:s3/bucketServerSideEncryptionConfiguration:",
  "aws:s3/bucketVersioning:",
  "aws:secretsmanager/secretPolicy:",
  "aws:secretsmanager/secretVersion:",
  "aws:sqs/queuePolicy:",
  "aws:vpc/securityGroup",
];

/** Types that cost by use, which no plan knows, with what is paid for. */
const BY_USE: Readonly<Record<string, string>> = {
  "aws:cloudtrail/trail:": "data events of the audit trail",
  "aws:cloudwatch/logGroup:": "CloudWatch logs",
  "aws:codebuild/project:": "minutes of CI runners",
  "aws:dynamodb/table:": "reads, writes and backups of tables",
  "aws:ec2/flowLog:": "flow logs",
  "aws:ec2/natGateway:": "NAT gateway traffic",
  "aws:ec2/vpcEndpoint:": "endpoint traffic",
  "aws:ecr/repository:": "stored images",
  "aws:kms/key:": "calls of keys",
  "aws:s3/bucket:": "stored objects and requests",
  "aws:sqs/queue:": "queue messages",
};

/** What a type costs by use, in words; `undefined` for a type that costs nothing by use. */
export const byUse = (type: string): string | undefined =>
  Object.entries(BY_USE).find(([beginning]) => type.startsWith(beginning))?.[1];

/** Whether a type is known to cost nothing at rest. */
export const isFree = (type: string): boolean =>
  !type.startsWith("aws:") || byUse(type) !== undefined || FREE.some((beginning) => type.startsWith(beginning));
