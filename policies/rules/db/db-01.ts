import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { flag, isSet } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { isReplica, isTrue, wrong } from "./databases.ts";

export const DB_01 = rule({
  id: "DB-01",
  title: "Storage, snapshots, performance data and the master password of databases are encrypted with a customer managed key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.3", "FSBP RDS.27", "CIS AWS 3.2.1"],
  remediation:
    "Set `storageEncrypted: true` and `kmsKeyId`, and `masterUserSecretKmsKeyId` and `performanceInsightsKmsKeyId` where RDS keeps the password and the performance data. Changing either one replaces the database: restore an encrypted copy of a snapshot, then import it.",
  peers: [
    "pulumi compliance-policies",
    "CKV_AWS_16",
    "CKV_AWS_96",
    "CKV_AWS_327",
    "CKV_AWS_354",
    "AWS-0079",
    "AWS-0080",
    "prowler",
  ],
  types: [DB_INSTANCE, DB_CLUSTER],
  check: (database) =>
    together(
      ...(isReplica(database)
        ? []
        : [() => wrong(database, "storageEncrypted", isTrue, "true"), () => withoutKey(database, "kmsKeyId")]),
      ...Object.entries(OWN_KEYS).map(
        ([use, key]) =>
          () =>
            flag(database.inputs, use) === true ? withoutKey(database, key) : [],
      ),
    ),
});

/** What RDS keeps outside of the storage, and the argument with its key. */
const OWN_KEYS = {
  manageMasterUserPassword: "masterUserSecretKmsKeyId",
  performanceInsightsEnabled: "performanceInsightsKmsKeyId",
};

const withoutKey = ({ inputs }: Resource, property: string): Fault[] =>
  unless(isSet(inputs, property), { property, got: "nothing", want: "the ARN of a key of your own" });
