import { parseDocument } from "yaml";
import * as z from "zod";
import { type Day, daysBetween, isDay } from "./day.ts";

/** Longest time for which a rule may be set aside, days. After that somebody decides again. */
export const LONGEST_DAYS = 90;

/** A rule set aside for some resources, for a while. */
export interface Exception {
  /** Id of the rule. */
  rule: string;
  /** Address of what may break it, `<stack>/<name>`; `*` stands for anything: `platform-prod/tracking*`. */
  resource: string;
  /** What may stand there, `*` for anything: `ghcr.io/mlflow/mlflow:v3.17.0-full`. @default - whatever breaks the rule */
  value?: string | undefined;
  /** Why it is acceptable. */
  reason: string;
  /** Where it was decided. */
  ticket: string;
  /** Who answers for it. */
  owner: string;
  granted: Day;
  /** Last day on which it holds. */
  expires: Day;
}

/** A file of exceptions that cannot be used, with every reason in one text. */
export class ExceptionsError extends Error {}

/**
 * Reads a file of exceptions.
 *
 * @param ruleIds rules that there are.
 * @throws {ExceptionsError} naming each entry, field, rule and value that is wrong.
 */
export function readExceptions(text: string, file: string, ruleIds: readonly string[]): Exception[] {
  const content = contentOf(text, file) ?? [];
  const parsed = schemaOf(ruleIds).safeParse(content);
  if (!parsed.success) {
    throw new ExceptionsError(parsed.error.issues.map((issue) => `${file}: ${problem(issue, content)}`).join("\n"));
  }
  return parsed.data;
}

function contentOf(text: string, file: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error?.code === "DUPLICATE_KEY") {
    throw new ExceptionsError(
      `${file}:${error.linePos?.[0].line}: each field must stand in its entry once, got one twice: remove one of the two`,
    );
  }
  if (error !== undefined) {
    const [{ line, col }] = error.linePos!;
    throw new ExceptionsError(`${file} must be YAML, got a mistake at line ${line}, column ${col}: correct it there`);
  }
  try {
    return document.toJS();
  } catch {
    throw new ExceptionsError(
      `${file} must be YAML, got an alias of nothing, or one that grows without end: write the value itself`,
    );
  }
}

function schemaOf(ruleIds: readonly string[]) {
  const text = z.string({ error: "must be a text" });
  const filled = text.min(1, { error: "must be a text that is not empty" });
  const day = text.refine(isDay, { error: "must be a day, `2026-11-21`" });
  return z.array(
    z
      .strictObject({
        rule: text.refine((id) => ruleIds.includes(id), { error: "must be the id of a rule" }),
        resource: filled,
        value: filled.optional(),
        reason: text.min(20, { error: "must be a reason that a stranger understands, at least 20 characters" }),
        ticket: filled,
        owner: filled,
        granted: day,
        expires: day,
      })
      .refine((entry) => !hasDays(entry) || entry.expires > entry.granted, {
        error: "must be after 'granted'",
        path: ["expires"],
      })
      .refine((entry) => !hasDays(entry) || daysLeft(entry, entry.granted) <= LONGEST_DAYS, {
        error: `must be at most ${LONGEST_DAYS} days after 'granted'`,
        path: ["expires"],
      }),
  );
}

/** Whether there is something to compare: zod compares also what it has refused already. */
const hasDays = ({ granted, expires }: Pick<Exception, "granted" | "expires">): boolean => isDay(granted) && isDay(expires);

const FIELDS = "rule, resource, value (optional), reason, ticket, owner, granted, expires";

/** One thing that is wrong, in one sentence. */
function problem(issue: z.core.$ZodIssue, content: unknown): string {
  const [index, field] = issue.path;
  if (index === undefined) {
    return `the whole must be a list of exceptions, got ${kindOf(content)}`;
  }
  const entry = (content as unknown[])[Number(index)];
  const place = `entry ${Number(index) + 1}`;
  if (issue.code === "unrecognized_keys") {
    return `${place} must have the fields ${FIELDS} and no other, got '${issue.keys.join("', '")}'`;
  }
  if (field === undefined) {
    return `${place} must be an exception with the fields ${FIELDS}, got ${kindOf(entry)}`;
  }
  const value = (entry as Record<string, unknown>)[String(field)];
  return `${place}, '${String(field)}' ${issue.message}, got ${typeof value === "string" ? `'${value}'` : kindOf(value)}`;
}

const KINDS: Record<string, string> = { object: "a map", string: "a text", number: "a number", boolean: "a boolean" };
const kindOf = (value: unknown): string =>
  value === undefined || value === null ? "nothing" : Array.isArray(value) ? "a list" : (KINDS[typeof value] ?? "a value");

/** A broken rule: where, and by which value. */
export interface Breach {
  rule: string;
  address: string;
  got: string;
}

export const matches = ({ rule, resource, value = "*" }: Exception, breach: Breach): boolean =>
  rule === breach.rule && patternOf(resource).test(breach.address) && patternOf(value).test(breach.got);

/** The texts that a glob stands for, whole: `*` stands for anything, other characters for themselves. */
export const patternOf = (glob: string): RegExp => new RegExp(`^${glob.split("*").map(literally).join(".*")}$`, "s");

/** Whether a text is one of those that some globs stand for. */
export const isListed = (text: string, globs: readonly string[]): boolean => globs.some((glob) => patternOf(glob).test(text));

export const isExpired = ({ expires }: Exception, today: Day): boolean => today > expires;

/** Days for which it still holds; negative once it has ended. */
export const daysLeft = ({ expires }: Pick<Exception, "expires">, today: Day): number => daysBetween(today, expires);

/** A text as a pattern that means just that text. */
export const literally = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
