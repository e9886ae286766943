import { bag, isSet, parsed, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { conditionsOf, isLimited, type PolicyStatement, principalsOf } from "./policy-document.ts";

/** Accounts, 12 digits each, that a policy may admit besides those that the provider is limited to. */
export interface Trusted {
  accounts: string[];
}

export const NOBODY_ELSE: Trusted = { accounts: [] };

/**
 * Accounts whose principals are no strangers: those that the provider is limited to, and those that are trusted. Empty where the program
 * says neither; then an account that a policy names is taken for one that is meant.
 */
export const knownAccounts = ({ provider }: Pick<Resource, "provider">, { accounts }: Trusted): string[] => {
  const { allowedAccountIds } = provider;
  // Provider settings that are not text arrive as JSON.
  const own = typeof allowedAccountIds === "string" ? parsed(allowedAccountIds) : allowedAccountIds;
  return [...texts(bag({ own }), "own"), ...accounts];
};

/** Whom a statement of a resource's policy admits besides the principals of known accounts. */
export function outsiders(statement: PolicyStatement, known: readonly string[]): string[] {
  if (!statement.allows || isForKnown(statement, known)) {
    return [];
  }
  if (isSet(statement.body, "NotPrincipal")) {
    return ["everybody but a few"];
  }
  const { AWS, CanonicalUser, Federated, Service } = principalsOf(statement);
  return [
    ...AWS.filter((principal) => !isInside(principal, known)),
    ...(known.length > 0 ? CanonicalUser : []),
    // A provider by its name alone, such as `accounts.google.com`, is every account's.
    ...Federated.filter((provider) => accountIn(provider) === undefined || !isInside(provider, known)).map(
      (provider) => `everybody with a login of ${provider}`,
    ),
    ...Service.map((service) => `${service} for any account`),
  ];
}

/** Whether a principal belongs to a known account, or to AWS itself. */
export function isInside(principal: string, known: readonly string[]): boolean {
  if (/[*?]/.test(principal)) {
    return false;
  }
  const account = accountIn(principal);
  return (
    (account === undefined ? isOfAws(principal) || known.length === 0 : known.length === 0 || known.includes(account)) ||
    LOAD_BALANCING.has(account ?? "")
  );
}

/** The identity with which a distribution of CloudFront reads a bucket. */
const isOfAws = (principal: string): boolean => principal.startsWith("arn:aws:iam::cloudfront:user/");

/** The account in an ARN, or the account itself. */
export const accountIn = (text: string): string | undefined => /^(?:arn:[^:]+:[^:]+:[^:]*:)?(\d{12})(?::|$)/.exec(text)?.[1];

const ACCOUNT_KEY =
  /^(aws:(Principal|Source|Resource)Account|aws:(Principal|Source)Arn|aws:SourceOwner|kms:CallerAccount|kms:EncryptionContext:.*arn|s3:DataAccessPointAccount|elasticfilesystem:AccessPointArn)$/i;
/** The name of a bucket is unique in the world, so its ARN names no account. */
const BUCKET_ARN = /^arn:[^:]+:s3:::[^*?]+/;

/** Conditions that nobody outside of known accounts fulfils. */
function isForKnown(statement: PolicyStatement, known: readonly string[]): boolean {
  const isOfKnown = (value: string): boolean => {
    const account = accountIn(value);
    return account === undefined ? BUCKET_ARN.test(value) : known.length === 0 || known.includes(account);
  };
  return (
    isLimited(statement, ACCOUNT_KEY, isOfKnown) ||
    isLimited(statement, /^aws:(Principal|Source)Org(ID|Paths)$/i, (value) => /^o-[a-z0-9]+(\/|$)/.test(value)) ||
    isLimited(statement, /^aws:SourceVpce?$/i, (value) => !/[*?]/.test(value)) ||
    // A mount target stands in a network.
    conditionsOf(statement).some(
      ({ operator, key, values }) =>
        operator === "Bool" &&
        /^elasticfilesystem:AccessedViaMountTarget$/i.test(key) &&
        values.every((value) => value === "true"),
    )
  );
}

/**
 * Accounts of AWS that write the access logs of load balancers, one a region (Elastic Load Balancing user guide, "Access logs for your
 * Application Load Balancer").
 */
const LOAD_BALANCING = new Set([
  "127311923021",
  "033677994240",
  "027434742980",
  "797873946194",
  "098369216593",
  "754344448648",
  "589379963580",
  "718504428378",
  "383597477331",
  "600734575887",
  "114774131450",
  "783225319266",
  "582318560864",
  "985666609251",
  "054676820928",
  "156460612806",
  "652711504416",
  "635631232127",
  "009996457667",
  "897822967062",
  "076674570225",
  "507241528517",
]);
