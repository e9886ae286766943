import { added, aws, option, type StackMutant, welcome } from "./mutant.ts";

const s3 = (type: string, name: string) => aws("foundation", `s3/bucket${type}:Bucket${type}`, name);
const bucket = (name: string) => aws("foundation", "s3/bucket:Bucket", name);
const key = (name: string) => aws("foundation", "kms/key:Key", `${name}-key`);
const logs = (name: string) => aws("foundation", "cloudwatch/logGroup:LogGroup", name);

const DATA_BLOCK = s3("PublicAccessBlock", "data-private");
const MODELS_BLOCK = s3("PublicAccessBlock", "models-private");
const VERSIONS = s3("Versioning", "artifacts-versions");
const ENCRYPTION = s3("ServerSideEncryptionConfiguration", "data-encryption");
const MODELS_ENCRYPTION = s3("ServerSideEncryptionConfiguration", "models-encryption");
const PREDICTIONS_AGE = s3("LifecycleConfiguration", "predictions-lifecycle");
const DATA_AGE = s3("LifecycleConfiguration", "data-lifecycle");
const AUDIT_LOCK = s3("ObjectLockConfiguration", "audit-lock");
const TRAIL = aws("foundation", "cloudtrail/trail:Trail", "audit-trail");
const QUEUE = aws("platform", "sqs/queue:Queue", "karpenter-interruptions");

const expiry = (days: number) => (inputs: any) => {
  inputs.rules.find(({ id }: any) => id === "everything").expiration = { days };
};
const encrypted = (by: object) => (inputs: any) => {
  inputs.rules[0].applyServerSideEncryptionByDefault = by;
};
const selector = (name: string, edit: (selectors: any) => void) => (inputs: any) =>
  edit(inputs.advancedEventSelectors.find((each: any) => each.name === name));

