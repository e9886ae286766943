import { describe, expect, it } from "vitest";
import { ObjectStore, type ObjectStoreArgs } from "#components/storage/object-store";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { objectStore as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const KEY = "arn:aws:kms:eu-west-1:111111111111:key/1";
const all: ObjectStoreArgs = {
  ...minimal,
  lifecycle: [{ prefix: "raw/", expireAfterDays: 94, transition: { afterDays: 30, to: "STANDARD_IA" } }],
  noncurrentDays: 7,
  emitEvents: true,
  forceDestroy: true,
  lockDays: 93,
  accessLogs: { bucketName: "logs", prefix: "access/data" },
};
const store = (args: Partial<ObjectStoreArgs> = {}) => record(() => new ObjectStore("data", { ...minimal, ...args }));
const statements = (graph: Recorded[]): any[] => JSON.parse(named(graph, "data-policy").inputs["policy"]).Statement;

describe("ObjectStore", () => {
  it("states every protection beside the bucket", async () => {
    const graph = await store();
    expect(
      graph
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["data", "data-encryption", "data-lifecycle", "data-owner", "data-policy", "data-private", "data-versions"]);
    expect(named(graph, "data").inputs).toEqual({
      bucketPrefix: "millrace-test-data-",
      forceDestroy: false,
      objectLockEnabled: false,
    });
    expect(named(graph, "data-private").inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(named(graph, "data-owner").inputs["rule"]).toEqual({ objectOwnership: "BucketOwnerEnforced" });
    expect(named(graph, "data-versions").inputs["versioningConfiguration"]).toEqual({ status: "Enabled" });
  });

  it("encrypts with our key through a bucket key, and refuses keys of the caller", async () => {
    expect(named(await store(), "data-encryption").inputs["rules"]).toEqual([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY },
        bucketKeyEnabled: true,
        blockedEncryptionTypes: ["SSE-C"],
      },
    ]);
  });

  it("refuses plain HTTP, old TLS and other keys, but not a request that names no key", async () => {
    const bucket = expect.stringMatching(/^arn:aws:s3:::millrace-test-data-\w+$/);
    const objects = expect.stringMatching(/^arn:aws:s3:::millrace-test-data-\w+\/\*$/);
    const everything = { Effect: "Deny", Principal: "*", Action: ["s3:*"], Resource: [bucket, objects] };
    const writes = { Effect: "Deny", Principal: "*", Action: ["s3:PutObject"], Resource: [objects] };
    const unlike = (header: string, value: string) => ({ Null: { [header]: "false" }, StringNotEquals: { [header]: value } });
    expect(statements(await store())).toEqual([
      { Sid: "TlsOnly", ...everything, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Sid: "ModernTlsOnly", ...everything, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
      { Sid: "KmsOnly", ...writes, Condition: unlike("s3:x-amz-server-side-encryption", "aws:kms") },
      { Sid: "OneKeyOnly", ...writes, Condition: unlike("s3:x-amz-server-side-encryption-aws-kms-key-id", KEY) },
      {
        Sid: "KmsWithKey",
        ...writes,
        Condition: {
          Null: {
            "s3:x-amz-server-side-encryption": "false",
            "s3:x-amz-server-side-encryption-aws-kms-key-id": "true",
          },
        },
      },
    ]);
  });

  it.each(["bucketName", "bucketArn"] as const)("hands out its %s only after its policy", async (output) => {
    const graph = await record(() => {
      const data = new ObjectStore("data", minimal);
      new ObjectStore("reader", { ...minimal, accessLogs: { bucketName: data[output], prefix: "x" } });
    });
    expect(named(graph, "reader-access-log").dependencies).toContain("data-policy");
  });

  it("cleans up behind every object and lets prefixes age", async () => {
    const graph = await store(all);
    expect(named(graph, "data-lifecycle").dependencies).toContain("data-versions");
    expect(named(graph, "data-lifecycle").inputs["rules"]).toEqual([
      {
        id: "housekeeping",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        noncurrentVersionExpiration: { noncurrentDays: 7 },
        expiration: { expiredObjectDeleteMarker: true },
      },
      {
        id: "prefix:raw/",
        status: "Enabled",
        filter: { prefix: "raw/" },
        transitions: [{ days: 30, storageClass: "STANDARD_IA" }],
        expiration: { days: 94 },
      },
    ]);
  });

  it("keeps everything, and replaced versions for 30 days, unless told otherwise", async () => {
    const rules = named(await store(), "data-lifecycle").inputs["rules"];
    expect(rules).toHaveLength(1);
    expect(rules[0].noncurrentVersionExpiration).toEqual({ noncurrentDays: 30 });
  });

  it("locks, logs and sends events where the arguments say so", async () => {
    const graph = await store(all);
    expect(named(graph, "data").inputs).toMatchObject({ objectLockEnabled: true, forceDestroy: true });
    expect(named(graph, "data-lock").inputs["rule"]).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 93 } });
    expect(named(graph, "data-access-log").inputs).toMatchObject({
      targetBucket: "logs",
      targetPrefix: "access/data/",
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
    });
    expect(named(graph, "data-events").inputs["eventbridge"]).toBe(true);
  });

  it("locks in compliance mode and tags its classification where the arguments say so", async () => {
    const graph = await store({ lockDays: 365, lockMode: "compliance", classification: "pii" });
    expect(named(graph, "data-lock").inputs["rule"]).toEqual({ defaultRetention: { mode: "COMPLIANCE", days: 365 } });
    expect(named(graph, "data").inputs["tags"]).toEqual({ "data-classification": "pii" });
  });

  it.each<[Partial<ObjectStoreArgs>, string]>([
    [{ lockMode: "compliance" }, "'lockMode' must be left out where there are no lockDays, got 'compliance'"],
    [{ lockDays: 0 }, "'lockDays' must be a whole number of at least 1, got '0'"],
    [{ noncurrentDays: 0.5 }, "'noncurrentDays' must be a whole number of at least 1, got '0.5'"],
    [{ bucketPrefix: "Data" }, "'bucketPrefix' must be lower-case letters, digits and hyphens, got 'Data'"],
    [
      { bucketPrefix: "b".repeat(37) },
      `'bucketPrefix' must be at most 36 characters long, so that the bucket's name fits S3 with its suffix, got '${"b".repeat(37)}'`,
    ],
    [{ lifecycle: [{ prefix: "raw/" }, { prefix: "raw/" }] }, "'lifecycle prefixes' must be distinct, got 'raw/'"],
    [
      { lifecycle: [{ prefix: "raw/", expireAfterDays: 0 }] },
      "'lifecycle 'raw/' expireAfterDays' must be a whole number of at least 1, got '0'",
    ],
    [
      { lifecycle: [{ prefix: "raw/", transition: { afterDays: 29, to: "STANDARD_IA" } }] },
      "'lifecycle 'raw/' transition.afterDays' must be a whole number of at least 30, got '29'",
    ],
    [
      { lifecycle: [{ prefix: "raw/", transition: { afterDays: 30, to: "STANDARD_IA" }, expireAfterDays: 30 }] },
      "'lifecycle 'raw/' expireAfterDays' must be later than the transition after 30 days, got '30'",
    ],
    [
      { lockDays: 93, lifecycle: [{ prefix: "", expireAfterDays: 93 }] },
      "'lifecycle '' expireAfterDays' must be later than the lock of 93 days, got '93'",
    ],
    [
      {
        deliveries: [
          { log: "flow", prefix: "a", account: "1", region: "r" },
          { log: "flow", prefix: "b", account: "1", region: "r" },
        ],
      },
      "'deliveries' must be distinct, got 'flow'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ObjectStore("data", { ...minimal, ...args }))).toBe(message);
  });
});
