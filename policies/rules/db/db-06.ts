import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { hasKey } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isCopy, isTrue, wrong } from "./databases.ts";

const PASSWORDS = ["password", "passwordWo", "masterPassword", "masterPasswordWo", "adminUserPassword", "adminUserPasswordWo"];

/** Services that also keep a password of their own, with the argument that lets them. Nothing asks for one. */
const OTHERS = new Map([
  ["aws:docdb/cluster:Cluster", "manageMasterUserPassword"],
  ["aws:redshift/cluster:Cluster", "manageMasterPassword"],
  ["aws:redshiftserverless/namespace:Namespace", "manageAdminPassword"],
]);

/** A password that the program generates is refused too: it is in the state, and nobody rotates it. */
export const DB_06 = rule({
  id: "DB-06",
  title: "No program handles the master password: RDS creates, stores and rotates it, or people sign in with IAM",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP RDS.10", "FSBP SecretsManager.1"],
  remediation: "Set `manageMasterUserPassword: true` and take the password out of the program; read it from `masterUserSecrets`.",
  peers: ["CKV_AWS_161", "AWS-0176", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, ...OTHERS.keys()],
  check: (database) => {
    const { type, inputs } = database;
    const managed = OTHERS.get(type) ?? "manageMasterUserPassword";
    const given = PASSWORDS.filter((property) => hasKey(inputs, property));
    if (given.length > 0) {
      // The value is never read, so no message can contain it.
      return given.map((property) => ({ property, got: "a password", want: `replaced by '${managed}'` }));
    }
    return OTHERS.has(type) || isCopy(database) || isTrue(inputs["iamDatabaseAuthenticationEnabled"])
      ? []
      : wrong(database, "manageMasterUserPassword", isTrue, "true, unless 'iamDatabaseAuthenticationEnabled' is");
  },
});