/** Stores, keys, logs, trails and queues of AWS. */
export const STORES: readonly StackMutant[] = [
  DATA_BLOCK.bad("a bucket that a list of rights may open", (inputs) => {
    inputs["blockPublicAcls"] = false;
  }),
  DATA_BLOCK.bad("a bucket whose public rights count", (inputs) => {
    inputs["ignorePublicAcls"] = "false";
  }),
  MODELS_BLOCK.bad("a bucket that everybody may use with a public policy", (inputs) => {
    delete inputs["restrictPublicBuckets"];
  }),
  MODELS_BLOCK.removed("a bucket without a block of public access"),
  MODELS_BLOCK.bad("a block of public access on another bucket", (inputs) => {
    inputs["bucket"] = "millrace-prod-data-c9eac55";
  }),
  VERSIONS.bad("a bucket that keeps no old versions", (inputs) => {
    inputs["versioningConfiguration"].status = "Suspended";
  }),
  VERSIONS.removed("a bucket that never had versions"),
  ENCRYPTION.bad("data without a key of ours", encrypted({ sseAlgorithm: "AES256" })),
  ENCRYPTION.bad("data under the key of AWS", encrypted({ sseAlgorithm: "aws:kms" })),
  MODELS_ENCRYPTION.bad(
    "models under the key of AWS, by its alias",
    encrypted({ sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" }),
  ),
  MODELS_ENCRYPTION.bad(
    "models under the key of another account",
    encrypted({ sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:aws:kms:eu-north-1:999999999999:key/1" }),
  ),
  MODELS_ENCRYPTION.removed("models without an encryption of their own"),
  MODELS_ENCRYPTION.bad("a call of KMS for each object", (inputs) => {
    inputs["rules"][0].bucketKeyEnabled = false;
  }),
  PREDICTIONS_AGE.bad("inputs of production that go after a month", expiry(30)),
  PREDICTIONS_AGE.bad("inputs of production that stay for ever", (inputs) => {
    inputs["rules"] = inputs["rules"].filter(({ id }: any) => id !== "everything");
  }),
  PREDICTIONS_AGE.bad("inputs of production whose end is switched off", (inputs) => {
    inputs["rules"][1].status = "Disabled";
  }),
  PREDICTIONS_AGE.bad("inputs of production of which a part ends", (inputs) => {
    inputs["rules"][1].filter = { prefix: "old/" };
  }),
  DATA_AGE.bad("snapshots of inputs that go after a week", (inputs) => {
    inputs["rules"].find(({ id }: any) => id === "prefix:snapshots/").expiration = { days: 7 };
  }),
  DATA_AGE.bad("broken uploads that are paid for ever", (inputs) => {
    delete inputs["rules"][0].abortIncompleteMultipartUpload;
  }),
  DATA_AGE.bad("old versions that are paid for ever", (inputs) => {
    delete inputs["rules"][0].noncurrentVersionExpiration;
  }),
  DATA_AGE.removed("a bucket without an end of anything"),
  s3("LifecycleConfiguration", "audit-lifecycle").bad("a record of changes that ends before its lock", expiry(30)),
  s3("Logging", "data-access-log").removed("a bucket whose reads nobody records"),
  s3("Logging", "models-access-log").bad("a bucket that records its reads in itself", (inputs) => {
    inputs["targetBucket"] = inputs["bucket"];
  }),
  AUDIT_LOCK.bad("a record of changes that an administrator deletes", (inputs) => {
    inputs["rule"].defaultRetention.mode = "GOVERNANCE";
  }),
  AUDIT_LOCK.bad("a record of changes that is locked for a day", (inputs) => {
    inputs["rule"].defaultRetention.days = 1;
  }),
  AUDIT_LOCK.removed("a record of changes without a lock"),
  s3("ObjectLockConfiguration", "predictions-lock").bad("inputs of production without a lock", (inputs) => {
    delete inputs["rule"];
  }),
  s3("OwnershipControls", "data-owner").bad("objects that belong to who wrote them", (inputs) => {
    inputs["rule"].objectOwnership = "ObjectWriter";
  }),
  s3("OwnershipControls", "models-owner").removed("a bucket with lists of rights"),
  bucket("data").bad("a bucket that is deleted with its objects", (inputs) => {
    inputs["forceDestroy"] = true;
  }),
  bucket("data").bad("a bucket that is deleted with its objects, as text", (inputs) => {
    inputs["forceDestroy"] = "true";
  }),
  bucket("models").bad("a bucket of models that a slip deletes", option({ protect: false })),
  bucket("models").bad("a bucket that says itself that it is public", (inputs) => {
    inputs["acl"] = "public-read";
  }),
  bucket("predictions").bad("personal data that is marked as public", (inputs) => {
    inputs["tags"]["data-classification"] = "public";
  }),
  s3("Notification", "data-events").bad("arrivals of data that nobody is told of", (inputs) => {
    inputs["eventbridge"] = false;
  }),
  added("foundation", "aws:s3/bucketAcl:BucketAcl", "a list of rights for everybody", {
    bucket: "millrace-prod-data-c9eac55",
    acl: "public-read",
  }),
  added("foundation", "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "a bucket that is a web site", {
    bucket: "millrace-prod-models-0650b3f",
    indexDocument: { suffix: "index.html" },
  }),
  added("foundation", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "a bucket that pages of every origin write to", {
    bucket: "millrace-prod-data-c9eac55",
    corsRules: [{ allowedMethods: ["GET", "PUT"], allowedOrigins: ["*"], allowedHeaders: ["*"] }],
  }),
  added("foundation", "aws:s3/bucketReplicationConfig:BucketReplicationConfig", "a copy of all data in another account", {
    bucket: "millrace-prod-data-c9eac55",
    role: "arn:aws:iam::333333333333:role/millrace-prod-copy",
    rules: [{ status: "Enabled", destination: { bucket: "arn:aws:s3:::somebody-else", account: "999999999999" } }],
  }),
  added("foundation", "aws:s3/bucket:Bucket", "one more bucket with nothing around it", { bucket: "millrace-prod-scratch" }),
  key("data").bad("a key that is never renewed, as text", (inputs) => {
    inputs["enableKeyRotation"] = "false";
  }),
  key("data").bad("a key that is never renewed, by default", (inputs) => {
    delete inputs["enableKeyRotation"];
  }),
  key("database").bad("a key that is renewed every seven years", (inputs) => {
    inputs["rotationPeriodInDays"] = 2560;
  }),
  key("database").bad("a key that is gone after a week", (inputs) => {
    inputs["deletionWindowInDays"] = 7;
  }),
  key("cluster").bad("a key that is switched off", (inputs) => {
    inputs["isEnabled"] = false;
  }),
  key("cluster").bad("a key that a slip deletes", option({ protect: false })),
  key("logs").bad("a key whose policy may shut everybody out", (inputs) => {
    inputs["bypassPolicyLockoutSafetyCheck"] = true;
  }),
  key("logs").bad("a key without a policy", (inputs) => {
    delete inputs["policy"];
  }),
  TRAIL.removed("no record of changes"),
  TRAIL.bad("a record of changes that is switched off", (inputs) => {
    inputs["enableLogging"] = false;
  }),
  TRAIL.bad("a record of changes of one region", (inputs) => {
    inputs["isMultiRegionTrail"] = "false";
  }),
  TRAIL.bad("a record of changes without identities", (inputs) => {
    inputs["includeGlobalServiceEvents"] = false;
  }),
  TRAIL.bad("a record of changes under the key of S3", (inputs) => {
    delete inputs["kmsKeyId"];
  }),
  TRAIL.bad("a record of changes that can be forged, as text", (inputs) => {
    inputs["enableLogFileValidation"] = "false";
  }),
  TRAIL.bad("a record without changes of the account", (inputs) => {
    inputs["advancedEventSelectors"] = inputs["advancedEventSelectors"].filter(({ name }: any) => name !== "account");
  }),
  TRAIL.bad(
    "a record of reads only",
    selector("account", (it) => it.fieldSelectors.push({ field: "readOnly", equals: ["true"] })),
  ),
  TRAIL.bad(
    "a record that leaves out who becomes whom",
    selector("account", (it) =>
      it.fieldSelectors.push({ field: "eventSource", notEquals: ["sts.amazonaws.com", "iam.amazonaws.com"] }),
    ),
  ),
  TRAIL.bad(
    "a record that does not see who reads predictions",
    (inputs) => {
      inputs["advancedEventSelectors"] = inputs["advancedEventSelectors"].filter(({ name }: any) => name !== "accesses");
    },
    "predictions",
  ),
  logs("cluster-logs-group").bad("logs of the cluster that go after a day", (inputs) => {
    inputs["retentionInDays"] = 1;
  }),
  logs("ci-runner-log").bad("logs that are kept for ever", (inputs) => {
    inputs["retentionInDays"] = 0;
  }),
  logs("tracking-database-log-postgresql").bad("logs that are kept for ever, by default", (inputs) => {
    delete inputs["retentionInDays"];
  }),
  logs("tracking-database-log-upgrade").bad("logs without a key of ours", (inputs) => {
    delete inputs["kmsKeyId"];
  }),
  QUEUE.bad("a queue in the clear", (inputs) => {
    inputs["sqsManagedSseEnabled"] = false;
  }),
  QUEUE.bad("a queue in the clear, as text", (inputs) => {
    inputs["sqsManagedSseEnabled"] = "false";
  }),
  aws("platform", "cloudwatch/eventRule:EventRule", "karpenter-interruptions-spot-interruption").bad(
    "warnings of lost nodes that are switched off",
    (inputs) => {
      inputs["state"] = "DISABLED";
    },
  ),
  aws("platform", "cloudwatch/eventTarget:EventTarget", "karpenter-interruptions-health-target").bad(
    "warnings of lost nodes for another account",
    (inputs) => {
      inputs["arn"] = "arn:aws:sqs:eu-north-1:999999999999:queue";
    },
  ),
  added("foundation", "aws:sqs/queue:Queue", "one more queue in the clear", { name: "jobs", sqsManagedSseEnabled: false }),
  added("foundation", "aws:sns/topic:Topic", "a topic in the clear", { name: "alarms" }),
  added("foundation", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "a second block of public access, open", {
    bucket: "millrace-prod-data-c9eac55",
    blockPublicAcls: false,
  }),
  DATA_AGE.bad("former versions of data that go after a day", (inputs) => {
    inputs["rules"][0].noncurrentVersionExpiration.noncurrentDays = 1;
  }),
  s3("LifecycleConfiguration", "models-lifecycle").bad("models that go on a date", (inputs) => {
    inputs["rules"].push({ status: "Enabled", filter: { prefix: "" }, expiration: { date: "2027-01-01T00:00:00Z" } });
  }),
  TRAIL.bad("a record of changes in somebody's bucket", (inputs) => {
    inputs["s3BucketName"] = "somebody-else";
  }),
  logs("ci-runner-log").bad("logs under the key of another account", (inputs) => {
    inputs["kmsKeyId"] = "arn:aws:kms:eu-north-1:999999999999:key/1";
  }),
  s3("Notification", "data-events").bad("arrivals of data that another account hears of", (inputs) => {
    inputs["topics"] = [{ topicArn: "arn:aws:sns:eu-north-1:999999999999:arrivals", events: ["s3:ObjectCreated:*"] }];
  }),

  DATA_BLOCK.harmless("a block of public access whose answers are text", (inputs) => {
    inputs["blockPublicAcls"] = "true";
  }),
  VERSIONS.harmless("versions with deletion by two factors", (inputs) => {
    inputs["versioningConfiguration"].mfaDelete = "Enabled";
  }),
  MODELS_ENCRYPTION.harmless(
    "models under two layers of KMS",
    encrypted({
      sseAlgorithm: "aws:kms:dsse",
      kmsMasterKeyId: "arn:aws:kms:eu-north-1:333333333333:key/56113cde-5bd0-d2d9-d60e-47986d2e4d1d",
    }),
  ),
  PREDICTIONS_AGE.harmless("inputs of production that stay a little longer", expiry(110)),
  DATA_AGE.harmless("snapshots that stay a little longer", (inputs) => {
    inputs["rules"].find(({ id }: any) => id === "prefix:snapshots/").expiration = { days: 120 };
  }),
  DATA_AGE.harmless("rules of age in another order", (inputs) => inputs["rules"].reverse()),
  DATA_AGE.harmless("one more rule of age", (inputs) => {
    inputs["rules"].push({ id: "prefix:tmp/", status: "Enabled", filter: { prefix: "tmp/" }, expiration: { days: 7 } });
  }),
  AUDIT_LOCK.harmless("a record of changes that is locked for two years", (inputs) => {
    inputs["rule"].defaultRetention = { mode: "COMPLIANCE", years: 2 };
  }),
  s3("LifecycleConfiguration", "audit-lifecycle").harmless("a record of changes that stays for three years", expiry(1096)),
  s3("Logging", "data-access-log").harmless("reads that are recorded under another prefix", (inputs) => {
    inputs["targetPrefix"] = "access/data-store/";
  }),
  bucket("data").harmless("one more tag of a bucket", (inputs) => {
    inputs["tags"] = { purpose: "training" };
  }),
  key("data").harmless("a key that is renewed twice a year", (inputs) => {
    inputs["rotationPeriodInDays"] = 180;
  }),
  key("data").harmless("a key that is renewed, as text", (inputs) => {
    inputs["enableKeyRotation"] = "true";
  }),
  key("data").harmless("a key with another description", (inputs) => {
    inputs["description"] = "Data of teams";
  }),
  TRAIL.harmless("a record that also counts unusual calls", (inputs) => {
    inputs["insightSelectors"] = [{ insightType: "ApiCallRateInsight" }];
  }),
  TRAIL.harmless("selectors of a record in another order", (inputs) => inputs["advancedEventSelectors"].reverse()),
  logs("ci-runner-log").harmless("logs that are kept for two years", (inputs) => {
    inputs["retentionInDays"] = 731;
  }),
  QUEUE.harmless("a queue under a key of ours", (inputs) => {
    delete inputs["sqsManagedSseEnabled"];
    inputs["kmsMasterKeyId"] = "arn:aws:kms:eu-north-1:333333333333:key/56113cde-5bd0-d2d9-d60e-47986d2e4d1d";
  }),
  welcome("foundation", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "a bucket that one page of ours reads", {
    bucket: "millrace-prod-models-0650b3f",
    corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["https://mlflow.models.internal"] }],
  }),
  welcome(
    "foundation",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    "a bucket that every page reads with a signature",
    {
      bucket: "millrace-prod-models-0650b3f",
      corsRules: [{ allowedMethods: ["GET", "HEAD"], allowedOrigins: ["*"] }],
    },
  ),
  welcome("foundation", "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "a bucket that one page of ours writes to", {
    bucket: "millrace-prod-data-c9eac55",
    corsRules: [{ allowedMethods: ["PUT"], allowedOrigins: ["https://mlflow.models.internal"] }],
  }),
  welcome("foundation", "aws:s3/bucketVersioning:BucketVersioning", "versions of a bucket that is made elsewhere", {
    bucket: "millrace-shared-state",
    versioningConfiguration: { status: "Enabled" },
  }),
  bucket("data").harmless("a bucket that says itself that it is private", (inputs) => {
    inputs["acl"] = "private";
  }),
  welcome("foundation", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", "a whole account without public buckets", {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: "true",
  }),
  TRAIL.harmless(
    "a record that leaves out the many calls of KMS",
    selector("account", (it) => it.fieldSelectors.push({ field: "eventSource", notEquals: ["kms.amazonaws.com"] })),
  ),
  welcome("foundation", "aws:cloudtrail/trail:Trail", "one more record, of functions alone", {
    name: "millrace-prod-functions",
    s3BucketName: "millrace-prod-audit-0c0db9e",
    isMultiRegionTrail: true,
    enableLogFileValidation: true,
    kmsKeyId: "arn:aws:kms:eu-north-1:333333333333:key/bd91887f-0224-3210-dccd-57a153e7c7d6",
    eventSelectors: [
      { includeManagementEvents: false, dataResources: [{ type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] }] },
    ],
  }),
  s3("Notification", "data-events").harmless("arrivals of data for a queue", (inputs) => {
    delete inputs["eventbridge"];
    inputs["queues"] = [{ queueArn: "arn:aws:sqs:eu-north-1:333333333333:arrivals", events: ["s3:ObjectCreated:*"] }];
  }),
  aws("platform", "cloudwatch/eventRule:EventRule", "karpenter-interruptions-spot-interruption").harmless(
    "warnings of lost nodes that say that they are on",
    (inputs) => {
      inputs["state"] = "ENABLED";
    },
  ),
];
