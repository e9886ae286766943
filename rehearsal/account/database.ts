import type { StateResource } from "../state.ts";
import type { SimulatedAccount } from "./account.ts";
import { type Asked, type Question, Refusal } from "./question.ts";

/** What RDS answers about databases that were made, and about their backups. */
export const DATABASE_QUESTIONS: readonly Question[] = [
  {
    service: "rds",
    operation: "describe-db-instances",
    optional: ["db-instance-identifier"],
    answer(account, asked) {
      const wanted = asked.one("db-instance-identifier");
      const found = databases(account).filter(({ identifier }) => (wanted ?? identifier) === identifier);
      if (wanted !== undefined && found.length === 0) {
        throw new Refusal("DBInstanceNotFound", `DBInstance ${wanted} not found.`);
      }
      return { DBInstances: found.map((database) => instance(account, database)) };
    },
  },
  {
    service: "rds",
    operation: "describe-db-snapshots",
    optional: ["db-instance-identifier", "dbi-resource-id", "snapshot-type"],
    answer: (account, asked) => ({ DBSnapshots: snapshots(account, asked) }),
  },
];

interface Database {
  identifier: string;
  resourceId: string;
  status: string;
  backupRetentionPeriod: number;
  created: string | undefined;
}

const databases = ({ made }: SimulatedAccount): Database[] =>
  made("aws:rds/instance:Instance").map(({ outputs, created }: StateResource) => ({
    ...(outputs as Omit<Database, "created">),
    created,
  }));

/** RDS stores the log of transactions every 5 minutes. */
const LOGS_EVERY = 300_000;

/** Time to which a database can be restored; `undefined` where it has no backup. RDS makes the first one with the database. */
function restorable({ changes, now }: SimulatedAccount, { backupRetentionPeriod, created }: Database): string | undefined {
  if (backupRetentionPeriod === 0 || changes.restorable === null) {
    return undefined;
  }
  const lately = new Date(Math.floor(now.getTime() / LOGS_EVERY) * LOGS_EVERY).toISOString();
  return changes.restorable ?? (created !== undefined && Date.parse(created) > Date.parse(lately) ? created : lately);
}

function instance(account: SimulatedAccount, database: Database): object {
  const latest = restorable(account, database);
  return {
    DBInstanceIdentifier: database.identifier,
    DbiResourceId: database.resourceId,
    DBInstanceStatus: database.status,
    BackupRetentionPeriod: database.backupRetentionPeriod,
    ...(database.created !== undefined && { InstanceCreateTime: database.created }),
    ...(latest !== undefined && { LatestRestorableTime: latest }),
  };
}

/** The one that RDS made with the database, and those that a person took by hand. Final ones of earlier databases are not listed. */
function snapshots(account: SimulatedAccount, asked: Asked): object[] {
  const [identifier, resource, type] = ["db-instance-identifier", "dbi-resource-id", "snapshot-type"].map((option) =>
    asked.one(option),
  );
  return databases(account)
    .filter((each) => (identifier ?? each.identifier) === each.identifier && (resource ?? each.resourceId) === each.resourceId)
    .flatMap((each) => [...automated(account, each), ...account.changes.snapshots.map((time) => snapshot(each, "manual", time))])
    .filter(({ SnapshotType }) => (type ?? SnapshotType) === SnapshotType);
}

/** Made with the database, and never later than the time to which it can be restored. */
function automated(account: SimulatedAccount, database: Database): ReturnType<typeof snapshot>[] {
  const latest = restorable(account, database);
  const times = [latest, database.created].filter((time) => time !== undefined);
  const [first] = times.sort((one, other) => Date.parse(one) - Date.parse(other));
  return latest === undefined || first === undefined ? [] : [snapshot(database, "automated", first)];
}

const snapshot = ({ identifier, resourceId }: Database, type: "automated" | "manual", time: string) => ({
  DBSnapshotIdentifier: `${type === "automated" ? "rds:" : ""}${identifier}-${time.slice(0, 16).replace(/[T:]/g, "-")}`,
  DBInstanceIdentifier: identifier,
  DbiResourceId: resourceId,
  SnapshotType: type,
  Status: "available",
  SnapshotCreateTime: time,
});
