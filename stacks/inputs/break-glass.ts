import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { PEOPLE_GROUPS, rolesThatMay } from "./roles.ts";

/** Emergency access of one person: who, why, from when to when, and who is told of each use. */
export interface BreakGlassEntry {
  /** Role in the table of rights from which the person comes. */
  for: string;
  /** Name of the person's session in IAM Identity Center, most often an e-mail address. */
  person: string;
  /** Why, with the number of the incident. */
  reason: string;
  /** In UTC, `2026-12-01T14:00:00Z`; 2 to 8 hours apart. */
  from: string;
  until: string;
  /** ARN of the topic of SNS that is told of each use. */
  topic: string;
}

/** An entry beside those who may have it. */
interface Owned {
  owners: { roles: string[]; groups: Record<string, string[]> };
  breakGlass?: BreakGlassEntry | undefined;
}

const HOUR = 3_600_000;

/** One shift. */
const MOST_HOURS = 8;
const LEAST_HOURS = 2;

const isTime = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) && !Number.isNaN(Date.parse(value));
const text = (form: RegExp, error: string) => z.string({ error }).regex(form, { error });
const time = (what: string) => {
  const error = `must be the time at which it ${what}, in UTC, for example 2026-12-01T14:00:00Z`;
  return z.string({ error }).refine(isTime, { error });
};

/** What may stand under `breakGlass` in the stack config of an environment. */
export const breakGlassSchema = (environment: EnvironmentName) => {
  const roles = rolesThatMay("take-emergency-access", environment);
  return z
    .strictObject({
      for: z.enum(roles as [string, ...string[]], {
        error: `must be a role that may take emergency access (${roles.join(", ")})`,
      }),
      person: text(/^[\w+=,.@-]{2,64}$/, "must be the name of a person's session, most often an e-mail address"),
      reason: text(/\S.{8,}\S/, "must say why, in 10 characters or more"),
      from: time("begins"),
      until: time("ends"),
      topic: text(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, "must be the ARN of the SNS topic that is told of each use"),
    })
    .refine(({ from, until }) => !isTime(from) || !isTime(until) || fits(Date.parse(until) - Date.parse(from)), {
      path: ["until"],
      error: `must be ${LEAST_HOURS} to ${MOST_HOURS} hours after from`,
    })
    .optional();
};

const fits = (milliseconds: number): boolean => milliseconds >= LEAST_HOURS * HOUR && milliseconds <= MOST_HOURS * HOUR;

/** ARNs of the IAM roles from which the person of an entry may come. */
export const principalsOf = ({ owners, breakGlass }: Owned): string[] =>
  breakGlass?.for === "sre" ? (owners.groups[PEOPLE_GROUPS.sre] ?? []) : owners.roles;

/** @returns a sentence where nobody has the role that an entry is for; it begins with the key. */
export const breakGlassProblems = (settings: Owned): string[] =>
  settings.breakGlass !== undefined && principalsOf(settings).length === 0
    ? [
        `breakGlass.for must be a role that somebody has, got '${settings.breakGlass.for}': name their IAM roles under owners.groups.${PEOPLE_GROUPS.sre}`,
      ]
    : [];

/**
 * An entry that has ended gives nobody anything; it is refused so that it does not stay. A plan shows an old commit as it was.
 *
 * @param now milliseconds since 1970
 * @throws {pulumi.RunError} when the entry in the config of the running stack has ended, and resources are about to be made.
 */
export function refuseEnded(config: Readonly<Record<string, string>>, environment: EnvironmentName, now: number): void {
  const { until } = JSON.parse(config["millrace:breakGlass"] ?? "{}") as Partial<BreakGlassEntry>;
  if (until !== undefined && Date.parse(until) <= now && !pulumi.runtime.isDryRun()) {
    throw new pulumi.RunError(
      `${FILES.config("*", environment)}: millrace:breakGlass.until must be in the future, got '${until}': remove millrace:breakGlass from the three files`,
    );
  }
}
