import { expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const NAT = "aws:ec2/natGateway:NatGateway";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";

describeRule("COST-04", [
  {
    what: "a database that grows to 64 TiB",
    layer: "foundation",
    resource: "tracking-database",
    change: (inputs) => (inputs.maxAllocatedStorage = 65_536),
    says: "foundation-prod/tracking-database: 'maxAllocatedStorage' must be at most 4096, got '65536'",
    unknown: "maxAllocatedStorage",
  },
  {
    what: "nodes with disks of 16,000 operations a second",
    layer: "platform",
    resource: "system-nodes-template",
    change: (inputs) => (inputs.blockDeviceMappings[0].ebs.iops = "16000"),
    says: "platform-prod/system-nodes-template: 'blockDeviceMappings.0.ebs.iops' must be at most 12000, got '16000'",
    unknown: "blockDeviceMappings.0.ebs.iops",
  },
]);

it.each<[string, object, string[]]>([
  ["aws:ebs/volume:Volume", { size: 100, iops: 3_000, throughput: 125 }, []],
  ["aws:ebs/volume:Volume", { size: "8192", throughput: 1_000 }, ["throughput: 1000", "size: 8192"]],
  ["aws:ec2/instance:Instance", { rootBlockDevice: { iops: 64_000 } }, ["rootBlockDevice.iops: 64000"]],
  ["aws:ec2/instance:Instance", { ebsBlockDevices: [{}, { volumeSize: 9_000 }] }, ["ebsBlockDevices.1.volumeSize: 9000"]],
  [NODE_CLASS, { spec: { blockDeviceMappings: [{ ebs: { volumeSize: "500Gi" } }] } }, []],
  [
    NODE_CLASS,
    { spec: { blockDeviceMappings: [{ ebs: { volumeSize: "16Ti" } }] } },
    ["spec.blockDeviceMappings.0.ebs.volumeSize: 16Ti"],
  ],
  ["aws:efs/fileSystem:FileSystem", { provisionedThroughputInMibps: 1_024 }, ["provisionedThroughputInMibps: 1024"]],
  ["aws:dynamodb/table:Table", { readCapacity: 40_000 }, ["readCapacity: 40000"]],
  ["aws:kinesis/stream:Stream", { shardCount: 400 }, ["shardCount: 400"]],
  ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 731 }, []],
  ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 3_653 }, ["retentionInDays: 3653"]],
  [ENDPOINT, { serviceName: "com.amazonaws.eu-north-1.s3", vpcEndpointType: "Gateway" }, []],
  [ENDPOINT, { serviceName: "com.amazonaws.eu-north-1.dynamodb", vpcEndpointType: "Interface" }, ["vpcEndpointType: Interface"]],
  ["aws:ebs/volume:Volume", { size: null, iops: "many", throughput: [] }, []],
])("COST-04 %s %j: %j", (type, inputs, said) => {
  expect(found("COST-04", of(type, "x", inputs)).sort()).toEqual([...said].sort());
});

it("COST-04 refuses what is there already, and nothing that nobody knows yet", () => {
  const endpoint = (vpcId: string) =>
    of(ENDPOINT, "e", { vpcId, serviceName: "com.amazonaws.eu-north-1.kms", vpcEndpointType: "Interface" });
  const gateway = (subnetId: string) => of(NAT, "n", { subnetId });
  expect(found("COST-04", [endpoint("vpc-1"), endpoint("vpc-2"), gateway("subnet-1"), gateway("subnet-2")])).toEqual([]);
  expect(found("COST-04", [endpoint("vpc-1"), endpoint("vpc-1")])).toEqual(["serviceName: com.amazonaws.eu-north-1.kms"]);
  expect(found("COST-04", [gateway("subnet-1"), gateway("subnet-1")])).toEqual(["subnetId: subnet-1"]);
  expect(found("COST-04", [gateway(UNKNOWN), gateway(UNKNOWN)])).toEqual([]);
});

it("COST-04 lets others buy what they need", () => {
  const volume = of("aws:ebs/volume:Volume", "x", { size: 16_384, iops: 64_000 });
  expect(found("COST-04", volume, ruleOf("COST-04").elsewhere)).toEqual([]);
});
