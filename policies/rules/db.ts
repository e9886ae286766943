import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { together } from "../together.ts";
import { isPrivate, noPassword, tlsOnly } from "./db-access.ts";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";

/** A replica has the storage key and the backups of what it copies, and leaves no snapshot: its source is held to the rules. */
const isReplica = ({ inputs }: Resource): boolean => "replicateSourceDb" in inputs || "replicationSourceIdentifier" in inputs;

const encrypted = rule({
  id: "DB-01",
  title: "Storage and snapshots of databases are encrypted with a key of one's own",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.3", "FSBP RDS.27", "CIS AWS 3.2.1"],
  remediation:
    "Set `storageEncrypted: true` and `kmsKeyId`. Either replaces the database: restore an encrypted copy of a snapshot, then import it.",
  peers: ["pulumi compliance-policies", "CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_327", "AWS-0079", "AWS-0080", "prowler"],
  types: [INSTANCE, CLUSTER],
  check: (database) =>
    isReplica(database)
      ? []
      : together(
          () => wrong(database, "storageEncrypted", (value) => value === true, "true"),
          () =>
            "kmsKeyId" in database.inputs ? [] : [{ property: "kmsKeyId", got: "nothing", want: "the ARN of a key of your own" }],
        ),
});

const kept = rule({
  id: "DB-03",
  title: "A database is not deleted by accident, and leaves a snapshot when it is deleted on purpose",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP RDS.7", "FSBP RDS.8", "SOC2 C1.1"],
  remediation:
    "Set `deletionProtection: true`, leave `skipFinalSnapshot` out, name a `finalSnapshotIdentifier`, and give `protect: true`.",
  peers: ["CKV_AWS_293", "CKV_AWS_139", "AWS-0177", "AWS-0343", "prowler"],
  types: [INSTANCE, CLUSTER],
  check: (database) =>
    together(
      () => (database.protect ? [] : [{ property: "protect", got: "false", want: "true" }]),
      () => wrong(database, "deletionProtection", (value) => value === true, "true"),
      () => (isReplica(database) ? [] : wrong(database, "skipFinalSnapshot", (value) => value !== true, "false")),
    ),
});

const survivesZone = stackRule({
  id: "DB-04",
  title: "A database goes on when a zone is lost",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["FSBP RDS.5", "FSBP RDS.15", "CIS AWS 3.2.4"],
  remediation: "Set `multiAz: true` on an instance; give a cluster two instances or more.",
  peers: ["pulumi compliance-policies", "CKV_AWS_157", "prowler"],
  relate: (resources) =>
    together(
      ...resources
        .filter((resource) => resource.type === INSTANCE && !isReplica(resource))
        .map((instance) => () => wrong(instance, "multiAz", (value) => value === true, "true")),
      ...resources.filter(({ type }) => type === CLUSTER).map((cluster) => () => tooFew(cluster, resources)),
    ),
});

/** A cluster whose instances have their class from it (Multi-AZ DB cluster) always has three. */
function tooFew(cluster: Resource, resources: readonly Resource[]): Fault[] {
  if ("dbClusterInstanceClass" in cluster.inputs) {
    return [];
  }
  const own = resources.filter(({ type, dependencies }) => type === CLUSTER_INSTANCE && dependencies.includes(cluster.name));
  const want = "two ClusterInstances or more";
  return own.length >= 2 ? [] : [{ resource: cluster, property: "instances", got: String(own.length), want }];
}

interface Backups {
  /** Least number of days back to which a database can be restored. */
  days: number;
}

const backedUp = rule<Backups>({
  id: "DB-05",
  title: "A database can be restored to any second of the last days, and its snapshots say whose they are",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.11"],
  remediation: "Set `backupRetentionPeriod` (at most 35 days) and `copyTagsToSnapshot: true`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_133", "AWS-0077", "prowler"],
  types: [INSTANCE, CLUSTER],
  parameters: { dev: { days: 7 }, staging: { days: 7 }, prod: { days: 14 } },
  check: (database, { days }) =>
    isReplica(database)
      ? []
      : together(
          () => wrong(database, "backupRetentionPeriod", (value) => Number(value ?? 0) >= days, `at least ${days} days`),
          () => wrong(database, "copyTagsToSnapshot", (value) => value === true, "true"),
        ),
});

/** The fault of one property, unless its value is right; what nobody sets is judged too. */
function wrong(resource: Resource, property: string, isRight: (value: any) => boolean, want: string): Fault[] {
  const value = resource.inputs[property];
  return isRight(value) ? [] : [{ resource, property, got: String(value ?? "nothing"), want }];
}

export const DB: readonly Rule[] = [encrypted, isPrivate, kept, survivesZone, backedUp, noPassword, tlsOnly];
