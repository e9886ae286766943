import { describe, expect, it } from "vitest";
import { type Bag, secret, UNKNOWN } from "#engine/values";
import { aws } from "#rehearsal/plugins/providers/aws/provider";
import type { Place } from "#simulation/aws/place";

const place: Place = { account: "111122223333", region: "eu-west-1" };
const subject = (type: string, name = "x") => ({ type, name, urn: `urn:pulumi:dev::millrace::${type}::${name}` });
const seed = new Uint8Array();
const reasons = async (type: string, inputs: Bag) =>
  ((await aws(place).check?.(subject(type), inputs, {}, seed))?.failures ?? []).map(({ reason }) => reason);
const trust = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});
const grant = (resource: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: resource }] });

describe("what AWS would refuse", () => {
  const role = { assumeRolePolicy: trust };
  it.each<[string, Bag, string]>([
    ["aws:s3/bucket:Bucket", { bukcet: "b" }, "unknown argument 'bukcet' of aws:s3/bucket:Bucket; did you mean 'bucket'?"],
    ["aws:s3/bucket:Bucket", { bucket: "A_b" }, "InvalidBucketName: The specified bucket is not valid, got 'A_b'"],
    ["aws:s3/bucket:Bucket", { bucket: "a..b" }, "InvalidBucketName: The specified bucket is not valid, got 'a..b'"],
    ["aws:s3/bucket:Bucket", { bucket: "10.0.0.1" }, "InvalidBucketName: The specified bucket is not valid, got '10.0.0.1'"],
    ["aws:s3/bucket:Bucket", { tags: { "aws:x": "1" } }, "InvalidTag: tag key 'aws:x' is not allowed"],
    ["aws:s3/bucket:Bucket", { region: "eu-wset-1" }, "InvalidRegion: 'eu-wset-1' is not a region of AWS"],
    [
      "aws:s3/bucketVersioning:BucketVersioning",
      { bucket: "b" },
      "missing required argument 'versioningConfiguration' of aws:s3/bucketVersioning:BucketVersioning",
    ],
    [
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      { bucket: "b", rules: [{ id: "a", status: "Enabled", expiration: { dayz: 1 } }] },
      "unknown argument 'rules[0].expiration.dayz' of aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration; did you mean 'days'?",
    ],
    [
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      { bucket: "b", rules: { id: "a" } },
      'argument \'rules\' of aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration must be a list, got {"id":"a"}',
    ],
    [
      "aws:iam/role:Role",
      { ...role, name: "r".repeat(65) },
      `ValidationException: '${"r".repeat(65)}' has 65 characters; the name of aws:iam/role:Role must have 1 to 64`,
    ],
    [
      "aws:iam/role:Role",
      { assumeRolePolicy: "{" },
      "MalformedPolicyDocument: the policy is not valid JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
    ["aws:iam/role:Role", { assumeRolePolicy: grant("x") }, "MalformedPolicyDocument: statement 1 names no Principal"],
    [
      "aws:iam/policy:Policy",
      { policy: grant("x".repeat(6100)) },
      "LimitExceeded: the policy has 6172 characters, aws:iam/policy:Policy takes 6144",
    ],
    [
      "aws:iam/rolePolicy:RolePolicy",
      { role: "r", policy: grant("x".repeat(10_200)) },
      "LimitExceeded: the policy has 10272 characters, aws:iam/rolePolicy:RolePolicy takes 10240",
    ],
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/8" }, "InvalidVpc.Range: '10.0.0.0/8' must be between a /28 and a /16"],
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.300/16" }, "InvalidParameterValue: '10.0.0.300/16' is not a valid CIDR block"],
    [
      "aws:ec2/vpc:Vpc",
      { cidrBlock: "10.0.1.0/16" },
      "InvalidParameterValue: '10.0.1.0/16' is not a network: its address has bits set beyond /16",
    ],
    [
      "aws:ec2/subnet:Subnet",
      { vpcId: "vpc-1", availabilityZone: "us-east-1a" },
      "InvalidParameterValue: 'us-east-1a' is not a zone of eu-west-1",
    ],
    [
      "aws:ec2/subnet:Subnet",
      { vpcId: "vpc-1", availabilityZoneId: "eun1-az1" },
      "InvalidParameterValue: 'eun1-az1' is not the id of a zone of eu-west-1",
    ],
    [
      "aws:ec2/subnet:Subnet",
      { vpcId: "vpc-1", availabilityZoneId: "euw1-az9" },
      "InvalidParameterValue: 'euw1-az9' is not the id of a zone of eu-west-1",
    ],
    ["aws:ec2/launchTemplate:LaunchTemplate", { instanceType: "g6e.xlarge" }, "Unsupported: g6e.xlarge is not sold in eu-west-1"],
    [
      "aws:eks/nodeGroup:NodeGroup",
      {
        clusterName: "c",
        nodeRoleArn: "arn:aws:iam::111111111111:role/n",
        subnetIds: ["subnet-1"],
        scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
        instanceTypes: ["m7i.large", "p5.48xlarge"],
      },
      "Unsupported: p5.48xlarge is not sold in eu-west-1",
    ],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.r7g.large", region: "eu-west-3", identifier: "db1" },
      "InvalidParameterCombination: RDS does not sell db.r7g.large in eu-west-3",
    ],
    ["aws:kms/key:Key", { deletionWindowInDays: 3 }, "ValidationException: a key waits 7 to 30 days, got 3"],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.t4g.micro", identifier: "1db" },
      expect.stringContaining("the parameter must begin with a letter"),
    ],
  ])("%# %s", async (type, inputs, sentence) => {
    expect(await reasons(type, inputs)).toEqual([sentence]);
  });

  it("is never a value that is not known yet", async () => {
    expect(
      await reasons("aws:ec2/subnet:Subnet", { vpcId: UNKNOWN, cidrBlock: UNKNOWN, availabilityZone: UNKNOWN, tags: UNKNOWN }),
    ).toEqual([]);
    expect(await reasons("aws:iam/role:Role", { assumeRolePolicy: UNKNOWN, name: UNKNOWN })).toEqual([]);
    expect(await reasons("aws:rds/instance:Instance", { instanceClass: "db.t4g.micro", identifier: UNKNOWN })).toEqual([]);
  });

  it("is looked for inside secrets too", async () => {
    expect(await reasons("aws:s3/bucket:Bucket", { bucket: secret("A") })).toEqual([
      "ValidationException: 'A' has 1 characters; the name of aws:s3/bucket:Bucket must have 3 to 63",
    ]);
  });
});
