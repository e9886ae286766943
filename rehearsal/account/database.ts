import type { StateResource } from "../state.ts";
import type { SimulatedAccount } from "./account.ts";
import { type Asked, type Question, Refusal } from "./question.ts";

/** What RDS answers about databases that were made, and about their backups. */
export const DATABASE_QUESTIONS: readonly Question[] = [
  {
    service: "rds",
    operation: "describe-db-instances",
    optional: ["db-instance-identifier"],
    answer(account, { "db-instance-identifier": [wanted] = [] }) {
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
  made("aws:rds/instance:Instance").map(({ outputs, created }: StateResource) => ({ ...(outputs as Omit<Database, "created">), created }));

/** RDS stores the log of transactions every 5 minutes. */
const LOGS_EVERY = 300_000;

function instance({ changes, now }: SimulatedAccount, { identifier, resourceId, status, backupRetentionPeriod, created }: Database): object {
  const lately = new Date(Math.floor(now.getTime() / LOGS_EVERY) * LOGS_EVERY).toISOString();
  // RDS makes the first backup with the database. Without retention there are none.
  const restorable = backupRetentionPeriod === 0 ? null : (changes.restorable ?? (changes.restorable === null ? null : later(lately, created)));
  return {
    DBInstanceIdentifier: identifier,
    DbiResourceId: resourceId,
    DBInstanceStatus: status,
    BackupRetentionPeriod: backupRetentionPeriod,
    ...(created !== undefined && { InstanceCreateTime: created }),
    ...(restorable !== null && { LatestRestorableTime: restorable }),
  };
}

const later = (one: string, other = one): string => (Date.parse(one) > Date.parse(other) ? one : other);

/** Snapshots that a person took by hand. RDS's own are within the time to which a database can be restored, and are not written out. */
function snapshots(account: SimulatedAccount, asked: Asked): object[] {
  const [identifier, resource, type] = ["db-instance-identifier", "dbi-resource-id", "snapshot-type"].map((option) => asked[option]?.[0]);
  if (type !== undefined && type !== "manual") {
    throw new Refusal("InvalidParameterValue", "a rehearsal knows snapshots of the type 'manual' only");
  }
  return databases(account)
    .filter((each) => (identifier ?? each.identifier) === each.identifier && (resource ?? each.resourceId) === each.resourceId)
    .flatMap((each) =>
      account.changes.snapshots.map((time, index) => ({
        DBSnapshotIdentifier: `${each.identifier}-by-hand-${index + 1}`,
        DBInstanceIdentifier: each.identifier,
        DbiResourceId: each.resourceId,
        SnapshotType: "manual",
        Status: "available",
        SnapshotCreateTime: time,
      })),
    );
}
