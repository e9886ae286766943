import { at, type Bag, bag, bags, isSet, parsed, text, texts } from "../read.ts";
import { type Resource, SECRET, Undecided } from "../resource.ts";
import { BUCKETS } from "./buckets.ts";
import { DOCUMENTS } from "./resource-policies.ts";
import { KEYS, POLICY, ROLE, ROLE_POLICY, VPC_ENDPOINT } from "./types.ts";

/** Where each type has policy documents. */
const PLACES: ReadonlyMap<string, readonly string[]> = new Map([
  ...[POLICY, ROLE_POLICY, "aws:iam/groupPolicy:GroupPolicy", "aws:iam/userPolicy:UserPolicy"].map(inPolicy),
  ...[...KEYS, "aws:kms/keyPolicy:KeyPolicy", ...BUCKETS, "aws:s3/bucketPolicy:BucketPolicy"].map(inPolicy),
  ...[VPC_ENDPOINT, "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"].map(inPolicy),
  [ROLE, ["assumeRolePolicy"]],
  ["aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", ["inlinePolicy"]],
  ["aws:organizations/policy:Policy", ["content"]],
  ...Object.entries(DOCUMENTS).map(([type, property]): [string, string[]] => [type, [property]]),
]);

function inPolicy(type: string): [string, string[]] {
  return [type, ["policy"]];
}

/** Types with policy documents. */
export const DOCUMENTED: readonly string[] = [...PLACES.keys()];

/** A document as the program has it, and its path. */
export interface Document {
  path: string;
  value: unknown;
}

/** Documents of a resource that are set. An empty text counts where the resource is nothing else than its document. */
export function documentsOf({ type, inputs }: Resource): Document[] {
  const isWhole = /Polic(y|ies)$|Permissions$/.test(type);
  return [
    ...(PLACES.get(type) ?? [])
      .filter((path) => isSet(inputs, path) || (isWhole && at(inputs, path) === ""))
      .map((path) => ({ path, value: at(inputs, path) })),
    ...(type === ROLE ? bags(inputs, "inlinePolicies") : [])
      .map((each, index) => ({ path: `inlinePolicies.${index}.policy`, each }))
      .filter(({ each }) => isSet(each, "policy"))
      .map(({ path, each }) => ({ path, value: at(each, "policy") })),
  ];
}

/** Why nobody can read a document, and so no rule judges it; `undefined` for one that AWS takes. */
export function whyUnreadable({ path, value }: Document): string | undefined {
  if (value === SECRET) {
    throw new Undecided(path);
  }
  if (value === "") {
    return "an empty text";
  }
  const content = typeof value === "string" ? parsed(value) : value;
  if (content === undefined) {
    return "a text that is not JSON";
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    return `${Array.isArray(content) ? "a list" : content === null ? "null" : `a ${typeof content}`} in place of an object`;
  }
  const statements = at(content, "Statement");
  if (typeof statements !== "object" || statements === null) {
    return statements === undefined ? "an object without 'Statement'" : `'Statement' of the kind ${typeof statements}`;
  }
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  return list.flatMap((each) => whyNone(each) ?? [])[0];
}

const KEYS_OF_A_STATEMENT = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/** Why something is no statement (IAM user guide, "Grammar of the IAM JSON policy language"). Names and effects are read with their capitals. */
function whyNone(statement: unknown): string | undefined {
  if (typeof statement !== "object" || statement === null || Array.isArray(statement)) {
    return "a statement that is no object";
  }
  const body: Bag = bag({ statement }, "statement");
  const odd = Object.keys(body).find((key) => !KEYS_OF_A_STATEMENT.includes(key));
  if (odd !== undefined) {
    return `a statement with '${odd}'`;
  }
  const effect = text(body, "Effect");
  if (effect !== "Allow" && effect !== "Deny") {
    return effect === undefined ? "a statement without 'Effect'" : `a statement with the effect '${effect}'`;
  }
  const actions = ["Action", "NotAction"].filter((key) => isSet(body, key));
  return actions.some((key) => texts(body, key).length > 0) ? undefined : "a statement without actions";
}
