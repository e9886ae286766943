/** One way in which a resource would have data in two places. */
export interface Copy {
  property: string;
  /** What stands there. */
  got: string;
  /** Regions from and to which it goes. @default - that of the resource */
  from?: string | undefined;
  to?: string | undefined;
  /** ARN of the bucket that takes the copy. */
  bucket?: string;
}

/** Nobody can tell from the resource which regions it will be. */
const ANY = "any region";

/** Copies that resources make, by type. Reads only what decides it. */
export const COPIES: Readonly<Record<string, (inputs: any) => Copy[]>> = {
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ({ rules = [] }) => replicas(rules, "rules"),
  "aws:s3/bucket:Bucket": ({ replicationConfiguration }) =>
    replicas(replicationConfiguration?.rules ?? [], "replicationConfiguration.rules"),
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": always("details", "a point of many regions"),
  "aws:kms/key:Key": ifTrue("multiRegion"),
  "aws:kms/externalKey:ExternalKey": ifTrue("multiRegion"),
  "aws:kms/replicaKey:ReplicaKey": ({ primaryKeyArn }) => [{ property: "primaryKeyArn", got: primaryKeyArn, from: ANY }],
  "aws:kms/replicaExternalKey:ReplicaExternalKey": ({ primaryKeyArn }) => [
    { property: "primaryKeyArn", got: primaryKeyArn, from: ANY },
  ],
  "aws:secretsmanager/secret:Secret": ({ replicas: list = [] }) => list.map(({ region }: any) => sent("replicas.region", region)),
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": ({ replicationConfiguration }) =>
    (replicationConfiguration?.rules ?? []).flatMap(({ destinations = [] }: any) =>
      destinations.map(({ region }: any) => sent("replicationConfiguration.rules.destinations.region", region)),
    ),
  "aws:rds/instance:Instance": ({ replicateSourceDb }) => fromArn("replicateSourceDb", replicateSourceDb),
  "aws:rds/cluster:Cluster": ({ replicationSourceIdentifier, globalClusterIdentifier }) => [
    ...fromArn("replicationSourceIdentifier", replicationSourceIdentifier),
    ...(globalClusterIdentifier === undefined
      ? []
      : [{ property: "globalClusterIdentifier", got: globalClusterIdentifier, to: ANY }]),
  ],
  "aws:rds/globalCluster:GlobalCluster": always("type", "a cluster of many regions"),
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ({ sourceDbInstanceArn }) =>
    fromArn("sourceDbInstanceArn", sourceDbInstanceArn),
  "aws:rds/snapshotCopy:SnapshotCopy": ({ destinationRegion, sourceDbSnapshotIdentifier }) => [
    ...to("destinationRegion", destinationRegion),
    ...fromArn("sourceDbSnapshotIdentifier", sourceDbSnapshotIdentifier),
  ],
  "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": ({ destinationRegion, sourceDbClusterSnapshotIdentifier }) => [
    ...to("destinationRegion", destinationRegion),
    ...fromArn("sourceDbClusterSnapshotIdentifier", sourceDbClusterSnapshotIdentifier),
  ],
  "aws:docdb/globalCluster:GlobalCluster": always("type", "a cluster of many regions"),
  "aws:neptune/globalCluster:GlobalCluster": always("type", "a cluster of many regions"),
  "aws:dynamodb/table:Table": ({ replicas: list = [] }) =>
    list.map(({ regionName }: any) => sent("replicas.regionName", regionName)),
  "aws:dynamodb/tableReplica:TableReplica": ({ globalTableArn }) => fromArn("globalTableArn", globalTableArn),
  "aws:dynamodb/globalTable:GlobalTable": ({ replicas: list = [] }) =>
    list.map(({ regionName }: any) => sent("replicas.regionName", regionName)),
  "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": always("type", "a group of many regions"),
  "aws:memorydb/multiRegionCluster:MultiRegionCluster": always("type", "a cluster of many regions"),
  "aws:redshift/snapshotCopy:SnapshotCopy": ({ destinationRegion }) => to("destinationRegion", destinationRegion),
  "aws:efs/replicationConfiguration:ReplicationConfiguration": ({ destination }) => to("destination.region", destination?.region),
  "aws:backup/plan:Plan": ({ rules = [] }) =>
    rules.flatMap(({ copyActions = [] }: any) =>
      copyActions.map(({ destinationVaultArn }: any) => ({
        property: "rules.copyActions.destinationVaultArn",
        got: destinationVaultArn,
        to: regionOf(destinationVaultArn),
      })),
    ),
  "aws:ebs/snapshotCopy:SnapshotCopy": ({ sourceRegion }) => [
    { property: "sourceRegion", got: sourceRegion, from: sourceRegion },
  ],
  "aws:ec2/amiCopy:AmiCopy": ({ sourceAmiRegion }) => [
    { property: "sourceAmiRegion", got: sourceAmiRegion, from: sourceAmiRegion },
  ],
};

const replicas = (rules: any[], path: string): Copy[] =>
  rules.map(({ destination }, at) => ({
    property: `${path}.${at}.destination.bucket`,
    got: destination.bucket,
    to: ANY,
    bucket: destination.bucket,
  }));

const sent = (property: string, region: string): Copy => ({ property, got: region, to: region });

const to = (property: string, region: string | undefined): Copy[] => (region === undefined ? [] : [sent(property, region)]);

/** Within a region the source is named without its ARN. */
const fromArn = (property: string, source: string | undefined): Copy[] =>
  source === undefined ? [] : [{ property, got: source, from: regionOf(source) }];

const regionOf = (arn: string): string | undefined => arn.split(":")[3];

function always(property: string, got: string): (inputs: any) => Copy[] {
  return () => [{ property, got, to: ANY }];
}

function ifTrue(property: string): (inputs: any) => Copy[] {
  return (inputs) => (inputs[property] === true ? [{ property, got: "true", to: ANY }] : []);
}
