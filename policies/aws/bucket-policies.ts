import type { Fault } from "../findings.ts";
import { at, bag, isSet, parsed, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { beside, type Place } from "./buckets.ts";
import { conditionsOf, type PolicyStatement, principalsOf, statementsOf } from "./policy-document.ts";

/** Statements of a bucket's policy, from a separate resource or from the bucket itself; empty without a policy. */
export function policyOf(resources: readonly Resource[], bucket: Resource): { statements: PolicyStatement[] } & Place {
  const resource = beside(resources, bucket, "BucketPolicy") ?? bucket;
  return { resource, path: "policy", statements: statementsIn(resource) };
}

const statementsIn = ({ inputs }: Resource): PolicyStatement[] => statementsOf(at(inputs, "policy"), "policy");

/** Faults of a policy that should admit only TLS 1.2 and newer. */
export function openTransport({ statements, resource, path }: ReturnType<typeof policyOf>): Fault[] {
  const denials = statements.filter(deniesEverything);
  const refuses = (operator: RegExp, key: string, fits: (value: string) => boolean): boolean =>
    denials.some((denial) => isOnly(denial, operator, key, fits));
  const plain = refuses(/^Bool(IfExists)?$/, "aws:SecureTransport", (value) => value === "false");
  // Plain HTTP has no TLS version to compare, so both conditions are needed.
  const old = refuses(/^NumericLessThan(IfExists)?$/, "s3:TlsVersion", (value) => Number(value) >= 1.2);
  return [
    ...(plain ? [] : [{ resource, property: path, got: "plain HTTP", want: "closed to requests without TLS" }]),
    ...(old || !plain ? [] : [{ resource, property: path, got: "TLS of any version", want: "closed to TLS older than 1.2" }]),
  ];
}

const deniesEverything = (statement: PolicyStatement): boolean =>
  at(statement.body, "Effect") === "Deny" &&
  principalsOf(statement).AWS.includes("*") &&
  texts(statement.body, "Action").some((action) => action === "s3:*" || action === "*") &&
  texts(statement.body, "Resource").some((arn) => arn === "*" || arn.endsWith("/*"));

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

/** Principals of other accounts, and everybody, if a policy admits them. */
export function strangers(resource: Resource, accounts: readonly string[]): Fault[] {
  const known = [...ownAccounts(resource), ...accounts];
  return statementsIn(resource).flatMap((statement, index) =>
    statement.allows
      ? namedIn(statement)
          .filter((principal) => !isKnown(principal, statement, known))
          .map((got) => ({
            resource,
            property: `policy.Statement.${index}.Principal`,
            got,
            want: "principals of known accounts",
          }))
      : [],
  );
}

function namedIn(statement: PolicyStatement): string[] {
  if (isSet(statement.body, "NotPrincipal")) {
    return ["everybody but a few"];
  }
  // Services act for an account, and identity providers for roles: neither is another account.
  const { AWS, CanonicalUser } = principalsOf(statement);
  return [...AWS, ...CanonicalUser];
}

const accountIn = (text: string): string | undefined => /^(?:arn:[^:]+:[^:]+:[^:]*:)?(\d{12})(?::|$)/.exec(text)?.[1];

function isKnown(principal: string, statement: PolicyStatement, known: readonly string[]): boolean {
  const fixed = conditionsOf(statement).filter(
    ({ operator, values }) => /^(String|Arn)(Equals|Like)$/.test(operator) && values.length > 0,
  );
  const holdsTo = (key: RegExp, isFixed: (value: string) => boolean): boolean =>
    fixed.some((condition) => key.test(condition.key) && condition.values.every(isFixed));
  if (holdsTo(/^aws:(Principal|Source)(Account|Arn)$/i, (value) => known.includes(accountIn(value) ?? ""))) {
    return true;
  }
  return principal === "*"
    ? holdsTo(/^aws:(PrincipalOrgId|SourceOrgId|SourceVpc|SourceVpce)$/i, (value) => !value.includes("*"))
    : known.includes(accountIn(principal) ?? "");
}

/** Accounts that the provider is limited to. Provider settings that are not text arrive as JSON. */
function ownAccounts({ provider }: Resource): string[] {
  const { allowedAccountIds } = provider;
  return texts(bag({ ids: typeof allowedAccountIds === "string" ? parsed(allowedAccountIds) : allowedAccountIds }), "ids");
}
