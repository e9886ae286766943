import { added, aws, type StackMutant, welcome } from "./mutant.ts";

const PASSWORD = "q7Rk9sLw2mXvB4tZ";
const KEY = "arn:aws:kms:eu-north-1:333333333333:key/56113cde-5bd0-d2d9-d60e-47986d2e4d1d";
const ROLE = "arn:aws:iam::333333333333:role/millrace-prod-notify";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const more = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  added("foundation", `aws:${type}`, what, inputs);
const spare = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  welcome("foundation", `aws:${type}`, what, inputs);
const HOST = aws("foundation", "ec2/launchTemplate:LaunchTemplate", "access-host-template");
const RUNNER = aws("foundation", "codebuild/project:Project", "ci-runner");

const machine = { ami: "ami-0123456789", instanceType: "m7i.large", subnetId: "subnet-297716b45610acf7a" };
const closed = {
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
  rootBlockDevice: { encrypted: true, kmsKeyId: KEY },
};
const task = (environment: object[], secrets: object[] = []): string =>
  JSON.stringify([
    {
      name: "notify",
      image: `333333333333.dkr.ecr.eu-north-1.amazonaws.com/notify@sha256:${"1".repeat(64)}`,
      environment,
      secrets,
    },
  ]);

/** Services of AWS that Millrace does not use itself: with a fault, and in order. */
export const SERVICES: readonly StackMutant[] = [
  HOST.bad("a host that starts with a password", (inputs) => {
    inputs["userData"] = base64(`#!/bin/bash\nmysql -u root -p${PASSWORD} -e 'select 1'\nexport DB_PASSWORD=${PASSWORD}\n`);
  }),
  more("a machine that starts with a token, not in base64", "ec2/instance:Instance", {
    ...machine,
    ...closed,
    userData: `#!/bin/bash\nexport API_TOKEN=${PASSWORD}${PASSWORD}\n`,
  }),
  more("a machine that starts with a token, in base64 by its own field", "ec2/instance:Instance", {
    ...machine,
    ...closed,
    userDataBase64: base64(`#!/bin/bash\nexport API_TOKEN=${PASSWORD}${PASSWORD}\n`),
  }),
  more("a machine with an open disk", "ec2/instance:Instance", { ...machine, ...closed, rootBlockDevice: { encrypted: false } }),
  more("a machine with a second disk in the clear", "ec2/instance:Instance", {
    ...machine,
    ...closed,
    ebsBlockDevices: [{ deviceName: "/dev/sdb", volumeSize: 100, encrypted: "false" }],
  }),
  more("a machine with the old metadata service", "ec2/instance:Instance", {
    ...machine,
    ...closed,
    metadataOptions: { httpTokens: "optional" },
  }),
  more("an address of the internet for a machine", "ec2/eipAssociation:EipAssociation", {
    instanceId: "i-1",
    allocationId: "eipalloc-1",
  }),
  more("a function with an address that has a password", "lambda/function:Function", {
    name: "notify",
    role: ROLE,
    runtime: "nodejs24.x",
    handler: "index.handler",
    environment: { variables: { DATABASE_URL: `postgresql://app:${PASSWORD}@db.internal/app` } },
  }),
  more("a pipeline of data with a password", "glue/connection:Connection", {
    name: "features",
    connectionProperties: { JDBC_CONNECTION_URL: "jdbc:postgresql://db/app", USERNAME: "app", PASSWORD },
  }),
  more("a stream in the clear", "kinesis/stream:Stream", { name: "events", shardCount: 1, encryptionType: "NONE" }),
  more("a cache of the older kind in the clear", "elasticache/cluster:Cluster", {
    clusterId: "features",
    engine: "redis",
    nodeType: "cache.t4g.small",
    transitEncryptionEnabled: false,
  }),
  more("a graph on open disks", "neptune/cluster:Cluster", { clusterIdentifier: "graph", storageEncrypted: false }),
  more("a server of databases of the region on the internet", "rds/instance:Instance", {
    engine: "postgres",
    engineVersion: "17.7",
    instanceClass: "db.m7g.large",
    allocatedStorage: 20,
    storageEncrypted: true,
    kmsKeyId: KEY,
    publiclyAccessible: true,
  }),
  more("a bucket whose list of rights is for everybody with a login", "s3/bucketAcl:BucketAcl", {
    bucket: "millrace-prod-data-c9eac55",
    acl: "authenticated-read",
  }),
  more("a bucket whose list of rights names everybody", "s3/bucketAcl:BucketAcl", {
    bucket: "millrace-prod-data-c9eac55",
    accessControlPolicy: {
      owner: { id: "1" },
      grants: [{ permission: "READ", grantee: { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" } }],
    },
  }),
  more("the block of public access of a whole account, open", "s3/accountPublicAccessBlock:AccountPublicAccessBlock", {
    blockPublicAcls: false,
    blockPublicPolicy: false,
    ignorePublicAcls: false,
    restrictPublicBuckets: false,
  }),
  more("disks of the region that may be open", "ebs/encryptionByDefault:EncryptionByDefault", { enabled: false }),
  more("a search for threats that is switched off", "guardduty/detector:Detector", { enable: false }),
  RUNNER.bad("a runner with a token of another name", (inputs) => {
    inputs["environment"].environmentVariables = [{ name: "REGISTRY_AUTH", value: base64(`ci:${PASSWORD}`), type: "PLAINTEXT" }];
  }),

  spare("a machine in order", "ec2/instance:Instance", { ...machine, ...closed, associatePublicIpAddress: false }),
  spare("a machine that starts with a plain program", "ec2/instance:Instance", {
    ...machine,
    ...closed,
    userData: "#!/bin/bash\ndnf -y update\n",
  }),
  spare("a disk in order", "ebs/volume:Volume", { availabilityZone: "eu-north-1a", size: 100, encrypted: true, kmsKeyId: KEY }),
  spare("a shared file system in order", "efs/fileSystem:FileSystem", { encrypted: true, kmsKeyId: KEY }),
  spare("a topic in order", "sns/topic:Topic", { name: "alarms", kmsMasterKeyId: KEY }),
  spare("a queue in order", "sqs/queue:Queue", { name: "jobs", kmsMasterKeyId: KEY }),
  spare("a stream in order", "kinesis/stream:Stream", { name: "events", shardCount: 1, encryptionType: "KMS", kmsKeyId: KEY }),
  spare("a table in order", "dynamodb/table:Table", {
    name: "features",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attributes: [{ name: "id", type: "S" }],
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
    deletionProtectionEnabled: true,
  }),
  spare("a function in order", "lambda/function:Function", {
    name: "notify",
    role: ROLE,
    runtime: "nodejs24.x",
    handler: "index.handler",
    kmsKeyArn: KEY,
    environment: { variables: { LOG_LEVEL: "info", SECRET_ARN: "arn:aws:secretsmanager:eu-north-1:333333333333:secret:smtp" } },
  }),
  spare("a function whose address asks for a login", "lambda/functionUrl:FunctionUrl", {
    functionName: "score",
    authorizationType: "AWS_IAM",
  }),
  spare("a task whose password is read from a secret", "ecs/taskDefinition:TaskDefinition", {
    family: "notify",
    containerDefinitions: task(
      [{ name: "LOG_LEVEL", value: "info" }],
      [{ name: "SMTP_PASSWORD", valueFrom: "arn:aws:secretsmanager:eu-north-1:333333333333:secret:smtp" }],
    ),
  }),
  spare("a setting in a parameter of the open kind", "ssm/parameter:Parameter", {
    name: "/millrace/log-level",
    type: "String",
    value: "info",
  }),
  spare("a log group in order", "cloudwatch/logGroup:LogGroup", {
    name: "/millrace/jobs",
    retentionInDays: 365,
    kmsKeyId: "arn:aws:kms:eu-north-1:333333333333:key/bd91887f-0224-3210-dccd-57a153e7c7d6",
  }),
  spare("an alarm", "cloudwatch/metricAlarm:MetricAlarm", {
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    metricName: "ErrorCount",
    namespace: "millrace",
    threshold: 1,
    period: 60,
    statistic: "Sum",
  }),
  spare("a search for threats", "guardduty/detector:Detector", { enable: true }),
  spare("one more address for a gateway of the network", "ec2/eip:Eip", { domain: "vpc" }),
  RUNNER.harmless("a runner with a token from a secret", (inputs) => {
    inputs["environment"].environmentVariables = [
      { name: "GITHUB_TOKEN", value: "millrace-prod/github", type: "SECRETS_MANAGER" },
    ];
  }),
  HOST.harmless("a host that starts with a plain program", (inputs) => {
    inputs["userData"] = base64("#!/bin/bash\ndnf -y install postgresql17\n");
  }),
  spare("a connection of data whose password is a secret", "glue/connection:Connection", {
    name: "features",
    connectionProperties: {
      JDBC_CONNECTION_URL: "jdbc:postgresql://features.example.com/app?sslmode=verify-full",
      SECRET_ID: "millrace-prod/features",
    },
  }),
  spare("a cache of the older kind in order", "elasticache/cluster:Cluster", {
    clusterId: "features",
    engine: "memcached",
    nodeType: "cache.t4g.small",
    transitEncryptionEnabled: "true",
  }),
  spare("a member of a group of caches", "elasticache/cluster:Cluster", {
    clusterId: "features-1",
    replicationGroupId: "features",
  }),
  spare("the block of public access of a whole account", "s3/accountPublicAccessBlock:AccountPublicAccessBlock", {
    blockPublicAcls: "true",
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  }),
  RUNNER.harmless("a runner with settings of another name", (inputs) => {
    inputs["environment"].environmentVariables = [
      { name: "REGISTRY_AUTH", value: base64("enabled for everybody"), type: "PLAINTEXT" },
    ];
  }),
];
