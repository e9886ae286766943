import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { inDays } from "../../day.ts";
import { together, unless } from "../../findings.ts";
import { at, flag, number, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica, isTrue, TABLE, wrong } from "./databases.ts";

interface Backups {
  /** Least number of days back to which a database can be restored. */
  days: number;
}

/** Clusters of other services that keep backups in the same way. */
const OTHERS = ["aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"];

export const DB_05 = rule<Backups>({
  id: "DB-05",
  title: "A database can be restored to any second of its backup period, and its snapshots carry its tags",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.11", "FSBP DynamoDB.2", "FSBP DocumentDB.2", "FSBP Neptune.5"],
  remediation:
    "Set `backupRetentionPeriod` (at most 35 days) and `copyTagsToSnapshot: true`; of a table of DynamoDB `pointInTimeRecovery: { enabled: true }`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_133", "CKV_AWS_28", "AWS-0077", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, ...OTHERS, TABLE],
  parameters: { dev: { days: 7 }, staging: { days: 7 }, prod: { days: 14 } },
  check: (database, { days }) => {
    const { type, inputs } = database;
    if (type === TABLE) {
      const got = shown(at(inputs, "pointInTimeRecovery", "enabled"));
      return unless(flag(inputs, "pointInTimeRecovery", "enabled") === true, {
        property: "pointInTimeRecovery.enabled",
        got,
        want: "true",
      });
    }
    return isReplica(database)
      ? []
      : together(
          () => wrong(database, "backupRetentionPeriod", (value) => (number(value) ?? 0) >= days, `at least ${inDays(days)}`),
          () => (OTHERS.includes(type) ? [] : wrong(database, "copyTagsToSnapshot", isTrue, "true")),
        );
  },
});
