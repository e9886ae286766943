import type { Fault } from "../findings.ts";
import { at, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { beside, type Place } from "./buckets.ts";
import { conditionsOf, covers, type PolicyStatement, principalsOf, statementsOf } from "./policy-document.ts";

/** Statements of a bucket's policy, from a separate resource or from the bucket itself; empty without a policy. */
export function policyOf(resources: readonly Resource[], bucket: Resource): { statements: PolicyStatement[] } & Place {
  const resource = beside(resources, bucket, "BucketPolicy") ?? bucket;
  return { resource, path: "policy", statements: statementsIn(resource) };
}

const statementsIn = ({ inputs }: Resource): PolicyStatement[] => statementsOf(at(inputs, "policy"), "policy");

/** Faults of a policy that should admit only TLS 1.2 and newer, to the bucket and to its objects. */
export function openTransport({ statements, resource, path }: ReturnType<typeof policyOf>): Fault[] {
  const parts = partsOf(text(resource.inputs, "bucket"));
  const refuses = (operator: RegExp, key: string, fits: (value: string) => boolean): boolean => {
    const denials = statements.filter((each) => deniesAllUses(each) && isOnly(each, operator, key, fits));
    return parts.every((reaches) => denials.some(({ body }) => texts(body, "Resource").some(reaches)));
  };
  const plain = refuses(/^Bool(IfExists)?$/, "aws:SecureTransport", (value) => value === "false");
  // Plain HTTP has no TLS version to compare, so both conditions are needed.
  const old = refuses(/^NumericLessThan(IfExists)?$/, "s3:TlsVersion", (value) => Number(value) >= 1.2);
  return [
    ...(plain ? [] : [{ resource, property: path, got: "plain HTTP", want: "closed to requests without TLS" }]),
    ...(old || !plain ? [] : [{ resource, property: path, got: "TLS of any version", want: "closed to TLS older than 1.2" }]),
  ];
}

/** The two things that a denial must reach, each by whether an ARN of a statement means it. A name may be left to AWS. */
function partsOf(bucket: string | undefined): readonly ((arn: string) => boolean)[] {
  if (bucket === undefined) {
    return [(arn) => arn === "*" || !arn.includes("/"), (arn) => arn === "*" || /\/\*$|^[^/]*[^:]\*$/.test(arn)];
  }
  return [bucket, `${bucket}/a/b`].map((name) => (arn) => covers(arn.replace(/^arn:[^:]*:/, "arn:aws:"), `arn:aws:s3:::${name}`));
}

/** Faults of the policy of a queue that should admit only TLS. */
export function openQueue(document: unknown): Fault[] {
  const isClosed = statementsOf(document, "policy").some(
    (each) =>
      deniesAllUses(each, "sqs:*") && isOnly(each, /^Bool(IfExists)?$/, "aws:SecureTransport", (value) => value === "false"),
  );
  return isClosed ? [] : [{ property: "policy", got: "plain HTTP", want: "closed to requests without TLS, for 'sqs:*'" }];
}

const deniesAllUses = (statement: PolicyStatement, all = "s3:*"): boolean =>
  at(statement.body, "Effect") === "Deny" &&
  principalsOf(statement).AWS.includes("*") &&
  texts(statement.body, "Action").some((action) => action === all || action === "*");

/** Whether this is the only condition of a statement: a second one would limit it further. */
function isOnly(statement: PolicyStatement, operator: RegExp, key: string, fits: (value: string) => boolean): boolean {
  const [condition, ...more] = conditionsOf(statement);
  return (
    condition !== undefined &&
    more.length === 0 &&
    operator.test(condition.operator) &&
    condition.key.toLowerCase() === key.toLowerCase() &&
    condition.values.length > 0 &&
    condition.values.every(fits)
  );
}
