import { describe, expect, it } from "vitest";

import { profiles } from "#stacks/inputs/environments/index";
import { describeRule, found, ruleOf } from "../../harness.ts";
import { resource } from "./samples.ts";

const ALLOWED = "an allowed region (eu-north-1)";

const PROVIDER = "pulumi:providers:aws";

describeRule("RES-01", [
  {
    what: "a stack in another country",
    layer: "foundation",
    resource: "aws",
    type: PROVIDER,
    change: (inputs) => (inputs.region = "us-east-1"),
    says: `foundation-prod/aws: 'region' must be ${ALLOWED}, got 'us-east-1'`,
    unknown: "region",
  },
  {
    what: "a provider that leaves the region to whoever runs it",
    layer: "workloads",
    environment: "staging",
    resource: "aws",
    type: PROVIDER,
    change: (inputs) => delete inputs.region,
    says: "workloads-staging/aws: 'region' must be an allowed region (eu-north-1, eu-central-1), got 'nothing'",
  },
  {
    what: "a bucket in a region of its own",
    layer: "foundation",
    resource: "data",
    type: "aws:s3/bucket:Bucket",
    change: (inputs) => (inputs.region = "cn-north-1"),
    says: `foundation-prod/data: 'region' must be ${ALLOWED}, got 'cn-north-1'`,
    unknown: "region",
  },
  {
    what: "a subnet in a zone of another region",
    layer: "foundation",
    resource: "network-private-a",
    change: (inputs) => (inputs.availabilityZoneId = "euc1-az1"),
    says: "foundation-prod/network-private-a: 'availabilityZoneId' must be a zone of eu-north-1, got 'euc1-az1'",
    unknown: "availabilityZoneId",
  },
]);

describe("RES-01", () => {
  const regions = { regions: ["eu-west-1"] };

  it("allows by default what the profiles allow", () => {
    expect(ruleOf("RES-01")?.parameters).toEqual(
      Object.fromEntries(Object.values(profiles).map(({ name, regions: own }) => [name, { regions: own }])),
    );
  });

  it("accuses the resource where its provider is not to be seen", () => {
    const queue = (provider: object) => found("RES-01", [resource("aws:sqs/queue:Queue", {}, provider)], regions);
    expect(queue({ region: "us-east-1" })).toEqual(["provider.region: us-east-1"]);
    // `AWS_REGION` says it.
    expect(queue({})).toEqual([]);
    expect(queue({ region: "eu-west-1" })).toEqual([]);
  });

  it("accuses what has no provider where the program has one in an allowed region", () => {
    const provider = resource(PROVIDER, { region: "eu-west-1" });
    expect(found("RES-01", [provider, resource("aws:sqs/queue:Queue", {}, {})], regions)).toEqual(["provider.region: nothing"]);
  });

  const us = { region: "us-east-1" };

  it.each<[string, object]>([
    ["aws:acm/certificate:Certificate", {}],
    ["aws:wafv2/webAcl:WebAcl", { scope: "CLOUDFRONT" }],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { namespace: "AWS/Billing" }],
    ["aws:route53/record:Record", {}],
    ["aws:iam/role:Role", {}],
  ])("lets %s %j stand in us-east-1, where AWS wants it, with its provider", (type, inputs) => {
    expect(found("RES-01", [resource(PROVIDER, us), resource(type, inputs, us)], regions)).toEqual([]);
    expect(
      found("RES-01", [resource(PROVIDER, us), resource(type, inputs, us), resource("aws:sqs/queue:Queue", {}, us)], regions),
    ).toEqual(["region: us-east-1"]);
  });

  it.each<[string, object]>([
    ["aws:wafv2/webAcl:WebAcl", { scope: "REGIONAL" }],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { namespace: "AWS/SQS" }],
    ["aws:sqs/queue:Queue", {}],
  ])("lets %s %j stand nowhere else", (type, inputs) => {
    expect(found("RES-01", [resource(type, inputs, us)], regions)).toEqual(["provider.region: us-east-1"]);
  });

  it("asks for no region where none is listed, but for zones of the one there is", () => {
    expect(found("RES-01", [resource("aws:sqs/queue:Queue", {}, us)], { regions: [] })).toEqual([]);
    const subnet = resource("aws:ec2/subnet:Subnet", { availabilityZone: "eu-west-1a" }, us);
    expect(found("RES-01", [subnet], { regions: [] })).toEqual(["availabilityZone: eu-west-1a"]);
  });

  it("does not repeat of each resource what it says of the provider", () => {
    const provider = resource(PROVIDER, us);
    expect(
      found("RES-01", [provider, resource("aws:sqs/queue:Queue", {}, us), resource("aws:sqs/queue:Queue", us, us)], regions),
    ).toEqual(["region: us-east-1"]);
  });

  it.each([
    ["eu-west-1", "euw1-az1"],
    ["ap-southeast-2", "apse2-az3"],
    ["ap-northeast-1", "apne1-az4"],
    ["us-gov-west-1", "usgw1-az1"],
  ])("takes zones of %s by id, such as %s, and no other", (region, zone) => {
    const subnet = (availabilityZoneId: string) => resource("aws:ec2/subnet:Subnet", { availabilityZoneId }, { region });
    expect(found("RES-01", [subnet(zone), subnet(`x${zone}`)], { regions: [region] })).toEqual([`availabilityZoneId: x${zone}`]);
  });

  it("looks at what AWS makes, and at every zone of a list", () => {
    expect(found("RES-01", [resource("kubernetes:core/v1:Service", { region: "us-east-1" }, {})], regions)).toEqual([]);
    const zones = { availabilityZones: ["eu-west-1a", "us-east-1a", "us-east-1b"] };
    expect(found("RES-01", [resource("aws:rds/cluster:Cluster", zones)], regions)).toEqual([
      "availabilityZones: us-east-1a",
      "availabilityZones: us-east-1b",
    ]);
  });
});
