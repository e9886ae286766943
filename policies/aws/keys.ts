import { text } from "../read.ts";
import { type Resource, whenKnown } from "../resource.ts";
import { accountIn, knownAccounts, NOBODY_ELSE } from "./outsiders.ts";

/** A key that a program names but does not own: one of AWS, which no policy limits, or one of an account that may take it away. */
export function strangeKey(resource: Resource, holder: unknown, ...path: (string | number)[]): string | undefined {
  // A key that nobody knows yet is made by the same program.
  const key = whenKnown(() => text(holder, ...path)) ?? "";
  const known = knownAccounts(resource, NOBODY_ELSE);
  const account = accountIn(key);
  const isStrange = /(^|:)alias\/aws\//.test(key) || (account !== undefined && known.length > 0 && !known.includes(account));
  return isStrange ? key : undefined;
}

/** What is wanted in place of such a key. */
export const OWN_KEY = "a customer managed key of your own account";
