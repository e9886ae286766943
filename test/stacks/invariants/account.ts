import * as pulumi from "@pulumi/pulumi";
import type { Recorded } from "#plan/record";
import { profiles } from "#stacks/inputs/environments/index";
import type { RecordedStack } from "../../harness/stacks.ts";
import { type Invariant, offending, pick } from "./invariant.ts";

const TAGS = ["project", "environment", "layer", "owner", "managed-by"];

export const account: Invariant[] = [
  {
    rule: "everything on AWS carries the five tags",
    offenders: offending((resource, stack) => tagsAt(resource).some((tags) => !complete(tags, stack)) || overrides(resource)),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, "pulumi:providers:aws", "aws").inputs["defaultTags"] = JSON.stringify({ tags: { project: "millrace" } });
        delete pick(stack, "aws:ec2/launchTemplate:LaunchTemplate", "system-nodes-template").inputs["tagSpecifications"][1].tags
          .owner;
        pick(stack, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "training-class").inputs["spec"].tags.layer = "foundation";
        pick(stack, "aws:sqs/queue:Queue", "karpenter-interruptions").inputs["tags"] = { owner: "me" };
      },
      found: [
        "pulumi:providers:aws aws",
        "aws:ec2/launchTemplate:LaunchTemplate system-nodes-template",
        "aws:sqs/queue:Queue karpenter-interruptions",
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass training-class",
      ],
    },
  },
  {
    rule: "what holds data is protected where the profile says so, and nothing is elsewhere",
    offenders: offending(({ type, protect, inputs }, stack) => {
      const kept = isKept(stack);
      return (type in HOLDS_DATA && (protect !== kept || HOLDS_DATA[type]!(inputs) !== kept)) || (protect && !kept);
    }),
    counterexample: {
      of: "foundation",
      change: (stack) => {
        pick(stack, "aws:s3/bucket:Bucket", "models").protect = false;
        pick(stack, "aws:s3/bucket:Bucket", "data").inputs["forceDestroy"] = true;
        pick(stack, "aws:rds/instance:Instance", "tracking-database").inputs["skipFinalSnapshot"] = true;
      },
      found: ["aws:s3/bucket:Bucket models", "aws:s3/bucket:Bucket data", "aws:rds/instance:Instance tracking-database"],
    },
  },
  {
    rule: "what is stored is encrypted",
    offenders: offending(({ type, inputs }) => ENCRYPTED[type]?.(inputs) === false),
    counterexample: {
      of: "platform",
      change: (stack) => {
        pick(stack, "aws:eks/cluster:Cluster", "cluster").inputs["encryptionConfig"].resources = [];
        pick(stack, "kubernetes:storage.k8s.io/v1:StorageClass", "gp3").inputs["parameters"].encrypted = "false";
        const node = pick(stack, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "training-class").inputs["spec"];
        node.blockDeviceMappings.push({ deviceName: "/dev/xvdb", ebs: { volumeSize: "100Gi" } });
      },
      found: [
        "aws:eks/cluster:Cluster cluster",
        "kubernetes:storage.k8s.io/v1:StorageClass gp3",
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass training-class",
      ],
    },
  },
  {
    rule: "a bucket is private, versioned, encrypted, of one owner, cleaned up and reached by TLS only",
    offenders: offending(
      (bucket, stack) => bucket.type === "aws:s3/bucket:Bucket" && !SIDES.every((holds) => sidesOf(bucket, stack).some(holds)),
    ),
    counterexample: {
      of: "foundation",
      change: (stack) => {
        pick(stack, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "data-private").inputs["blockPublicPolicy"] = false;
        pick(stack, "aws:s3/bucketPolicy:BucketPolicy", "logs-policy").inputs["policy"] = `{"Statement":[]}`;
        stack.resources = stack.resources.filter(({ name }) => name !== "models-versions");
      },
      found: ["aws:s3/bucket:Bucket logs", "aws:s3/bucket:Bucket models", "aws:s3/bucket:Bucket data"],
    },
  },
];

const isKept = ({ environment }: RecordedStack): boolean => profiles[environment].protection.deletion;

