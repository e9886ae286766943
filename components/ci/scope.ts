/** Where CI may act: one account, one region, names that begin with one prefix, and keys that carry the environment's tags. */
export interface Scope {
  prefix: string;
  account: string;
  region: string;
  /** Tags that every key of the environment carries, and no other key. */
  tags: Readonly<Record<string, string>>;
  /** ARN of the boundary that every role must have that CI makes or changes. */
  roleBoundary: string;
  /** ARNs of the roles of people, which CI may not touch. */
  administrators: readonly string[];
  /** Purposes of the buckets whose rules a person alone changes, for example `audit` for `<prefix>-audit-*`. */
  guardedStores: readonly string[];
}

export const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });
