import type { PolicyStatement } from "../../aws/policy-document.ts";
import { ROLE_POLICY_ATTACHMENT } from "../../aws/types.ts";
import { type Fault, together } from "../../findings.ts";
import { type Bag, isSet, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { PERMISSIONS, permissionsOf } from "./permissions.ts";
import { allowedAnywhere, wildcardsOf } from "./reach.ts";

/** Types that attach an existing policy. */
const ATTACHMENTS = [
  ROLE_POLICY_ATTACHMENT,
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
];

/** All actions of one of these services let a role read everything or raise its own rights. */
const WHOLE_SERVICE = /^(\*|((\*|s3|kms|iam|secretsmanager):\*+))$/i;

/** Policies of AWS that hold such a wildcard. */
const BROAD = {
  policies: [
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMFullAccess",
    "AmazonS3FullAccess",
    "SecretsManagerReadWrite",
    "AWSKeyManagementServicePowerUser",
  ],
};

export const IAM_01 = rule({
  id: "IAM-01",
  title: "No policy allows all actions, or reads, uses or hands on every object, key, identity or secret",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP IAM.1", "FSBP IAM.21", "AISF-IAM-02"],
  remediation: "Name the actions and resources that are needed, and attach no AWS policy with administrator rights.",
  peers: ["CKV2_AWS_40", "CKV2_AWS_56", "CKV_AWS_286–290", "AWS-0057", "AWS-0345", "prowler"],
  types: [...PERMISSIONS, ...ATTACHMENTS],
  parameters: { dev: BROAD, staging: BROAD, prod: BROAD },
  check: ({ inputs }, { policies }) =>
    together(
      () =>
        attachedTo(inputs)
          .filter(({ arn }) => policies.some((name) => arn.endsWith(`:iam::aws:policy/${name}`)))
          .map(({ property, arn }) => ({ property, got: arn, want: "a policy that names its actions" })),
      () => permissionsOf(inputs).flatMap(wildcards),
    ),
});

const attachedTo = (inputs: Bag): { property: string; arn: string }[] =>
  ["policyArn", "policyArns", "managedPolicyArn", "managedPolicyArns", "permissionsBoundary"].flatMap((property) =>
    texts(inputs, property).map((arn) => ({ property, arn })),
  );

/** A boundary that allows a wildcard is refused too: a policy does not say whether somebody will attach it. */
function wildcards(statement: PolicyStatement): Fault[] {
  const { path, allows, body } = statement;
  if (!allows) {
    return [];
  }
  // It allows every action that is not in the list, also future ones.
  if (isSet(body, "NotAction")) {
    return [
      { property: `${path}.NotAction`, got: texts(body, "NotAction").join(", "), want: "replaced by an 'Action' with names" },
    ];
  }
  const property = `${path}.Action`;
  const whole = texts(body, "Action").filter((action) => WHOLE_SERVICE.test(action));
  const partial = wildcardsOf(statement).filter(({ pattern }) => !whole.includes(pattern));
  const anywhere = whole.length > 0 || partial.length > 0 ? undefined : allowedAnywhere(statement);
  return [
    ...whole.map((got) => ({ property, got, want: "actions by name" })),
    ...partial.map(({ pattern, brings }) => ({ property, got: pattern, want: `actions by name, as it brings ${brings}` })),
    ...(anywhere
      ? [{ property: `${path}.Resource`, got: anywhere.resource, want: `the ARNs of what ${anywhere.action} is needed for` }]
      : []),
  ];
}
