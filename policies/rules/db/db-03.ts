import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { levels, rule } from "../../rule.ts";
import { isFalse, isReplica, isTrue, TABLE, wrong } from "./databases.ts";

export const DB_03 = rule({
  id: "DB-03",
  title: "A database is not deleted by accident, and leaves its backups and a snapshot when it is deleted on purpose",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP RDS.7", "FSBP RDS.8", "SOC2 C1.1"],
  remediation:
    "Set `deletionProtection: true`, `deleteAutomatedBackups: false` (`deletionProtectionEnabled` of a table), leave `skipFinalSnapshot` out, name a `finalSnapshotIdentifier`, and set the option `protect: true`.",
  peers: ["CKV_AWS_293", "CKV_AWS_139", "AWS-0177", "AWS-0343", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, TABLE],
  check: (database) =>
    database.type === TABLE
      ? wrong(database, "deletionProtectionEnabled", isTrue, "true")
      : together(
          () => unless(database.protect, { property: "protect", got: "false", want: "true" }),
          () => wrong(database, "deletionProtection", isTrue, "true"),
          () => (isReplica(database) ? [] : wrong(database, "skipFinalSnapshot", (value) => !isTrue(value), "false")),
          () =>
            isReplica(database) ? [] : wrong(database, "deleteAutomatedBackups", isFalse, "false, as AWS deletes them otherwise"),
        ),
});
