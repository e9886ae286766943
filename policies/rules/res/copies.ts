import { type Bag, bags, flag, text } from "../../read.ts";

/** A way in which a resource copies data to a second place. */
export interface Copy {
  property: string;
  /** Its value. */
  got: string;
  /** Regions from and to which it goes. @default - that of the resource */
  from?: string | undefined;
  to?: string | undefined;
  /** ARN of the bucket that takes the copy. */
  bucket?: string;
}

/** The resource does not tell which regions are used. */
const ANY = "any region";

type Reader = (inputs: Bag) => Copy[];

/** Copies that resources make, by type. Reads only what decides it. */
export const COPIES: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["aws:s3/bucketReplicationConfig:BucketReplicationConfig", (inputs) => replicas(bags(inputs, "rules"), "rules")],
  [
    "aws:s3/bucket:Bucket",
    (inputs) => replicas(bags(inputs, "replicationConfiguration", "rules"), "replicationConfiguration.rules"),
  ],
  ["aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", always("details", "a point of many regions")],
  ["aws:kms/key:Key", multiRegion],
  ["aws:kms/externalKey:ExternalKey", multiRegion],
  ["aws:kms/replicaKey:ReplicaKey", (inputs) => fromAnywhere(inputs, "primaryKeyArn")],
  ["aws:kms/replicaExternalKey:ReplicaExternalKey", (inputs) => fromAnywhere(inputs, "primaryKeyArn")],
  ["aws:secretsmanager/secret:Secret", (inputs) => eachTo(bags(inputs, "replicas"), "replicas", "region")],
  [
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    (inputs) =>
      bags(inputs, "replicationConfiguration", "rules").flatMap((rule) =>
        eachTo(bags(rule, "destinations"), "replicationConfiguration.rules.destinations", "region"),
      ),
  ],
  ["aws:rds/instance:Instance", (inputs) => fromArn(inputs, "replicateSourceDb")],
  [
    "aws:rds/cluster:Cluster",
    (inputs) => [
      ...fromArn(inputs, "replicationSourceIdentifier"),
      ...textAt(inputs, "globalClusterIdentifier").map((got) => ({ property: "globalClusterIdentifier", got, to: ANY })),
    ],
  ],
  ["aws:rds/globalCluster:GlobalCluster", always("type", "a cluster of many regions")],
  [
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    (inputs) => fromArn(inputs, "sourceDbInstanceArn"),
  ],
  [
    "aws:rds/snapshotCopy:SnapshotCopy",
    (inputs) => [...sentTo(inputs, "destinationRegion"), ...fromArn(inputs, "sourceDbSnapshotIdentifier")],
  ],
  [
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
    (inputs) => [...sentTo(inputs, "destinationRegion"), ...fromArn(inputs, "sourceDbClusterSnapshotIdentifier")],
  ],
  ["aws:docdb/globalCluster:GlobalCluster", always("type", "a cluster of many regions")],
  ["aws:neptune/globalCluster:GlobalCluster", always("type", "a cluster of many regions")],
  ["aws:dynamodb/table:Table", (inputs) => eachTo(bags(inputs, "replicas"), "replicas", "regionName")],
  ["aws:dynamodb/tableReplica:TableReplica", (inputs) => fromArn(inputs, "globalTableArn")],
  ["aws:dynamodb/globalTable:GlobalTable", (inputs) => eachTo(bags(inputs, "replicas"), "replicas", "regionName")],
  ["aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", always("type", "a group of many regions")],
  ["aws:memorydb/multiRegionCluster:MultiRegionCluster", always("type", "a cluster of many regions")],
  ["aws:redshift/snapshotCopy:SnapshotCopy", (inputs) => sentTo(inputs, "destinationRegion")],
  ["aws:efs/replicationConfiguration:ReplicationConfiguration", (inputs) => sentTo(inputs, "destination", "region")],
  [
    "aws:backup/plan:Plan",
    (inputs) =>
      bags(inputs, "rules")
        .flatMap((rule) => bags(rule, "copyActions"))
        .flatMap((action) => textAt(action, "destinationVaultArn"))
        .map((got) => ({ property: "rules.copyActions.destinationVaultArn", got, to: regionOf(got) })),
  ],
  ["aws:ebs/snapshotCopy:SnapshotCopy", (inputs) => fromRegion(inputs, "sourceRegion")],
  ["aws:ec2/amiCopy:AmiCopy", (inputs) => fromRegion(inputs, "sourceAmiRegion")],
]);

const textAt = (inputs: Bag, ...path: string[]): string[] => [text(inputs, ...path) ?? []].flat();

function replicas(rules: readonly Bag[], path: string): Copy[] {
  return rules.map((rule, index) => {
    const bucket = text(rule, "destination", "bucket") ?? "nothing";
    return { property: `${path}.${index}.destination.bucket`, got: bucket, to: ANY, bucket };
  });
}

function eachTo(entries: readonly Bag[], path: string, key: string): Copy[] {
  return entries.flatMap((entry) => textAt(entry, key)).map((got) => ({ property: `${path}.${key}`, got, to: got }));
}

function sentTo(inputs: Bag, ...path: string[]): Copy[] {
  return textAt(inputs, ...path).map((got) => ({ property: path.join("."), got, to: got }));
}

function fromRegion(inputs: Bag, property: string): Copy[] {
  return textAt(inputs, property).map((got) => ({ property, got, from: got }));
}

function fromAnywhere(inputs: Bag, property: string): Copy[] {
  return [{ property, got: text(inputs, property) ?? "nothing", from: ANY }];
}

/** Within a region the source is named without its ARN. */
function fromArn(inputs: Bag, property: string): Copy[] {
  return textAt(inputs, property).map((got) => ({ property, got, from: regionOf(got) }));
}

const regionOf = (arn: string): string | undefined => arn.split(":")[3];

function always(property: string, got: string): Reader {
  return () => [{ property, got, to: ANY }];
}

function multiRegion(inputs: Bag): Copy[] {
  return flag(inputs, "multiRegion") === true ? [{ property: "multiRegion", got: "true", to: ANY }] : [];
}
