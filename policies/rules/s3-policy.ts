import { listOf, parsed, statementsOf } from "../policy-document.ts";
import type { Resource } from "../resource.ts";
import type { Fault } from "../rule.ts";
import { beside, type Place } from "./s3-bucket.ts";

/** A bucket's own policy, beside it or in it: its statements, none where there is no policy. */
export function policyOf(resources: readonly Resource[], bucket: Resource): { statements: any[] } & Place {
  const resource = beside(resources, bucket, "BucketPolicy") ?? bucket;
  return { resource, path: "policy", statements: bodiesOf(resource) };
}

const bodiesOf = ({ inputs }: Resource): any[] => statementsOf(inputs.policy, "policy").map(({ body }) => body);

/** What is missing from a policy that lets nobody in but over TLS 1.2 and newer. */
export function openTransport({ statements, resource, path }: ReturnType<typeof policyOf>): Fault[] {
  const denials = statements.filter(deniesEverything);
  const refuses = (operator: RegExp, key: string, fits: (value: string) => boolean): boolean =>
    denials.some(({ Condition }) => isOnly(Condition, operator, key, fits));
  const plain = refuses(/^Bool(IfExists)?$/, "aws:SecureTransport", (value) => value === "false");
  // Without TLS there is no version to compare, so the one does not stand for the other.
  const old = refuses(/^NumericLessThan(IfExists)?$/, "s3:TlsVersion", (value) => Number(value) >= 1.2);
  return [
    ...(plain ? [] : [{ resource, property: path, got: "plain HTTP", want: "closed to all but TLS" }]),
    ...(old || !plain ? [] : [{ resource, property: path, got: "TLS of any version", want: "closed to TLS older than 1.2" }]),
  ];
}

const deniesEverything = ({ Effect, Principal, Action, Resource: objects }: any): boolean =>
  Effect === "Deny" &&
  (Principal === "*" || listOf(Principal?.AWS).includes("*")) &&
  listOf(Action).some((action) => action === "s3:*" || action === "*") &&
  listOf(objects).some((arn) => arn === "*" || arn.endsWith("/*"));

/** Whether a statement holds on this one condition: every further one would make it hold less often. */
function isOnly(condition: any, operator: RegExp, key: string, fits: (value: string) => boolean): boolean {
  const all = Object.entries<any>(condition ?? {}).flatMap(([name, keys]) =>
    Object.entries<any>(keys).map(([each, values]) => ({ name, each, values: listOf(values).map(String) })),
  );
  return (
    all.length === 1 &&
    operator.test(all[0]!.name) &&
    all[0]!.each.toLowerCase() === key.toLowerCase() &&
    all[0]!.values.every(fits)
  );
}

/** Principals of other accounts, and everybody, as far as a policy lets them in. */
export function strangers(resource: Resource, accounts: readonly string[]): Fault[] {
  const known = [...ownAccounts(resource), ...accounts];
  return bodiesOf(resource).flatMap((statement, at) =>
    statement.Effect === "Allow"
      ? principalsOf(statement)
          .filter((principal) => !isKnown(principal, statement, known))
          .map((got) => ({
            resource,
            property: `policy.Statement.${at}.Principal`,
            got,
            want: "principals of accounts that you name",
          }))
      : [],
  );
}

function principalsOf({ Principal, NotPrincipal }: any): string[] {
  if (NotPrincipal !== undefined) {
    return ["everybody but a few"];
  }
  // Services act for an account, and identity providers for roles: neither is another account.
  return Principal === "*" ? ["*"] : [...listOf(Principal?.AWS), ...listOf(Principal?.CanonicalUser)];
}

const accountIn = (text: string): string | undefined => /^(?:arn:[^:]+:[^:]+:[^:]*:)?(\d{12})(?::|$)/.exec(text)?.[1];

function isKnown(principal: string, { Condition }: any, known: readonly string[]): boolean {
  const fixed = Object.entries<any>(Condition ?? {})
    .filter(([operator]) => /^(String|Arn)(Equals|Like)$/.test(operator))
    .flatMap(([, keys]) => Object.entries<any>(keys));
  const from = (key: RegExp): string[][] =>
    fixed.filter(([name]) => key.test(name)).map(([, values]) => listOf(values).map(String));
  if (
    from(/^aws:(Principal|Source)(Account|Arn)$/i).some((values) =>
      values.every((value) => known.includes(accountIn(value) ?? "")),
    )
  ) {
    return true;
  }
  if (principal === "*") {
    return from(/^aws:(PrincipalOrgId|SourceOrgId|SourceVpc|SourceVpce)$/i).some((values) =>
      values.every((value) => !value.includes("*")),
    );
  }
  return known.includes(accountIn(principal) ?? "");
}

/** Accounts that the provider may touch. Settings of a provider that are no text reach it as JSON. */
function ownAccounts({ provider }: Resource): string[] {
  const { allowedAccountIds } = provider;
  return listOf(typeof allowedAccountIds === "string" ? parsed(allowedAccountIds) : allowedAccountIds);
}
