import { knownAccounts, NOBODY_ELSE, outsiders } from "../../aws/outsiders.ts";
import { type PolicyStatement, principalsOf, speaksOf, statementsOf } from "../../aws/policy-document.ts";
import { KEY_POLICY, KEYS } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { at, flag, isSet, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/**
 * A key without `policy` is accepted: a KeyPolicy may set it, and AWS's default policy trusts only the account's IAM.
 */
export const KMS_02 = rule({
  id: "KMS-02",
  title: "A key is open to named accounts and roles, and its administrators cannot use it",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP KMS.5"],
  remediation:
    "Name principals by ARN, or limit `*` to one account by a condition; give a service an `aws:SourceAccount` or `aws:SourceArn`. List accounts that you trust in the parameter `accounts`. Write one statement for administrators and another for users. Leave `bypassPolicyLockoutSafetyCheck` out.",
  peers: ["pulumi compliance-policies", "CKV_AWS_33", "prowler"],
  parameters: { dev: NOBODY_ELSE, staging: NOBODY_ELSE, prod: NOBODY_ELSE },
  types: [...KEYS, KEY_POLICY],
  check: (resource, trusted) => {
    const { inputs } = resource;
    return together(
      () =>
        unless(flag(inputs, "bypassPolicyLockoutSafetyCheck") !== true, {
          property: "bypassPolicyLockoutSafetyCheck",
          got: "true",
          want: "false",
        }),
      () => {
        const allowing = statementsOf(at(inputs, "policy"), "policy").filter(({ allows }) => allows);
        return [
          ...allowing.flatMap(strange(knownAccounts(resource, trusted))),
          ...allowing.flatMap(everything),
          ...bothRoles(allowing),
        ];
      },
    );
  },
});

/** Keys are used by roles of their account, and by services that say for whom they ask. */
const strange =
  (known: readonly string[]) =>
  (statement: PolicyStatement): Fault[] =>
    outsiders(statement, known).map((got) => ({
      property: `${statement.path}.Principal`,
      got,
      want: "ARNs of known accounts, or limited to one account by a condition on 'aws:PrincipalArn', 'aws:SourceAccount' or 'kms:CallerAccount'",
    }));

const ADMINISTRATION = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"];
const USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:Sign"];

const permits = (statement: PolicyStatement, actions: readonly string[]): boolean =>
  actions.some((action) => speaksOf(statement, action));

function everything(statement: PolicyStatement): Fault[] {
  const { path, body } = statement;
  const property = isSet(body, "NotAction") ? "NotAction" : "Action";
  const got = texts(body, property).join(", ");
  return permits(statement, ADMINISTRATION) && permits(statement, USE)
    ? [{ property: `${path}.${property}`, got, want: "actions that either administer the key or use it" }]
    : [];
}

/** An account means everybody whose IAM rights allow it. There, roles separate administrators from users. */
const IS_ACCOUNT = /^(\*|\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/;

/** A statement that does both is already reported. */
function bothRoles(allowing: readonly PolicyStatement[]): Fault[] {
  const single = allowing.filter((statement) => everything(statement).length === 0);
  const administrators = new Set(
    single.filter((statement) => permits(statement, ADMINISTRATION)).flatMap((statement) => principalsOf(statement).AWS),
  );
  return single
    .filter((statement) => permits(statement, USE))
    .flatMap((statement) =>
      principalsOf(statement)
        .AWS.filter((name) => administrators.has(name) && !IS_ACCOUNT.test(name))
        .map((got) => ({ property: `${statement.path}.Principal`, got, want: "users who do not administer the key" })),
    );
}
