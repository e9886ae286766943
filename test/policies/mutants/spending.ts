import { added, aws, type StackMutant, welcome } from "./mutant.ts";

const GROUP = aws("foundation", "cloudwatch/logGroup:LogGroup", "ci-runner-log");
const DATABASE = aws("foundation", "rds/instance:Instance", "tracking-database");
const DISK = aws("platform", "ec2/launchTemplate:LaunchTemplate", "system-nodes-template");
const lifecycle = (bucket: string) =>
  aws("foundation", "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", `${bucket}-lifecycle`);
const tags = {
  owner: "ml-platform@example.com",
  "cost-center": "ml-platform",
  environment: "prod",
  "data-classification": "internal",
  "managed-by": "pulumi",
  release: "1",
};
const endpoint = (service: string, subnetIds: string[], rest: object = {}) => ({
  vpcId: "vpc-bc11f169654805448",
  serviceName: `com.amazonaws.eu-north-1.${service}`,
  vpcEndpointType: "Interface",
  privateDnsEnabled: true,
  subnetIds,
  securityGroupIds: ["sg-301b80c8c6ee1348a"],
  tags,
  ...rest,
});
const volume = (rest: object) => ({
  availabilityZone: "eu-north-1a",
  size: 100,
  type: "gp3",
  encrypted: true,
  kmsKeyId: "arn:aws:kms:eu-north-1:333333333333:key/7dd548f8-e56f-4977-5739-e7543cf7ae27",
  tags,
  ...rest,
});
const nodes = (ebs: object) => (inputs: any) => {
  Object.assign(inputs["blockDeviceMappings"][0].ebs, ebs);
};
const more = (what: string, type: string, inputs: object): StackMutant => added("foundation", `aws:${type}`, what, { ...inputs });
const spare = (what: string, type: string, inputs: object): StackMutant =>
  welcome("foundation", `aws:${type}`, what, { ...inputs });

/** What costs money by the hour or by the byte, without a purpose. */
export const SPENDING: readonly StackMutant[] = [
  more("a fourth NAT gateway", "ec2/natGateway:NatGateway", {
    allocationId: "eipalloc-x",
    subnetId: "subnet-9cde0079ff966dc07",
    tags,
  }),
  more(
    "an endpoint that exists already",
    "ec2/vpcEndpoint:VpcEndpoint",
    endpoint("kms", ["subnet-2ae8a3580ab48a36f"], { privateDnsEnabled: false }),
  ),
  more(
    "an endpoint of S3 that costs by the byte",
    "ec2/vpcEndpoint:VpcEndpoint",
    endpoint("s3", ["subnet-2ae8a3580ab48a36f"], { privateDnsEnabled: false }),
  ),
  more(
    "an endpoint of DynamoDB that costs by the byte",
    "ec2/vpcEndpoint:VpcEndpoint",
    endpoint("dynamodb", ["subnet-2ae8a3580ab48a36f"], { privateDnsEnabled: false }),
  ),
  GROUP.bad("a log for ever", (inputs) => {
    delete inputs["retentionInDays"];
  }),
  GROUP.bad("a log for ever, as a number", (inputs) => {
    inputs["retentionInDays"] = 0;
  }),
  GROUP.bad("a log of ten years", (inputs) => {
    inputs["retentionInDays"] = 3653;
  }),
  more("a log of a function for ever", "cloudwatch/logGroup:LogGroup", {
    name: "/aws/lambda/x",
    kmsKeyId: "arn:aws:kms:eu-north-1:333333333333:key/1",
    tags,
  }),
  lifecycle("logs").removed("logs that stay for ever"),
  lifecycle("data").removed("old versions of data that stay for ever"),
  lifecycle("artifacts").removed("old versions of artifacts that stay for ever"),
  lifecycle("models").removed("old versions of models that stay for ever"),
  lifecycle("audit").bad("evidence that stays for ever", (inputs) => {
    inputs["rules"].pop();
  }),
  lifecycle("logs").bad("logs that stay for ever, by a switched-off rule", (inputs) => {
    inputs["rules"][1].status = "Disabled";
  }),
  lifecycle("data").bad("old versions of data that stay for years", (inputs) => {
    inputs["rules"][0].noncurrentVersionExpiration.noncurrentDays = 3650;
  }),
  lifecycle("data").bad("parts of uploads that stay for ever", (inputs) => {
    delete inputs["rules"][0].abortIncompleteMultipartUpload;
  }),
  DATABASE.bad("a database with far too many operations a second", (inputs) => {
    Object.assign(inputs, { storageType: "io2", iops: 64_000 });
  }),
  DATABASE.bad("a database with far too much throughput", (inputs) => {
    Object.assign(inputs, { storageType: "gp3", allocatedStorage: 400, iops: 12_000, storageThroughput: 4_000 });
  }),
  DATABASE.bad("a database that grows to 64 TiB", (inputs) => {
    inputs["maxAllocatedStorage"] = 65_536;
  }),
  DISK.bad("nodes with disks of 80,000 operations a second", nodes({ volumeType: "io2", iops: 80_000 })),
  DISK.bad("nodes with disks of 16,000 operations a second, as text", nodes({ iops: "16000" })),
  DISK.bad("nodes with disks of 2,000 MiB a second", nodes({ throughput: 2_000 })),
  DISK.bad("nodes with disks of 16 TiB", nodes({ volumeSize: 16_384 })),
  more("a disk of 80,000 operations a second", "ebs/volume:Volume", volume({ type: "io2", iops: 80_000 })),
  more("a disk of 32 TiB", "ebs/volume:Volume", volume({ size: 32_768 })),
  more("a file system with a gigabyte a second", "efs/fileSystem:FileSystem", {
    encrypted: true,
    kmsKeyId: "arn:aws:kms:eu-north-1:333333333333:key/7dd548f8-e56f-4977-5739-e7543cf7ae27",
    throughputMode: "provisioned",
    provisionedThroughputInMibps: 1024,
    tags,
  }),
  more("a table with 40,000 reads a second", "dynamodb/table:Table", {
    attributes: [{ name: "id", type: "S" }],
    hashKey: "id",
    billingMode: "PROVISIONED",
    readCapacity: 40_000,
    writeCapacity: 40_000,
    deletionProtectionEnabled: true,
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:eu-north-1:333333333333:key/1" },
    tags,
  }),

  GROUP.harmless("a log of two years", (inputs) => {
    inputs["retentionInDays"] = 731;
  }),
  DISK.harmless("nodes with disks of the least speed", nodes({ iops: 3_000, throughput: 125 })),
  DISK.harmless("nodes with disks of a little more speed", nodes({ iops: 6_000, throughput: "250" })),
  DATABASE.harmless("a database with room for more", (inputs) => {
    inputs["maxAllocatedStorage"] = 1_000;
  }),
  spare("a disk with some speed", "ebs/volume:Volume", volume({ iops: 4_000 })),
];
