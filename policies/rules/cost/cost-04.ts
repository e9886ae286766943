import { DB_CLUSTER, DB_INSTANCE, LAUNCH_TEMPLATE, LOG_GROUP, VPC_ENDPOINT } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { list, number, shown, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** The most that one disk, database, table, stream or log may have. */
interface Most {
  /** Operations a second of a disk or database. */
  iops: number;
  /** MiB a second of a disk, database or file system. */
  throughput: number;
  gib: number;
  /** Reads, or writes, a second of a table. */
  capacity: number;
  /** Parts of a stream, or copies of a function, that are paid for whether anybody calls or not. */
  units: number;
  /** Days for which a log is kept in CloudWatch, the dearest place for it. */
  logDays: number;
}

const ENOUGH: Most = { iops: 12_000, throughput: 500, gib: 4_096, capacity: 4_000, units: 50, logDays: 1_096 };
const ANY: Most = {
  iops: Number.POSITIVE_INFINITY,
  throughput: Number.POSITIVE_INFINITY,
  gib: Number.POSITIVE_INFINITY,
  capacity: Number.POSITIVE_INFINITY,
  units: Number.POSITIVE_INFINITY,
  logDays: Number.POSITIVE_INFINITY,
};

/** Properties by what they count. */
type Sizes = Readonly<Record<string, keyof Most>>;

const DISK: Sizes = { iops: "iops", throughput: "throughput", volumeSize: "gib" };
const DATABASE: Sizes = { iops: "iops", storageThroughput: "throughput", allocatedStorage: "gib", maxAllocatedStorage: "gib" };

const SIZES: Readonly<Record<string, Sizes>> = {
  "aws:dynamodb/table:Table": { readCapacity: "capacity", writeCapacity: "capacity" },
  "aws:ebs/volume:Volume": { iops: "iops", throughput: "throughput", size: "gib" },
  "aws:efs/fileSystem:FileSystem": { provisionedThroughputInMibps: "throughput" },
  "aws:kinesis/stream:Stream": { shardCount: "units" },
  "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": { provisionedConcurrentExecutions: "units" },
  [DB_CLUSTER]: DATABASE,
  [DB_INSTANCE]: DATABASE,
  [LOG_GROUP]: { retentionInDays: "logDays" },
};

/** Where resources have disks inside: the list, and the path to a disk in one of its entries. */
const DISKS: Readonly<Record<string, readonly (readonly [list: readonly string[], inside: readonly string[]])[]>> = {
  "aws:ec2/instance:Instance": [[["ebsBlockDevices"], []]],
  [LAUNCH_TEMPLATE]: [[["blockDeviceMappings"], ["ebs"]]],
  [NODE_CLASS]: [[["spec", "blockDeviceMappings"], ["ebs"]]],
};
const ROOT = "rootBlockDevice";

const NAT = "aws:ec2/natGateway:NatGateway";

export const COST_04 = stackRule<Most>({
  id: "COST-04",
  title: "Disks, databases, tables and logs are as large and as fast as their purpose, and nothing is paid for twice",
  severity: "low",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Lower `iops`, `throughput`, the size or `retentionInDays`. Make one NAT gateway a subnet and one endpoint a service, of type `Gateway` for S3 and DynamoDB. The parameters are the most that one of them may have.",
  parameters: { dev: ENOUGH, staging: ENOUGH, prod: ENOUGH },
  // What others need is not known here.
  elsewhere: ANY,
  types: [...Object.keys(SIZES), ...Object.keys(DISKS), NAT, VPC_ENDPOINT],
  relate: (resources, most) =>
    together(
      () => ofEach(resources, (resource) => tooMuch(resource, most)),
      () => ofEach(resources, byTheByte),
      () => twice(resources, NAT, "subnetId", ["subnetId"]),
      () => twice(resources, VPC_ENDPOINT, "serviceName", ["vpcId", "serviceName"]),
    ),
});

function tooMuch(resource: Resource, most: Most): Finding[] {
  const { type, inputs } = resource;
  const own = Object.entries(SIZES[type] ?? {}).map(([key, kind]): [string[], keyof Most] => [[key], kind]);
  const inside = [
    ...(DISKS[type] ?? []).flatMap(([path, rest]) =>
      list(inputs, ...path).flatMap((_, index) => ofDisk([...path, String(index), ...rest])),
    ),
    ...(type === "aws:ec2/instance:Instance" ? ofDisk([ROOT]) : []),
  ];
  return together(
    [...own, ...inside].map(([path, kind]) => () => {
      const got = text(inputs, ...path);
      return unless(!(sizeOf(got, kind) > most[kind]), {
        resource,
        property: path.join("."),
        got: shown(got),
        want: `at most ${most[kind]}`,
      });
    }),
  );
}

const ofDisk = (path: string[]): [string[], keyof Most][] => Object.entries(DISK).map(([key, kind]) => [[...path, key], kind]);

/** Karpenter takes a size as a quantity of Kubernetes, `100Gi`. Text of another kind is left to AWS. */
const sizeOf = (got: string | undefined, kind: keyof Most): number =>
  kind === "gib" && /[a-z]/i.test(got ?? "") ? (amountOf(got) ?? 0) / 2 ** 30 : (number({ got }, "got") ?? 0);

/** Gateways to both are free (VPC user guide, "Gateway endpoints"). */
function byTheByte(resource: Resource): Fault[] {
  const { type, inputs } = resource;
  const kind = text(inputs, "vpcEndpointType") ?? "Gateway";
  const isFree = type === VPC_ENDPOINT && /\.(s3|dynamodb)$/.test(text(inputs, "serviceName") ?? "");
  return unless(!isFree || kind === "Gateway", {
    resource,
    property: "vpcEndpointType",
    got: kind,
    want: "Gateway, which is free",
  });
}

/** Resources after the first one that says the same. What nobody knows yet is not the same. */
function twice(resources: readonly Resource[], type: string, property: string, keys: readonly string[]): Fault[] {
  const known = new Set<string>();
  return resources
    .filter((resource) => resource.type === type)
    .flatMap((resource) => {
      const values = whenKnown(() => keys.map((key) => text(resource.inputs, key)));
      const said = values?.includes(undefined) === false ? JSON.stringify(values) : undefined;
      const isNew = said === undefined || !known.has(said);
      known.add(said ?? "");
      return unless(isNew, { resource, property, got: shown(values?.at(-1)), want: "another one: this one is there already" });
    });
}
