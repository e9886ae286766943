import type { Fault } from "../findings.ts";
import { at, isSet, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { accountIn, knownAccounts, type Trusted } from "./outsiders.ts";
import { isLimited, type PolicyStatement, statementsOf } from "./policy-document.ts";

/** What leads out of the network through an endpoint to accounts that nobody knows. Through that of S3 goes data, so it needs a policy. */
export function waysOut(resource: Resource, trusted: Trusted): Fault[] {
  const { inputs } = resource;
  const isOfS3 = (text(inputs, "serviceName") ?? "").endsWith(".s3");
  const want = "limited by 'aws:ResourceAccount' to known accounts, or to reads of buckets by name";
  if (!isSet(inputs, "policy")) {
    return isOfS3 ? [{ property: "policy", got: "nothing, which leads to every bucket", want }] : [];
  }
  const key = isOfS3 ? /^aws:Resource(Account|OrgID|OrgPaths)$/i : /^aws:(Principal|Resource)(Account|OrgID|OrgPaths)$/i;
  const known = knownAccounts(resource, trusted);
  const isKnown = (value: string): boolean =>
    /^o-[a-z0-9]+(\/|$)/.test(value) || (accountIn(value) !== undefined && (known.length === 0 || known.includes(value)));
  return statementsOf(at(inputs, "policy"), "policy")
    .filter((statement) => statement.allows && !isLimited(statement, key, isKnown) && !readsNamed(statement))
    .map(({ path, body }) => ({ property: path, got: texts(body, "Resource").join(", ") || "everything", want }));
}

/** Public buckets, such as those of packages, may be read; what is written to one leaves the account. */
const readsNamed = ({ body }: PolicyStatement): boolean =>
  isSet(body, "Action") &&
  isSet(body, "Resource") &&
  texts(body, "Action").every((action) => /^s3:(Get|List|Head)\w*\*?$/i.test(action)) &&
  texts(body, "Resource").every((arn) => /^arn:[^:*?]+:s3:::[^*?/]+(\/|$)/.test(arn));
