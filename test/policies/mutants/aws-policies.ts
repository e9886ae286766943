import { added, allowed, aws, policy, type StackMutant, statement, without } from "./mutant.ts";

const ACCOUNT = "333333333333";
const FOREIGN = "arn:aws:iam::999999999999:root";

const bucket = (name: string) => aws("foundation", "s3/bucketPolicy:BucketPolicy", `${name}-policy`);
const key = (name: string) => aws("foundation", "kms/key:Key", `${name}-key`);

const DATA = bucket("data");
const MODELS = bucket("models");
const QUEUE = aws("platform", "sqs/queuePolicy:QueuePolicy", "karpenter-interruptions-policy");
const ENDPOINT = aws("foundation", "ec2/vpcEndpoint:VpcEndpoint", "network-s3");

const OBJECTS = "arn:aws:s3:::millrace-prod-data-c9eac55/*";
const read = (rest: object): ReturnType<typeof allowed> =>
  allowed({ Sid: "Added", Action: "s3:GetObject", Resource: OBJECTS, ...rest });

const json = (document: object): string => JSON.stringify({ Version: "2012-10-17", ...document });

/** What AWS refuses, and where no rule finds a statement. */
const UNREADABLE = ["{", "null", "[]", '{"Statement": 5}', "nonsense", '{"statement": []}'];

const DOCUMENTED = [
  ["a policy of a bucket", DATA, "policy"],
  ["a policy of a key", key("data"), "policy"],
  ["a policy of a queue", QUEUE, "policy"],
  ["a policy of an endpoint", ENDPOINT, "policy"],
] as const;

