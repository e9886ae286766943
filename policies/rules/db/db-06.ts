import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { hasKey } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { isCopy, isTrue, wrong } from "./databases.ts";

const PASSWORDS = ["password", "passwordWo", "masterPassword", "masterPasswordWo"];

/** A password that the program generates is refused too: it is in the state, and nobody rotates it. */
export const DB_06 = rule({
  id: "DB-06",
  title: "No program handles the master password: RDS creates, stores and rotates it, or people sign in with IAM",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP RDS.10", "FSBP SecretsManager.1"],
  remediation: "Set `manageMasterUserPassword: true` and take the password out of the program; read it from `masterUserSecrets`.",
  peers: ["CKV_AWS_161", "AWS-0176", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER],
  check: (database) => {
    const { inputs } = database;
    const given = PASSWORDS.filter((property) => hasKey(inputs, property));
    if (given.length > 0) {
      // The value is never read, so no message can contain it.
      return given.map((property) => ({ property, got: "a password", want: "replaced by 'manageMasterUserPassword'" }));
    }
    return isCopy(database) || isTrue(inputs["iamDatabaseAuthenticationEnabled"])
      ? []
      : wrong(database, "manageMasterUserPassword", isTrue, "true, unless 'iamDatabaseAuthenticationEnabled' is");
  },
});
