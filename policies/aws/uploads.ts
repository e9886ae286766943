import { at, texts } from "../read.ts";
import { conditionsOf, covers, type PolicyCondition, type PolicyStatement, principalsOf, speaksOf } from "./policy-document.ts";

const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/** What an upload asks for, by the key of its condition. */
type Request = Readonly<Record<string, string>>;

/** Uploads that say themselves how they are encrypted, and not with the key of the bucket. */
const STRAY: Readonly<Record<string, Request>> = {
  "uploads without KMS": { [ALGORITHM]: "AES256" },
  "uploads under the key of AWS": { [ALGORITHM]: "aws:kms" },
  "uploads under any key": { [ALGORITHM]: "aws:kms", [KEY]: "arn:aws:kms:eu-north-1:000000000000:key/another" },
};

/** Uploads under another key than that of the bucket that a bucket's policy lets pass. */
export const strayUploads = (statements: readonly PolicyStatement[]): string[] =>
  Object.entries(STRAY)
    .filter(([, request]) => !statements.some((each) => refuses(each, request)))
    .map(([what]) => what);

const refuses = (statement: PolicyStatement, request: Request): boolean =>
  at(statement.body, "Effect") === "Deny" &&
  principalsOf(statement).AWS.includes("*") &&
  speaksOf(statement, "s3:PutObject") &&
  texts(statement.body, "Resource").some((arn) => arn.endsWith("*")) &&
  conditionsOf(statement).every((condition) => holds(condition, request));

/** Whether a condition holds for a request; one about anything else than its encryption is taken not to. */
function holds({ operator, key, values }: PolicyCondition, request: Request): boolean {
  const known = [ALGORITHM, KEY].find((each) => each === key.toLowerCase());
  const got = known === undefined ? undefined : request[known];
  const [, negated, kind] = /^(?:String|Arn)(Not)?(Equals|Like)(?:IgnoreCase)?(?:IfExists)?$/.exec(operator) ?? [];
  if (known === undefined) {
    return false;
  }
  if (operator === "Null") {
    return values.includes(String(got === undefined));
  }
  if (kind === undefined) {
    return false;
  }
  const isOne = got !== undefined && values.some((value) => (kind === "Like" ? covers(value, got) : value === got));
  return got === undefined ? negated !== undefined || operator.endsWith("IfExists") : isOne === (negated === undefined);
}