/** Policies of buckets, keys, queues, registries, endpoints and other resources of AWS. */
export const AWS_POLICIES: readonly StackMutant[] = [
  DATA.bad(
    "a denial of HTTP on the objects but not on the bucket",
    statement("TlsOnly", (it) => {
      it["Resource"] = [OBJECTS];
    }),
  ),
  MODELS.bad(
    "a denial of HTTP on the bucket but not on its objects",
    statement("TlsOnly", (it) => {
      it["Resource"] = it["Resource"][0];
    }),
  ),
  DATA.bad(
    "a denial of HTTPS",
    statement("TlsOnly", (it) => {
      it["Condition"] = { Bool: { "aws:SecureTransport": "true" } };
    }),
  ),
  DATA.bad(
    "a denial of HTTP for reads alone",
    statement("TlsOnly", (it) => {
      it["Action"] = ["s3:GetObject"];
    }),
  ),
  MODELS.bad(
    "a denial of HTTP for the own account alone",
    statement("TlsOnly", (it) => {
      it["Principal"] = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    }),
  ),
  DATA.bad(
    "a denial of HTTP with an exception for one role",
    statement("TlsOnly", (it) => {
      it["Condition"].ArnNotLike = { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/legacy-*` };
    }),
  ),
  DATA.bad("no denial of HTTP", without("TlsOnly")),
  MODELS.bad(
    "a permission of HTTPS in place of a denial of HTTP",
    statement("TlsOnly", (it) => {
      it["Effect"] = "Allow";
      it["Condition"] = { Bool: { "aws:SecureTransport": "true" } };
    }),
  ),
  DATA.bad("objects under the key of AWS", without("KmsWithKey")),
  MODELS.bad("objects under any key", without("OneKeyOnly")),
  // An upload without KMS names no key, which the next denial refuses too.
  DATA.harmless("objects whose algorithm has one lock", without("KmsOnly")),
  DATA.bad("objects that everybody reads", read({ Principal: "*" })),
  DATA.bad("objects that every account reads", read({ Principal: { AWS: ["*"] } })),
  DATA.bad("objects that another account reads", read({ Principal: { AWS: FOREIGN } })),
  DATA.bad("objects that another account reads, by its number", read({ Principal: { AWS: "999999999999" } })),
  DATA.bad(
    "objects that two halves of the internet read",
    read({ Principal: "*", Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } } }),
  ),
  DATA.bad(
    "objects that everybody reads whose name matches a star",
    read({ Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } } }),
  ),
  DATA.bad(
    "objects that every organisation reads",
    read({ Principal: "*", Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } } }),
  ),
  DATA.bad(
    "objects that everybody reads who has no account",
    read({ Principal: "*", Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": ACCOUNT } } }),
  ),
  DATA.bad(
    "objects that everybody reads but us",
    read({ Principal: "*", Condition: { StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } } }),
  ),
  DATA.bad(
    "objects that everybody reads with the right referrer",
    read({ Principal: "*", Condition: { StringLike: { "aws:Referer": "https://example.com/*" } } }),
  ),
  DATA.bad("objects that everybody but one reads", read({ NotPrincipal: { AWS: FOREIGN } })),
  DATA.bad("objects with which everybody does almost everything", (inputs, options) =>
    read({ Principal: "*", Action: undefined, NotAction: "s3:DeleteBucket" })(inputs, options),
  ),
  bucket("audit").bad(
    "an audit store that every trail of AWS writes to",
    statement("Trail", (it) => {
      delete it["Condition"];
    }),
  ),
  bucket("audit").bad(
    "an audit store that trails of every account write to",
    statement("Trail", (it) => {
      it["Condition"] = { ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*" } };
    }),
  ),
  bucket("logs").bad(
    "access logs from buckets of every account",
    statement("AccessLogs", (it) => {
      delete it["Condition"].StringEquals;
    }),
  ),
  QUEUE.bad(
    "a queue that everybody sends to",
    statement("RulesSend", (it) => {
      it["Principal"] = "*";
      delete it["Condition"];
    }),
  ),
  QUEUE.bad(
    "a queue that rules of every account send to",
    statement("RulesSend", (it) => {
      it["Condition"] = { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } };
    }),
  ),
  QUEUE.bad(
    "a queue that another account reads",
    allowed({ Sid: "Added", Principal: { AWS: FOREIGN }, Action: "sqs:*", Resource: "*" }),
  ),
  QUEUE.bad("a queue over HTTP", without("TlsOnly")),
  key("data").bad("a key that everybody decrypts with", allowed({ Principal: "*", Action: "kms:Decrypt", Resource: "*" })),
  key("data").bad(
    "a key that another account decrypts with",
    allowed({ Principal: { AWS: FOREIGN }, Action: ["kms:Decrypt"], Resource: ["*"] }),
  ),
  key("database").bad(
    "a key that everybody decrypts with through a service",
    allowed({
      Principal: { AWS: "*" },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    }),
  ),
  key("cluster").bad(
    "a key for node volumes of every account",
    statement("NodeVolumes", (it) => {
      delete it["Condition"];
    }),
  ),
  key("cluster").bad(
    "grants on a key for whatever role matches a star",
    statement("NodeVolumesGrant", (it) => {
      it["Condition"] = { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/*" } };
    }),
  ),
  key("logs").bad(
    "a key for trails of every account",
    statement("CloudTrail", (it) => {
      it["Condition"] = { StringLike: { "aws:SourceArn": "arn:aws:cloudtrail:*" } };
    }),
  ),
  key("logs").bad(
    "a key with which a service does everything",
    statement("CloudWatchLogs", (it) => {
      it["Action"] = "kms:*";
    }),
  ),
  ENDPOINT.bad("an endpoint of S3 without a policy", (inputs) => {
    delete inputs["policy"];
  }),
  ENDPOINT.bad(
    "an endpoint of S3 to every bucket of the world",
    statement("OurBuckets", (it) => {
      delete it["Condition"];
    }),
  ),
  ENDPOINT.bad(
    "an endpoint of S3 whose account matches a star",
    statement("OurBuckets", (it) => {
      it["Condition"] = { StringLike: { "aws:ResourceAccount": "*" } };
    }),
  ),
  ENDPOINT.bad(
    "packages from every bucket",
    statement("LayersAndPackages", (it) => {
      it["Resource"] = "*";
      it["Action"] = ["s3:GetObject", "s3:PutObject"];
    }),
  ),
  added("foundation", "aws:ecr/repositoryPolicy:RepositoryPolicy", "a registry that everybody pulls from", {
    repository: "millrace-prod/model-server",
    policy: json({
      Statement: [{ Effect: "Allow", Principal: "*", Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] }],
    }),
  }),
  added("foundation", "aws:ecr/repositoryPolicy:RepositoryPolicy", "a registry that another account pushes to", {
    repository: "millrace-prod/model-server",
    policy: json({ Statement: [{ Effect: "Allow", Principal: { AWS: FOREIGN }, Action: "ecr:*" }] }),
  }),
  added("foundation", "aws:ecr/registryPolicy:RegistryPolicy", "a registry that every account replicates to", {
    policy: json({ Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "ecr:ReplicateImage", Resource: "*" }] }),
  }),
  added("foundation", "aws:sns/topicPolicy:TopicPolicy", "a topic that everybody subscribes to", {
    arn: `arn:aws:sns:eu-north-1:${ACCOUNT}:alarms`,
    policy: json({ Statement: [{ Effect: "Allow", Principal: "*", Action: "sns:Subscribe", Resource: "*" }] }),
  }),
  added("foundation", "aws:secretsmanager/secretPolicy:SecretPolicy", "a secret that everybody reads", {
    secretArn: `arn:aws:secretsmanager:eu-north-1:${ACCOUNT}:secret:rds!db-1`,
    policy: json({ Statement: [{ Effect: "Allow", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" }] }),
  }),
  added("foundation", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "logs that everybody writes", {
    policyName: "open",
    policyDocument: json({ Statement: [{ Effect: "Allow", Principal: "*", Action: "logs:*", Resource: "*" }] }),
  }),
  added("foundation", "aws:cloudwatch/eventBusPolicy:EventBusPolicy", "events from every account", {
    policy: json({ Statement: [{ Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: "*" }] }),
  }),
  added("foundation", "aws:lambda/permission:Permission", "a function that everybody calls", {
    action: "lambda:InvokeFunction",
    function: "score",
    principal: "*",
  }),

  DATA.harmless(
    "an action as text in place of a list",
    statement("TlsOnly", (it) => {
      it["Action"] = "s3:*";
    }),
  ),
  DATA.harmless(
    "a condition with a list of one",
    statement("TlsOnly", (it) => {
      it["Condition"] = { Bool: { "aws:SecureTransport": ["false"] } };
    }),
  ),
  DATA.harmless(
    "a condition with a boolean",
    statement("TlsOnly", (it) => {
      it["Condition"] = { Bool: { "aws:SecureTransport": false } };
    }),
  ),
  DATA.harmless(
    "a denial for everybody by the other spelling",
    statement("TlsOnly", (it) => {
      it["Principal"] = { AWS: "*" };
    }),
  ),
  MODELS.harmless(
    "the resources of a denial in another order",
    statement("TlsOnly", (it) => it["Resource"].reverse()),
  ),
  MODELS.harmless(
    "a policy with its statements in another order",
    policy(({ Statement }) => Statement.reverse()),
  ),
  MODELS.harmless("a bucket policy over several lines", (inputs) => {
    inputs["policy"] = JSON.stringify(JSON.parse(inputs["policy"]), undefined, 2);
  }),
  MODELS.harmless("a bucket policy that is not text", (inputs) => {
    inputs["policy"] = JSON.parse(inputs["policy"]);
  }),
  DATA.harmless(
    "one more denial",
    policy(({ Statement }) =>
      Statement.push({
        Sid: "NoDeletion",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:DeleteBucket",
        Resource: "arn:aws:s3:::millrace-prod-data-c9eac55",
      }),
    ),
  ),
  DATA.harmless(
    "a narrow permission for a role of ours",
    read({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/millrace-prod-ci-plan` } }),
  ),
  DATA.harmless(
    "TLS 1.3 alone",
    statement("ModernTlsOnly", (it) => {
      it["Condition"] = { NumericLessThan: { "s3:TlsVersion": 1.3 } };
    }),
  ),
  QUEUE.harmless(
    "rules by ArnLike without a star",
    statement("RulesSend", (it) => {
      it["Condition"] = { ArnLike: it["Condition"].ArnEquals };
    }),
  ),
  QUEUE.harmless(
    "rules by ArnLike with a star at the end, in our account",
    statement("RulesSend", (it) => {
      it["Condition"] = { ArnLike: { "aws:SourceArn": `arn:aws:events:eu-north-1:${ACCOUNT}:rule/millrace-prod-*` } };
    }),
  ),
  key("data").harmless(
    "a key with one more right for a role of ours",
    allowed({
      Sid: "Reader",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/millrace-prod-ci-plan` },
      Action: "kms:DescribeKey",
      Resource: "*",
    }),
  ),
  key("data").harmless(
    "a key whose statements hold one resource as text",
    policy(({ Statement }) => {
      for (const each of Statement) {
        each["Resource"] = "*";
      }
    }),
  ),
  ENDPOINT.harmless(
    "an endpoint with one condition for the whole organisation too",
    statement("OurBuckets", (it) => {
      it["Condition"].StringEquals["aws:ResourceOrgID"] = "o-0123456789";
    }),
  ),
  ...UNREADABLE.flatMap((document) =>
    DOCUMENTED.map(([what, target, property]) =>
      target.bad(`${what} that reads ${JSON.stringify(document)}`, (inputs) => {
        inputs[property] = document;
      }),
    ),
  ),
  ...DOCUMENTED.map(([what, target, property]) =>
    target.harmless(`${what} over several lines`, (inputs) => {
      inputs[property] = JSON.stringify(JSON.parse(inputs[property]), undefined, 2);
    }),
  ),
];
