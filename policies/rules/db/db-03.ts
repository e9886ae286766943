import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica, isTrue, wrong } from "./databases.ts";

export const DB_03 = rule({
  id: "DB-03",
  title: "A database is not deleted by accident, and leaves a snapshot when it is deleted on purpose",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP RDS.7", "FSBP RDS.8", "SOC2 C1.1"],
  remediation:
    "Set `deletionProtection: true`, leave `skipFinalSnapshot` out, name a `finalSnapshotIdentifier`, and set the option `protect: true`.",
  peers: ["CKV_AWS_293", "CKV_AWS_139", "AWS-0177", "AWS-0343", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER],
  check: (database) =>
    together(
      () => unless(database.protect, { property: "protect", got: "false", want: "true" }),
      () => wrong(database, "deletionProtection", isTrue, "true"),
      () => (isReplica(database) ? [] : wrong(database, "skipFinalSnapshot", (value) => !isTrue(value), "false")),
    ),
});
