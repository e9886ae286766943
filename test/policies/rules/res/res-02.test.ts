import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { resource } from "./samples.ts";

const WITHIN = "within the region or within an allowed pair of regions";

describeRule("RES-02", [
  {
    what: "a key that can be copied",
    layer: "foundation",
    resource: "data-key",
    type: "aws:kms/key:Key",
    change: (inputs) => (inputs.multiRegion = true),
    says: `foundation-prod/data-key: 'multiRegion' must be ${WITHIN}, got 'true'`,
    unknown: "multiRegion",
  },
  {
    what: "a database that follows one abroad",
    layer: "foundation",
    environment: "dev",
    resource: "tracking-database",
    change: (inputs) => (inputs.replicateSourceDb = "arn:aws:rds:us-east-1:111111111111:db:theirs"),
    says: `foundation-dev/tracking-database: 'replicateSourceDb' must be ${WITHIN}, got 'arn:aws:rds:us-east-1:111111111111:db:theirs'`,
    unknown: "replicateSourceDb",
  },
  {
    what: "objects that are copied, inline",
    layer: "foundation",
    resource: "models",
    type: "aws:s3/bucket:Bucket",
    change: (inputs) => (inputs.replicationConfiguration = { rules: [{ destination: { bucket: "arn:aws:s3:::copy" } }] }),
    says: `foundation-prod/models: 'replicationConfiguration.rules.0.destination.bucket' must be ${WITHIN}, got 'arn:aws:s3:::copy'`,
    unknown: "replicationConfiguration",
  },
  {
    what: "objects that are copied",
    layer: "foundation",
    add: {
      type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      name: "copy",
      inputs: { bucket: "models", role: "arn", rules: [{ destination: { bucket: "arn:aws:s3:::copy" } }] },
    },
    says: `foundation-prod/copy: 'rules.0.destination.bucket' must be ${WITHIN}, got 'arn:aws:s3:::copy'`,
    unknown: "rules",
  },
]);

describe("RES-02", () => {
  const none = { pairs: [], buckets: [] };
  const to = "us-east-1";

  it.each<[string, object, string[]]>([
    ["aws:secretsmanager/secret:Secret", { replicas: [{ region: to }] }, [`replicas.region: ${to}`]],
    [
      "aws:ecr/replicationConfiguration:ReplicationConfiguration",
      { replicationConfiguration: { rules: [{ destinations: [{ region: to }, { region: "eu-west-1" }] }] } },
      [`replicationConfiguration.rules.destinations.region: ${to}`],
    ],
    ["aws:dynamodb/table:Table", { replicas: [{ regionName: to }] }, [`replicas.regionName: ${to}`]],
    ["aws:dynamodb/globalTable:GlobalTable", { replicas: [{ regionName: "eu-west-1" }] }, []],
    [
      "aws:dynamodb/tableReplica:TableReplica",
      { globalTableArn: `arn:aws:dynamodb:${to}:1:table/t` },
      [`globalTableArn: arn:aws:dynamodb:${to}:1:table/t`],
    ],
    [
      "aws:backup/plan:Plan",
      { rules: [{ copyActions: [{ destinationVaultArn: `arn:aws:backup:${to}:1:backup-vault:v` }] }, {}] },
      [`rules.copyActions.destinationVaultArn: arn:aws:backup:${to}:1:backup-vault:v`],
    ],
    ["aws:kms/key:Key", { multiRegion: false }, []],
    ["aws:kms/externalKey:ExternalKey", { multiRegion: true }, ["multiRegion: true"]],
    ["aws:kms/replicaKey:ReplicaKey", { primaryKeyArn: "arn:aws:kms:x" }, ["primaryKeyArn: arn:aws:kms:x"]],
    ["aws:kms/replicaExternalKey:ReplicaExternalKey", { primaryKeyArn: "arn:aws:kms:x" }, ["primaryKeyArn: arn:aws:kms:x"]],
    ["aws:rds/instance:Instance", { replicateSourceDb: "main" }, []],
    ["aws:rds/cluster:Cluster", { globalClusterIdentifier: "all" }, ["globalClusterIdentifier: all"]],
    ["aws:rds/cluster:Cluster", { replicationSourceIdentifier: "arn:aws:rds:eu-west-1:1:db:a" }, []],
    [
      "aws:rds/snapshotCopy:SnapshotCopy",
      { sourceDbSnapshotIdentifier: "s", destinationRegion: to },
      [`destinationRegion: ${to}`],
    ],
    [
      "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
      { sourceDbClusterSnapshotIdentifier: "arn:aws:rds:us-east-1:1:s" },
      ["sourceDbClusterSnapshotIdentifier: arn:aws:rds:us-east-1:1:s"],
    ],
    [
      "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
      { sourceDbInstanceArn: "arn:aws:rds:us-east-1:1:db:a" },
      ["sourceDbInstanceArn: arn:aws:rds:us-east-1:1:db:a"],
    ],
    ["aws:redshift/snapshotCopy:SnapshotCopy", { destinationRegion: to }, [`destinationRegion: ${to}`]],
    ["aws:efs/replicationConfiguration:ReplicationConfiguration", { destination: { region: to } }, [`destination.region: ${to}`]],
    ["aws:efs/replicationConfiguration:ReplicationConfiguration", { destination: { availabilityZoneName: "eu-west-1a" } }, []],
    ["aws:ebs/snapshotCopy:SnapshotCopy", { sourceRegion: to }, [`sourceRegion: ${to}`]],
    ["aws:ec2/amiCopy:AmiCopy", { sourceAmiRegion: "eu-west-1" }, []],
    ["aws:rds/globalCluster:GlobalCluster", {}, ["type: a cluster of many regions"]],
    ["aws:docdb/globalCluster:GlobalCluster", {}, ["type: a cluster of many regions"]],
    ["aws:neptune/globalCluster:GlobalCluster", {}, ["type: a cluster of many regions"]],
    ["aws:memorydb/multiRegionCluster:MultiRegionCluster", {}, ["type: a cluster of many regions"]],
    ["aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", {}, ["type: a group of many regions"]],
    ["aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", {}, ["details: a point of many regions"]],
  ])("on %s with %j finds %j", (type, inputs, faults) => {
    expect(found("RES-02", resource(type, inputs), none)).toEqual(faults);
  });

  it("allows pairs of regions in one direction, and buckets by name", () => {
    const secret = resource("aws:secretsmanager/secret:Secret", { replicas: [{ region: to }] });
    const copy = resource("aws:ebs/snapshotCopy:SnapshotCopy", { sourceRegion: to });
    expect(found("RES-02", secret, { ...none, pairs: ["eu-west-1>us-east-1"] })).toEqual([]);
    expect(found("RES-02", copy, { ...none, pairs: ["eu-west-1>us-east-1"] })).toEqual([`sourceRegion: ${to}`]);
    const bucket = "arn:aws:s3:::beside";
    const replication = resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {
      rules: [{ destination: { bucket } }],
    });
    expect(found("RES-02", replication, { ...none, buckets: [bucket] })).toEqual([]);
  });

  it("goes by the resource's own region before its provider's", () => {
    const secret = resource("aws:secretsmanager/secret:Secret", { region: to, replicas: [{ region: to }] });
    expect(found("RES-02", secret, none)).toEqual([]);
  });
});
