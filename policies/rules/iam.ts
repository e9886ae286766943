import { conditionsOf, covers, listOf, type PolicyStatement, principalsOf, statementsOf } from "../policy-document.ts";
import { type Fault, levels, type Rule, rule } from "../rule.ts";
import { trustPinned } from "./iam-trust.ts";

const ROLE = "aws:iam/role:Role";

/** Types with permissions of their own: in `policy`, or inline. */
const PERMISSIONS = [
  ROLE,
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/userPolicy:UserPolicy",
];

/** Types that attach a policy that lies elsewhere. */
const ATTACHMENTS = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
];

/** Whoever may do all of these may read everything, or make themselves anything. */
const WHOLE_SERVICE = /^(\*|((\*|s3|kms|iam|secretsmanager):\*+))$/i;

/** Policies of AWS that hold such a wildcard. */
const BROAD = [
  "AdministratorAccess",
  "PowerUserAccess",
  "IAMFullAccess",
  "AmazonS3FullAccess",
  "SecretsManagerReadWrite",
  "AWSKeyManagementServicePowerUser",
];

const broad = { policies: BROAD };

const leastPrivilege = rule({
  id: "IAM-01",
  title: "Nobody may do everything, or everything with objects, keys, identities or secrets",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP IAM.1", "FSBP IAM.21", "AISF-IAM-02"],
  remediation: "Name the actions that are needed, and attach no policy of AWS that administers.",
  peers: ["CKV2_AWS_40", "CKV2_AWS_56", "CKV_AWS_286–290", "AWS-0057", "AWS-0345", "prowler"],
  types: [...PERMISSIONS, ...ATTACHMENTS],
  parameters: { dev: broad, staging: broad, prod: broad },
  check: ({ inputs }, { policies }) => [
    ...attachedTo(inputs)
      .filter(({ arn }) => policies.some((name) => arn.endsWith(`:iam::aws:policy/${name}`)))
      .map(({ property, arn }) => ({ property, got: arn, want: "a policy that names its actions" })),
    ...permissionsOf(inputs).flatMap(wildcards),
  ],
});

/** A boundary that allows a wildcard is refused too: a policy does not say whether somebody will attach it. */
function wildcards({ path, allows, body }: PolicyStatement): Fault[] {
  if (!allows) {
    return [];
  }
  return [
    ...listOf(body.Action)
      .filter((action) => WHOLE_SERVICE.test(action))
      .map((action) => ({ property: `${path}.Action`, got: action, want: "actions by their names" })),
    // Allows what is not in the list, also what AWS will invent tomorrow.
    ...("NotAction" in body
      ? [{ property: `${path}.NotAction`, got: listOf(body.NotAction).join(", "), want: "an 'Action' with names" }]
      : []),
  ];
}

const roleHandedOver = rule({
  id: "IAM-03",
  title: "Roles are passed within one account, to services that are named; what people and pipelines take in prod has a boundary",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP IAM.21"],
  remediation:
    "Give `iam:PassRole` a `Resource` with account and role, and an `iam:PassedToService` condition; set `permissionsBoundary` on roles that people or pipelines assume.",
  peers: ["AWS-0342"],
  types: PERMISSIONS,
  parameters: { dev: { boundary: false }, staging: { boundary: false }, prod: { boundary: true } },
  check: ({ type, inputs }, { boundary }) => [
    ...(type === ROLE && boundary && !("permissionsBoundary" in inputs) && isTakenByPeople(inputs)
      ? [{ property: "permissionsBoundary", got: "nothing", want: "the ARN of a policy that says the most it can ever do" }]
      : []),
    ...permissionsOf(inputs).filter(passesRoles).flatMap(passing),
  ],
});

/**
 * Somebody who signs in as the role could be given more by whoever may attach policies; a boundary holds then. What a service takes
 * (nodes, clusters, pods, also by the identity provider of a cluster) does one job, and IAM-01 keeps to that.
 */
const isTakenByPeople = ({ assumeRolePolicy }: any): boolean =>
  statementsOf(assumeRolePolicy, "assumeRolePolicy").some((statement) => {
    const { AWS, Federated } = principalsOf(statement);
    return statement.allows && [...AWS, ...Federated].some((principal) => !principal.includes(":oidc-provider/oidc.eks."));
  });

const passesRoles = ({ allows, body }: PolicyStatement): boolean =>
  allows && listOf(body.Action).some((action) => covers(action, "iam:PassRole"));

/** A tool that makes roles cannot know their names beforehand: `role/*` of one account is enough where the service is named. */
const OF_ONE_ACCOUNT = /^arn:aws[a-z-]*:iam::\d{12}:role\//;

function passing(statement: PolicyStatement): Fault[] {
  const { path, body } = statement;
  const resources = "NotResource" in body ? ["*"] : listOf(body.Resource);
  const named = conditionsOf(statement).some(
    ({ operator, key }) =>
      key.toLowerCase() === "iam:passedtoservice" &&
      /^(ForAllValues:|ForAnyValue:)?String(Equals|Like)(IgnoreCase)?$/.test(operator),
  );
  return [
    ...resources
      .filter((resource) => !OF_ONE_ACCOUNT.test(resource))
      .map((resource) => ({ property: `${path}.Resource`, got: resource, want: "ARNs of roles, with their account" })),
    ...(named ? [] : [{ property: `${path}.Condition`, got: "nothing", want: "the services, under 'iam:PassedToService'" }]),
  ];
}

const noUsers = rule({
  id: "IAM-04",
  title: "People and pipelines take roles; there are no IAM users and no access keys",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP IAM.2", "AISF-IAM-03"],
  remediation: "Let people sign in through IAM Identity Center, pipelines by OIDC and pods by Pod Identity, each into a role.",
  peers: ["CKV_AWS_273", "CKV_AWS_40", "pulumi compliance-policies"],
  types: [
    "aws:iam/user:User",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
  ],
  check: ({ type, inputs }) => {
    if (!type.endsWith(":PolicyAttachment")) {
      return [{ property: "type", got: type, want: "a role, which has no lasting credentials" }];
    }
    return listOf<string>(inputs.users).map((user) => ({ property: "users", got: user, want: "empty: attach it to roles" }));
  },
});

function attachedTo(inputs: any): { property: string; arn: string }[] {
  return ["policyArn", "policyArns", "managedPolicyArns"]
    .filter((property) => property in inputs)
    .flatMap((property) => listOf<string>(inputs[property]).map((arn) => ({ property, arn })));
}

const permissionsOf = (inputs: any): PolicyStatement[] => [
  ...("policy" in inputs ? statementsOf(inputs.policy, "policy") : []),
  ...listOf<any>(inputs.inlinePolicies).flatMap(({ policy }, at) => statementsOf(policy, `inlinePolicies.${at}.policy`)),
];

export const IAM: readonly Rule[] = [leastPrivilege, trustPinned, roleHandedOver, noUsers];
