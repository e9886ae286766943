import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { inDays } from "../../day.ts";
import { together } from "../../findings.ts";
import { number } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica, isTrue, wrong } from "./databases.ts";

interface Backups {
  /** Least number of days back to which a database can be restored. */
  days: number;
}

export const DB_05 = rule<Backups>({
  id: "DB-05",
  title: "A database can be restored to any second of its backup period, and its snapshots carry its tags",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.11"],
  remediation: "Set `backupRetentionPeriod` (at most 35 days) and `copyTagsToSnapshot: true`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_133", "AWS-0077", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER],
  parameters: { dev: { days: 7 }, staging: { days: 7 }, prod: { days: 14 } },
  check: (database, { days }) =>
    isReplica(database)
      ? []
      : together(
          () => wrong(database, "backupRetentionPeriod", (value) => (number(value) ?? 0) >= days, `at least ${inDays(days)}`),
          () => wrong(database, "copyTagsToSnapshot", isTrue, "true"),
        ),
});
