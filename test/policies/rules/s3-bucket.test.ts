import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import { type Resource, readable, UNKNOWN_STRING } from "#policies/resource";

const resource = (type: string, name: string, inputs: object, own: Partial<Resource> = {}): Resource => ({
  type,
  name,
  address: `s/${name}`,
  inputs: readable(inputs),
  protect: true,
  ignoreChanges: [],
  parent: "",
  dependencies: [],
  provider: { allowedAccountIds: '["111111111111"]' },
  ...own,
});
const verdict = (id: string, ...resources: Resource[]) =>
  evaluate(resources, {
    rules: RULES.filter((rule) => rule.id === id),
    environment: "prod",
    exceptions: [],
    today: "2026-11-21",
  });
const faults = (id: string, ...resources: Resource[]): string[] => verdict(id, ...resources).violations.map(sentence);

describe("a bucket of any program", () => {
  const kms = { sseAlgorithm: "aws:kms", kmsMasterKeyId: "k" };

  it.each<[string, object]>([
    [
      "S3-02",
      { serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: kms, bucketKeyEnabled: true } } },
    ],
    [
      "S3-02",
      {
        serverSideEncryptionConfigurations: [{ rules: [{ applyServerSideEncryptionByDefaults: [kms], bucketKeyEnabled: true }] }],
      },
    ],
    ["S3-03", { versioning: { enabled: true } }],
    ["S3-03", { versionings: [{ enabled: true }] }],
    [
      "S3-04",
      {
        policy: {
          Statement: [{ Bool: { "aws:SecureTransport": false } }, { NumericLessThan: { "s3:TlsVersion": 1.2 } }].map(
            (Condition) => ({ Effect: "Deny", Principal: { AWS: "*" }, Action: "s3:*", Resource: ["a", "a/*"], Condition }),
          ),
        },
      },
    ],
  ])("keeps %s by %j", (id, inputs) => {
    expect(faults(id, resource("aws:s3/bucket:Bucket", "b", inputs))).toEqual([]);
    expect(faults(id, resource("aws:s3/bucketV2:BucketV2", "b", inputs))).toEqual([]);
    expect(faults(id, resource("aws:s3/bucket:Bucket", "b", {}))).toHaveLength(1);
  });

  it("has what stands beside it by its name, where nothing waits for anything", () => {
    const sides = (bucket: string) => [
      resource("aws:s3/bucket:Bucket", "b", { bucket: "acme-features" }),
      resource("aws:s3/bucketVersioningV2:BucketVersioningV2", "v", { bucket, versioningConfiguration: { status: "Enabled" } }),
    ];
    expect(faults("S3-03", ...sides("acme-features"))).toEqual([]);
    expect(faults("S3-03", ...sides("acme-models"))).toHaveLength(1);
  });

  it("is told of although another one cannot be decided yet, which alone leaves the rule open", () => {
    const unknown = resource("aws:s3/bucket:Bucket", "u", { policy: UNKNOWN_STRING });
    const open = resource("aws:s3/bucket:Bucket", "o", {});
    expect(faults("S3-04", unknown, open)).toEqual(["S3-04 s/o: 'policy' must be closed to all but TLS, got 'plain HTTP'"]);
    expect(verdict("S3-04", unknown).open.map(({ path }) => path)).toEqual(["policy"]);
  });

  it("has of two policies that wait for it the one of its own component", () => {
    const bucket = (name: string) => resource("aws:s3/bucket:Bucket", name, {}, { parent: name });
    const ownership = (name: string, dependencies: string[], objectOwnership: string) =>
      resource(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        name,
        { rule: { objectOwnership } },
        { parent: name, dependencies },
      );
    expect(
      faults(
        "S3-07",
        bucket("a"),
        bucket("b"),
        ownership("a", ["a", "b"], "ObjectWriter"),
        ownership("b", ["b"], "BucketOwnerEnforced"),
      ),
    ).toEqual(["S3-07 s/a: 'rule.objectOwnership' must be BucketOwnerEnforced, got 'ObjectWriter'"]);
  });

  it.each<[string, object]>([
    ["our own account", { Principal: { AWS: "arn:aws:iam::111111111111:role/reader" } }],
    ["a service", { Principal: { Service: "logging.s3.amazonaws.com" } }],
    ["our organisation", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }],
    ["our endpoint", { Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:sourceVpce": ["vpce-1"] } } }],
    ["principals of our account", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "111111111111" } } }],
  ])("lets in %s", (_, statement) => {
    const document = JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement } });
    expect(faults("S3-06", resource("aws:s3/bucketPolicy:BucketPolicy", "p", { policy: document }))).toEqual([]);
  });
});
