/** Where CI may act: one account, one region, names that begin with one prefix, and what carries the environment's tags. */
export interface Scope {
  prefix: string;
  account: string;
  region: string;
  /** Tags that everything of the environment carries, and nothing else. They tell apart what has no name of ours. */
  tags: Readonly<Record<string, string>>;
  /** ARN of the boundary that every role must have that CI makes or changes. */
  roleBoundary: string;
  /** ARNs of the roles of people, which CI may not touch. */
  administrators: readonly string[];
  /** Purposes of the buckets whose rules a person alone changes, for example `audit` for `<prefix>-audit-*`. */
  guardedStores: readonly string[];
  /** Domain whose names CI writes into the hosted zone. */
  domain: string;
  /** ARN of the connection to GitHub that the runner uses. */
  connectionArn?: string | undefined;
}

export const inRegion = (region: string) => ({ StringEquals: { "aws:RequestedRegion": region } });
