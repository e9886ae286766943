import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { placeIn } from "#promotion/ledger/place";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { read } from "../docs/pages.ts";
import { accountOf } from "../iam/account.ts";
import { type Context, lets } from "../iam/evaluate.ts";

const BUCKET = "arn:aws:s3:::millrace-ledger-999999999999-eu-west-1";
const NUMBERS: Record<string, string> = { Dev: "111111111111", Staging: "222222222222", Prod: "333333333333" };

/** CloudFormation's short forms, filled in. */
const FORMS: Record<string, (text: string) => string> = {
  "!Ref": (name) => NUMBERS[name] ?? name,
  "!Sub": (text) =>
    text.replace("${Bucket.Arn}", BUCKET).replace("${Bucket}", "millrace-ledger").replace("${AWS::Region}", "eu-west-1"),
  "!GetAtt": (name) => (name === "Bucket.Arn" ? BUCKET : name),
};
const template = parse(read("scripts/ledger-bucket.yaml"), {
  customTags: Object.entries(FORMS).map(([tag, resolve]) => ({ tag, resolve })),
}) as {
  Resources: Record<string, { DeletionPolicy?: string; Properties: Record<string, any> }>;
  Outputs: Record<string, { Value: string }>;
};
const { Bucket, BucketPolicy, Key } = template.Resources;

describe("the bucket of the ledger", () => {
  it("keeps every version for years, encrypted under its own key, private, and outlives its stack", () => {
    const {
      VersioningConfiguration,
      ObjectLockEnabled,
      ObjectLockConfiguration,
      PublicAccessBlockConfiguration,
      LifecycleConfiguration,
    } = Bucket!.Properties;
    expect(VersioningConfiguration).toEqual({ Status: "Enabled" });
    expect(ObjectLockEnabled).toBe(true);
    expect(ObjectLockConfiguration.Rule.DefaultRetention.Mode).toBe("COMPLIANCE");
    // A chain that loses its first records is broken.
    expect(LifecycleConfiguration).toBeUndefined();
    expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(Key!.Properties["EnableKeyRotation"]).toBe(true);
    expect([Bucket, BucketPolicy, Key].map((each) => each!.DeletionPolicy)).toEqual(["Retain", "Retain", "Retain"]);
  });

  const NEW: Context = { "s3:if-none-match": "*" };
  const SSE = "s3:x-amz-server-side-encryption";
  const record = (environment: string): string => `${BUCKET}/${environment}/00000001.json`;
  // Whoever asks may do everything by the policies of their own account: what stops them is the bucket's policy.
  it.each<[what: string, of: EnvironmentName, action: string, resource: string, context: Context, taken: boolean]>([
    ["a new record", "prod", "s3:PutObject", record("prod"), NEW, true],
    ["a record that may replace another one", "prod", "s3:PutObject", record("prod"), {}, false],
    ["a new record under AWS's key", "prod", "s3:PutObject", record("prod"), { ...NEW, [SSE]: "aws:kms" }, false],
    [
      "a new record under a key of theirs",
      "prod",
      "s3:PutObject",
      record("prod"),
      { ...NEW, [`${SSE}-aws-kms-key-id`]: "arn:aws:kms:eu-west-1:333333333333:key/x" },
      false,
    ],
    ["a new record without TLS", "prod", "s3:PutObject", record("prod"), { ...NEW, "aws:SecureTransport": "false" }, false],
    ["a deletion", "prod", "s3:DeleteObject", record("prod"), {}, false],
    ["a deletion of a version", "prod", "s3:DeleteObjectVersion", record("prod"), {}, false],
    ["a read", "prod", "s3:GetObject", record("prod"), {}, true],
    ["a read of what ran before", "prod", "s3:GetObject", record("staging"), {}, true],
    ["a list of versions", "dev", "s3:ListBucketVersions", BUCKET, {}, true],
    ["a read by TLS 1.1", "dev", "s3:GetObject", record("dev"), { "s3:TlsVersion": "1.1" }, false],
  ])("%s by %s", async (_, of, action, resource, context, taken) => {
    const account = await accountOf(of);
    const role = `arn:aws:iam::${account.number}:role/somebody`;
    expect(account.number).toBe(Object.values(NUMBERS)[ENVIRONMENTS.indexOf(of)]);
    const policy = BucketPolicy!.Properties["PolicyDocument"] as object;
    expect(await lets(account, policy, role, { action, resource, context })).toBe(taken);
  });

  it("gives another account what its own environment needs, and nothing of the others", () => {
    const adds = (BucketPolicy!.Properties["PolicyDocument"].Statement as Record<string, any>[]).filter(
      ({ Effect, Action }) => Effect === "Allow" && Action === "s3:PutObject",
    );
    expect(adds.map(({ Principal, Resource }) => [Principal.AWS, Resource])).toEqual([
      ["111111111111", `${BUCKET}/dev/*`],
      ["222222222222", `${BUCKET}/staging/*`],
      ["333333333333", `${BUCKET}/prod/*`],
    ]);
  });

  it("hands on what the config and the ledger ask for", () => {
    expect(Object.keys(template.Outputs)).toEqual(["Bucket", "Key", "Ledger"]);
    expect(placeIn(template.Outputs["Ledger"]!.Value, "the ledger")).toMatchObject({
      bucket: "millrace-ledger",
      prefix: "",
      region: "eu-west-1",
    });
    const guide = read("docs/guides/aws.md");
    expect(Object.keys(template.Outputs).filter((name) => !guide.includes(`ledger ${name}`))).toEqual([]);
  });
});
