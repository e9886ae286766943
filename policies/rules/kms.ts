import { conditionsOf, covers, listOf, type PolicyStatement, principalsOf, statementsOf } from "../policy-document.ts";
import { type Fault, levels, type Rule, rule } from "../rule.ts";
import { together } from "../together.ts";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const KEYS = [
  KEY,
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/replicaExternalKey:ReplicaExternalKey",
];

interface Rotation {
  /** Most days between two renewals of a key's material. */
  days: number;
}
const YEARLY: Rotation = { days: 365 };

const renewed = rule<Rotation>({
  id: "KMS-01",
  title: "Keys are renewed every year by themselves",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP KMS.4", "CIS AWS 4.6"],
  remediation: "Set `enableKeyRotation: true`, and `rotationPeriodInDays` to 365 or less. What is encrypted stays readable.",
  peers: ["pulumi compliance-policies", "CKV_AWS_7", "AWS-0065", "prowler"],
  types: [KEY],
  parameters: { dev: YEARLY, staging: YEARLY, prod: YEARLY },
  check: ({ inputs }, { days }) => {
    // KMS renews no other keys (KMS developer guide, "Rotate AWS KMS keys").
    if ((inputs.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT") !== "SYMMETRIC_DEFAULT" || "customKeyStoreId" in inputs) {
      return [];
    }
    return together(
      () =>
        inputs.enableKeyRotation === true
          ? []
          : [{ property: "enableKeyRotation", got: String(inputs.enableKeyRotation ?? "nothing"), want: "true" }],
      () => {
        const { rotationPeriodInDays = 365 } = inputs;
        const want = `at most ${days} days`;
        return rotationPeriodInDays <= days
          ? []
          : [{ property: "rotationPeriodInDays", got: String(rotationPeriodInDays), want }];
      },
    );
  },
});

/**
 * A key without `policy` is not accused: a KeyPolicy may speak for it, and AWS's own policy trusts the account's IAM alone.
 */
const policyNarrow = rule({
  id: "KMS-02",
  title: "A key is open to named accounts and roles, and whoever administers it does not use it",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP KMS.5"],
  remediation:
    "Name principals by ARN, or narrow `*` by a condition to one account; write one statement for administrators and another for users; leave `bypassPolicyLockoutSafetyCheck` out.",
  peers: ["pulumi compliance-policies", "CKV_AWS_33", "prowler"],
  types: [...KEYS, KEY_POLICY],
  check: ({ inputs }) =>
    together(
      () =>
        inputs.bypassPolicyLockoutSafetyCheck === true
          ? [{ property: "bypassPolicyLockoutSafetyCheck", got: "true", want: "false" }]
          : [],
      () => {
        const allowing = ("policy" in inputs ? statementsOf(inputs.policy, "policy") : []).filter(({ allows }) => allows);
        return [...allowing.flatMap(everybody), ...allowing.flatMap(everything), ...bothRoles(allowing)];
      },
    ),
});

function everybody(statement: PolicyStatement): Fault[] {
  const open = "NotPrincipal" in statement.body ? "everybody but some" : principalsOf(statement).AWS.find((name) => name === "*");
  return open === undefined || conditionsOf(statement).some(namesAccount)
    ? []
    : [
        {
          property: `${statement.path}.Principal`,
          got: open,
          want: "ARNs, or narrowed to an account by a condition on 'aws:PrincipalArn', 'aws:PrincipalAccount' or 'kms:CallerAccount'",
        },
      ];
}

/** Conditions that a caller of another account never meets, as long as the account is written out. */
const ACCOUNT: Record<string, RegExp> = {
  "aws:principalarn": /^arn:aws[a-z-]*:(iam|sts)::\d{12}:/,
  "aws:principalaccount": /^\d{12}$/,
  "kms:calleraccount": /^\d{12}$/,
};

/** `IfExists` and `ForAllValues` are also met where there is no value. */
const namesAccount = ({ operator, key, values }: { operator: string; key: string; values: string[] }): boolean =>
  /^(String|Arn)(Equals|Like)$/.test(operator) &&
  values.length > 0 &&
  values.every((value) => ACCOUNT[key.toLowerCase()]?.test(value));

const ADMINISTRATION = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"];
const USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:Sign"];

const permits = ({ body }: PolicyStatement, actions: readonly string[]): boolean =>
  actions.some((action) =>
    "NotAction" in body
      ? !listOf(body.NotAction).some((pattern) => covers(pattern, action))
      : listOf(body.Action).some((pattern) => covers(pattern, action)),
  );

function everything(statement: PolicyStatement): Fault[] {
  const { path, body } = statement;
  const [property, actions] = "NotAction" in body ? ["NotAction", body.NotAction] : ["Action", body.Action];
  return permits(statement, ADMINISTRATION) && permits(statement, USE)
    ? [{ property: `${path}.${property}`, got: listOf(actions).join(", "), want: "actions that administer the key, or use it" }]
    : [];
}

/** An account stands for whoever its IAM allows: there the two are parted by roles. */
const IS_ACCOUNT = /^(\*|\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/;

/** A statement that is both has been told so already. */
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

interface Deletion {
  /** Least number of days until KMS forgets a deleted key: 7 to 30. */
  days: number;
}

const recoverable = rule<Deletion>({
  id: "KMS-03",
  title: "A key is not deleted by accident, and in prod it can be brought back for a month",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP KMS.3"],
  remediation:
    "Give the key `protect: true`, and leave `deletionWindowInDays` out or set it to 30: with the key goes what it encrypts.",
  peers: ["prowler"],
  types: KEYS,
  // KMS itself waits 7 days at least.
  parameters: { dev: { days: 7 }, staging: { days: 7 }, prod: { days: 30 } },
  check: ({ inputs, protect }, { days }) =>
    together(
      () => (protect ? [] : [{ property: "protect", got: "false", want: "true" }]),
      () => {
        const { deletionWindowInDays = 30 } = inputs;
        const want = `at least ${days} days`;
        return deletionWindowInDays >= days
          ? []
          : [{ property: "deletionWindowInDays", got: String(deletionWindowInDays), want }];
      },
    ),
});

export const KMS: readonly Rule[] = [renewed, policyNarrow, recoverable];