/** Where tags stand that must be complete: on the provider, and where its default tags do not reach. */
function tagsAt({ type, inputs }: Recorded): (Record<string, string> | undefined)[] {
  switch (type) {
    case "pulumi:providers:aws":
      return [JSON.parse(inputs["defaultTags"] ?? "{}").tags];
    // Neither EC2 nor Karpenter tags what it starts as the template and the class are tagged.
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return ["instance", "volume"].map(
        (kind) => inputs["tagSpecifications"].find((each: any) => each.resourceType === kind)?.tags,
      );
    case "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass":
      return [inputs["spec"].tags];
    default:
      return [];
  }
}

const complete = (tags: Record<string, string> | undefined, { layer, environment }: RecordedStack): boolean =>
  TAGS.every((tag) => (tags?.[tag] ?? "") !== "") && tags?.["layer"] === layer && tags["environment"] === environment;

const overrides = ({ type, inputs }: Recorded): boolean =>
  type.startsWith("aws:") && Object.keys(inputs["tags"] ?? {}).some((tag) => TAGS.includes(tag));

/** What holds data, or without which data cannot be read: whether AWS too refuses to delete it. */
const HOLDS_DATA: Record<string, (inputs: Recorded["inputs"]) => boolean> = {
  "aws:s3/bucket:Bucket": ({ forceDestroy }) => forceDestroy === false,
  "aws:rds/instance:Instance": ({ deletionProtection, skipFinalSnapshot }) => deletionProtection === true && !skipFinalSnapshot,
  "aws:ecr/repository:Repository": ({ forceDelete }) => forceDelete === false,
  "aws:eks/cluster:Cluster": ({ deletionProtection }) => deletionProtection === true,
  // The longest time that KMS offers.
  "aws:kms/key:Key": ({ deletionWindowInDays }) => deletionWindowInDays === 30,
};

const isSet = (value: unknown): boolean => typeof value === "string" && value !== "";

const ENCRYPTED: Record<string, (inputs: Recorded["inputs"]) => boolean> = {
  "aws:rds/instance:Instance": ({ storageEncrypted, kmsKeyId, masterUserSecretKmsKeyId }) =>
    storageEncrypted === true && isSet(kmsKeyId) && isSet(masterUserSecretKmsKeyId),
  "aws:ecr/repository:Repository": ({ encryptionConfigurations }) => encryptionConfigurations?.[0]?.encryptionType === "KMS",
  "aws:eks/cluster:Cluster": ({ encryptionConfig }) => encryptionConfig?.resources.includes("secrets") ?? false,
  "aws:cloudwatch/logGroup:LogGroup": ({ kmsKeyId }) => isSet(kmsKeyId),
  "aws:sqs/queue:Queue": ({ sqsManagedSseEnabled, kmsMasterKeyId }) => sqsManagedSseEnabled === true || isSet(kmsMasterKeyId),
  "aws:ec2/launchTemplate:LaunchTemplate": ({ blockDeviceMappings }) =>
    blockDeviceMappings.every(({ ebs }: any) => ebs.encrypted === "true" && isSet(ebs.kmsKeyId)),
  "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": ({ spec }) =>
    spec.blockDeviceMappings.every(({ ebs }: any) => ebs.encrypted === true),
  "kubernetes:storage.k8s.io/v1:StorageClass": ({ parameters }) => parameters.encrypted === "true",
};

const sidesOf = ({ path }: Recorded, { resources }: RecordedStack): Recorded[] =>
  resources.filter((each) => each.path.join() === path.join());

const SIDES: ((side: Recorded) => boolean)[] = [
  ({ type, inputs }) =>
    type.endsWith(":BucketPublicAccessBlock") &&
    ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every((each) => inputs[each] === true),
  ({ type, inputs }) => type.endsWith(":BucketVersioning") && inputs["versioningConfiguration"].status === "Enabled",
  ({ type, inputs }) =>
    type.endsWith(":BucketServerSideEncryptionConfiguration") &&
    isSet(inputs["rules"][0].applyServerSideEncryptionByDefault.sseAlgorithm),
  ({ type, inputs }) => type.endsWith(":BucketOwnershipControls") && inputs["rule"].objectOwnership === "BucketOwnerEnforced",
  ({ type }) => type.endsWith(":BucketLifecycleConfiguration"),
  // Names the bucket's ARN, which a preview does not know.
  ({ type, inputs }) =>
    type.endsWith(":BucketPolicy") &&
    (inputs["policy"] === pulumi.runtime.unknownValue || inputs["policy"].includes(`{"Bool":{"aws:SecureTransport":"false"}}`)),
];
