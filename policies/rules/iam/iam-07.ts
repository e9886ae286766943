import { conditionsOf, speaksOf, statementsOf } from "../../aws/policy-document.ts";
import { POLICY, ROLE, ROLE_POLICY_ATTACHMENT } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { at, isSet, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CHANGES, denies, isFor, reaches } from "./escapes.ts";
import { PERMISSIONS, permissionsAmong, permissionsOf } from "./permissions.ts";
import { controlledAnywhere } from "./reach.ts";

interface Shared {
  /** Words in the names of buckets that several teams share. A role reaches a folder of them. */
  shared: string[];
}

const SHARED: Shared = { shared: ["data", "model", "artifact", "prediction", "state"] };

export const IAM_07 = stackRule({
  id: "IAM-07",
  title:
    "Rights that somebody has reach named records, keys, machines, code and images, folders of shared buckets, and never himself",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP IAM.21", "SOC2 CC6.3"],
  remediation:
    "Name the ARNs in `Resource`, or limit the statement by `aws:ResourceTag`; name the bucket and a folder (`arn:aws:s3:::<bucket>/<folder>/*`). Deny a role that changes roles all changes of itself, without a condition.",
  peers: ["CKV_AWS_289", "CKV_AWS_290", "prowler"],
  parameters: { dev: SHARED, staging: SHARED, prod: SHARED },
  elsewhere: { shared: [] },
  types: [...PERMISSIONS, ROLE_POLICY_ATTACHMENT],
  relate: (resources, { shared }) => {
    const { given, attachments } = permissionsAmong(resources);
    const roles = resources.filter(({ type, inputs }) => type === ROLE && isSet(inputs, "permissionsBoundary"));
    return [
      ...ofEach(given, (resource) => [...everywhere(resource), ...wholeBuckets(resource, shared), ...emptyConditions(resource)]),
      ...ofEach(roles, (role) => changesOfItself(role, policiesOf(role, given, attachments))),
    ];
  },
});

const everywhere = (resource: Resource): Fault[] =>
  permissionsOf(resource.inputs).flatMap((statement): Fault[] => {
    const found = statement.allows ? controlledAnywhere(statement) : undefined;
    return found === undefined
      ? []
      : [
          {
            resource,
            property: `${statement.path}.Resource`,
            got: found.resource,
            want: `the ARNs of what ${found.action} is needed for`,
          },
        ];
  });

const OBJECTS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];

function wholeBuckets(resource: Resource, shared: readonly string[]): Fault[] {
  return permissionsOf(resource.inputs)
    .filter((statement) => statement.allows && OBJECTS.some((action) => speaksOf(statement, action)))
    .flatMap(({ path, body }) =>
      texts(body, "Resource")
        .filter((arn) => isWhole(arn, shared))
        .map((got) => ({ resource, property: `${path}.Resource`, got, want: "a folder of one bucket, which others use too" })),
    );
}

/** Whether an ARN means all objects of a shared bucket, or of several buckets one of which may be shared. */
function isWhole(arn: string, shared: readonly string[]): boolean {
  const [, bucket = "", folder] = /^arn:[^:]*:s3:::([^/]*)(?:\/(.*))?$/.exec(arn) ?? [];
  const ofAll = folder === undefined ? bucket.endsWith("*") : namesNoFolder(folder);
  return ofAll && shared.length > 0 && (/[*?]/.test(bucket) || shared.some((word) => bucket.includes(word)));
}

/** A star at the beginning or before a slash stands for the folders of everybody. */
const namesNoFolder = (path: string): boolean => /^[*?]|[*?].*\//.test(path);

/** Keys of conditions that say what somebody reaches or from where. Any value at all limits nothing; of a tag it says that there is one. */
const LIMITS =
  /^(s3:(prefix|DataAccessPointArn|AccessPointNetworkOrigin)|aws:(Principal|Source|Resource)(Arn|Account|OrgID|OrgPaths|Vpc|Vpce)|kms:(ViaService|CallerAccount|EncryptionContext:.*)|secretsmanager:SecretId|iam:PassedToService)$/i;

/** Conditions that look like a limit and are none. */
const emptyConditions = (resource: Resource): Fault[] =>
  permissionsOf(resource.inputs)
    .filter(({ allows }) => allows)
    .flatMap((statement) =>
      conditionsOf(statement)
        .filter(({ operator, key }) => LIMITS.test(key) && /Like/.test(operator) && !operator.includes("Not"))
        .flatMap(({ key, values }) =>
          values
            .filter((value) => /^[*?]+$/.test(value) || (/^s3:prefix$/i.test(key) && namesNoFolder(value)))
            .map((got) => ({
              resource,
              property: `${statement.path}.Condition`,
              got: `${key} ${got}`,
              want: "a limit: a value or the beginning of one",
            })),
        ),
    );

const policiesOf = (role: Resource, given: readonly Resource[], attachments: readonly Resource[]): Resource[] =>
  given.filter(({ name, type }) =>
    attachments.some(({ dependencies }) => type === POLICY && dependencies.includes(name) && dependencies.includes(role.name)),
  );

/** What its policies let a role do to itself, beside its boundary: two locks are better than one. */
function changesOfItself({ name, inputs }: Resource, policies: readonly Resource[]): Fault[] {
  const boundary = text(inputs, "permissionsBoundary") ?? "";
  const arn = `arn:aws:iam::${boundary.split(":")[4]}:role/${text(inputs, "name") ?? name}`;
  const all = policies.flatMap((policy) =>
    statementsOf(at(policy.inputs, "policy"), "policy").map((statement) => ({ policy, statement })),
  );
  const isDenied = (action: string): boolean => all.some(({ statement }) => denies(statement) && reaches(statement, action, arn));
  const found = CHANGES.filter((action) => !isDenied(action)).flatMap((action) =>
    all
      .filter(({ statement }) => statement.allows && reaches(statement, action, arn) && isFor(statement, action, boundary))
      .map(({ policy }) => ({ action, policy })),
  );
  return found.slice(0, 1).map(({ action, policy }) => ({
    resource: policy,
    property: "policy",
    got: `${action} on ${name}`,
    want: "closed to changes of the role that has it",
  }));
}
