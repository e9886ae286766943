import { afterEach, describe, expect, it, vi } from "vitest";
import { aws } from "#rehearsal/plugins/providers/aws/provider";
import { awsCall, awsOutputs } from "#simulation/aws/outputs";
import type { Place } from "#simulation/aws/place";

const place: Place = { account: "111122223333", region: "eu-west-1" };

afterEach(() => vi.unstubAllEnvs());

describe("awsOutputs", () => {
  it.each([
    [
      "aws:s3/bucket:Bucket",
      { bucket: "b" },
      { id: "b", arn: "arn:aws:s3:::b", bucketRegionalDomainName: "b.s3.eu-west-1.amazonaws.com" },
    ],
    ["aws:s3/bucketVersioning:BucketVersioning", { bucket: "b" }, { id: "b" }],
    ["aws:iam/role:Role", { name: "r", path: "/ci/" }, { id: "r", arn: "arn:aws:iam::111122223333:role/ci/r" }],
    ["aws:iam/policy:Policy", { name: "p" }, { id: "arn:aws:iam::111122223333:policy/p" }],
    [
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      { url: "https://token.actions.githubusercontent.com" },
      { arn: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
    ],
    [
      "aws:sqs/queue:Queue",
      { name: "q" },
      { id: "https://sqs.eu-west-1.amazonaws.com/111122223333/q", arn: "arn:aws:sqs:eu-west-1:111122223333:q" },
    ],
    ["aws:ecr/repository:Repository", { name: "a/b" }, { repositoryUrl: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/a/b" }],
    ["aws:cloudwatch/eventTarget:EventTarget", { rule: "r", targetId: "t" }, { id: "r-t" }],
    [
      "aws:ec2/subnet:Subnet",
      { availabilityZone: "eu-west-1b" },
      { id: expect.stringMatching(/^subnet-[0-9a-f]{17}$/), availabilityZoneId: "euw1-az2" },
    ],
    [
      "aws:ec2/subnet:Subnet",
      { availabilityZoneId: "euw1-az3" },
      { availabilityZone: "eu-west-1c", availabilityZoneId: "euw1-az3" },
    ],
    [
      "aws:kms/key:Key",
      {},
      { arn: expect.stringMatching(/^arn:aws:kms:eu-west-1:111122223333:key\/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/) },
    ],
    ["aws:nova/thing:Thing", { name: "n" }, { id: "n", arn: "arn:aws:nova:eu-west-1:111122223333:thing/n" }],
    [
      "aws:sqs/queue:Queue",
      { name: "q", region: "eu-central-1" },
      { region: "eu-central-1", arn: "arn:aws:sqs:eu-central-1:111122223333:q" },
    ],
  ])("%s %j", (type, inputs, outputs) => {
    expect(awsOutputs(type, "x", inputs, place)).toMatchObject(outputs);
  });

  it("invents a name where the program gives none, the same every time, another for another stack", () => {
    const bucket = (seed?: string) => awsOutputs("aws:s3/bucket:Bucket", "data", {}, { ...place, ...(seed ? { seed } : {}) }).id;
    expect(bucket()).toMatch(/^data-[0-9a-f]{7}$/);
    expect(bucket()).toBe(bucket());
    expect(bucket("urn-1")).not.toBe(bucket("urn-2"));
  });

  it("names the secret of a database whose password RDS manages", () => {
    const { masterUserSecrets, port, endpoint } = awsOutputs(
      "aws:rds/instance:Instance",
      "x",
      { identifier: "tracking", engine: "postgres", manageMasterUserPassword: true },
      place,
    );
    expect(masterUserSecrets[0].secretArn).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-[0-9a-f]{26}-AbCdEf$/,
    );
    expect(port).toBe(5432);
    expect(endpoint).toMatch(/^tracking\.[0-9a-f]{12}\.eu-west-1\.rds\.amazonaws\.com:5432$/);
  });

  it("leads the cluster to the API server of the rehearsal", () => {
    const cluster = () => awsOutputs("aws:eks/cluster:Cluster", "x", { name: "c", vpcConfig: { subnetIds: ["a"] } }, place);
    expect(cluster()["endpoint"]).toMatch(/^https:\/\/[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com$/);
    expect(cluster()["vpcConfig"]).toEqual({
      subnetIds: ["a"],
      clusterSecurityGroupId: expect.any(String),
      vpcId: expect.any(String),
    });
    vi.stubEnv("MILLRACE_REHEARSAL_ENDPOINT", "https://127.0.0.1:6443");
    vi.stubEnv("MILLRACE_REHEARSAL_CA", "Q0E=");
    expect(cluster()["identities"][0].oidcs[0].issuer).toMatch(
      /^https:\/\/oidc\.eks\.eu-west-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
    );
    vi.stubEnv("MILLRACE_REHEARSAL_ISSUER", "https://oidc.example/id/A");
    expect(cluster()["identities"][0].oidcs[0].issuer).toBe("https://oidc.example/id/A");
    expect(cluster()).toMatchObject({ endpoint: "https://127.0.0.1:6443", certificateAuthority: { data: "Q0E=" } });
  });

  it("adds the provider's tags", () => {
    const tagged = awsOutputs(
      "aws:sqs/queue:Queue",
      "q",
      { tags: { a: "1" } },
      { ...place, defaultTags: { owner: "ml", a: "0" } },
    );
    expect(tagged["tagsAll"]).toEqual({ owner: "ml", a: "1" });
  });
});

describe("functions", () => {
  it("knows three zones of a region", () => {
    const token = "aws:index/getAvailabilityZones:getAvailabilityZones";
    expect(awsCall(token, {}, place)?.["names"]).toEqual(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  });

  it("writes policy documents, principals of one type together", () => {
    const principals = ["a", "b"].map((identifier) => ({ type: "AWS", identifiers: [identifier] }));
    const answer = awsCall(
      "aws:iam/getPolicyDocument:getPolicyDocument",
      { statements: [{ actions: ["s3:Get"], principals }] },
      place,
    );
    expect(JSON.parse(answer?.["json"]).Statement).toEqual([
      { Effect: "Allow", Action: "s3:Get", Principal: { AWS: ["a", "b"] } },
    ]);
  });

  it("leaves other questions open, and the provider says so", () => {
    expect(awsCall("aws:nova/getThing:getThing", {}, place)).toBeUndefined();
    expect(() => aws(place).invoke?.("aws:nova/getThing:getThing", {})).toThrow(
      "the simulated AWS has no answer for aws:nova/getThing:getThing",
    );
  });
});
