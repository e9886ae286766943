import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { read } from "../docs/pages.ts";

interface Template {
  Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties: Record<string, any> }>;
  Outputs: Record<string, { Value: string }>;
}

/** CloudFormation's short forms as texts: `!Ref Key` is `Ref Key`. */
const template = parse(read("scripts/state-bucket.yaml"), {
  customTags: ["!Ref", "!Sub", "!GetAtt"].map((tag) => ({ tag, resolve: (text: string) => `${tag.slice(1)} ${text}` })),
}) as Template;
const { Bucket, BucketPolicy, Key } = template.Resources;

/** Whether a statement refuses a request with these condition keys, as IAM decides: every operator and key must hold. */
function refuses(statement: Record<string, any>, action: string, keys: Record<string, string>): boolean {
  const acts = statement["Action"] === "s3:*" || statement["Action"] === action;
  return acts && Object.entries(statement["Condition"]).every(([operator, pairs]) => holds(operator, pairs as object, keys));
}

function holds(operator: string, pairs: object, keys: Record<string, string>): boolean {
  return Object.entries(pairs).every(([key, want]) => {
    const got = keys[key];
    switch (operator) {
      case "Null":
        return String(got === undefined) === want;
      case "StringNotEquals":
        return got !== want;
      case "Bool":
        return got === want;
      case "NumericLessThan":
        return got !== undefined && Number(got) < Number(want);
      default:
        throw new Error(`the test knows no ${operator}`);
    }
  });
}

const OURS = "GetAtt Key.Arn";
const SSE = "s3:x-amz-server-side-encryption";
const good = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:PrincipalAccount": "Ref AWS::AccountId" };

describe("the bucket of the state", () => {
  it("is versioned, encrypted under its own key, private, and outlives its stack", () => {
    const { VersioningConfiguration, BucketEncryption, PublicAccessBlockConfiguration, OwnershipControls } = Bucket!.Properties;
    expect(VersioningConfiguration).toEqual({ Status: "Enabled" });
    expect(BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: "aws:kms",
      KMSMasterKeyID: OURS,
    });
    expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(OwnershipControls.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    expect(Key!.Properties["EnableKeyRotation"]).toBe(true);
    expect([Bucket, BucketPolicy, Key].map((each) => each!.DeletionPolicy)).toEqual(["Retain", "Retain", "Retain"]);
  });

  it.each<[what: string, action: string, keys: Record<string, string | undefined>, refused: boolean]>([
    ["a write that leaves the encryption to the bucket", "s3:PutObject", {}, false],
    ["a write under our key", "s3:PutObject", { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: OURS }, false],
    ["a read", "s3:GetObject", {}, false],
    ["a write under aws:kms without a key", "s3:PutObject", { [SSE]: "aws:kms" }, true],
    ["a write under another key", "s3:PutObject", { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: "other" }, true],
    ["a write under another key, named alone", "s3:PutObject", { [`${SSE}-aws-kms-key-id`]: "other" }, true],
    ["a write under S3's own key", "s3:PutObject", { [SSE]: "AES256" }, true],
    ["a read without TLS", "s3:GetObject", { "aws:SecureTransport": "false" }, true],
    ["a read by TLS 1.1", "s3:GetObject", { "s3:TlsVersion": "1.1" }, true],
    ["another account", "s3:GetObject", { "aws:PrincipalAccount": "999999999999" }, true],
    ["nobody in particular", "s3:GetObject", { "aws:PrincipalAccount": undefined }, true],
  ])("%s", (_, action, keys, refused) => {
    const request = Object.fromEntries(
      Object.entries({ ...good, ...keys }).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    const statements = BucketPolicy!.Properties["PolicyDocument"].Statement as Record<string, any>[];
    expect(statements.some((statement) => refuses(statement, action, request))).toBe(refused);
  });

  it("hands on what the config and Pulumi ask for", () => {
    expect(Object.keys(template.Outputs)).toEqual(["Bucket", "Key", "Login", "SecretsProvider"]);
    const guide = read("docs/guides/aws.md");
    expect(Object.keys(template.Outputs).filter((name) => !guide.includes(`state ${name}`))).toEqual([]);
  });
});
