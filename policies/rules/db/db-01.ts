import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { together, unless } from "../../findings.ts";
import { isSet } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica, isTrue, wrong } from "./databases.ts";

export const DB_01 = rule({
  id: "DB-01",
  title: "Storage and snapshots of databases are encrypted with a customer managed key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.3", "FSBP RDS.27", "CIS AWS 3.2.1"],
  remediation:
    "Set `storageEncrypted: true` and `kmsKeyId`. Changing either one replaces the database: restore an encrypted copy of a snapshot, then import it.",
  peers: ["pulumi compliance-policies", "CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_327", "AWS-0079", "AWS-0080", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER],
  check: (database) =>
    isReplica(database)
      ? []
      : together(
          () => wrong(database, "storageEncrypted", isTrue, "true"),
          () =>
            unless(isSet(database.inputs, "kmsKeyId"), {
              property: "kmsKeyId",
              got: "nothing",
              want: "the ARN of a key of your own",
            }),
        ),
});
