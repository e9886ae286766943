import type { Sticky } from "#components/serving/sticky";

/** Headers by which a request says whose it is. */
export const namedUser = ({ header, cookie }: Sticky, user: string): Record<string, string> =>
  header === undefined ? { cookie: `${cookie}=${user}` } : { [header]: user };
