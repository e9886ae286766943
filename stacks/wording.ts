import { closest, distance } from "fastest-levenshtein";
import type * as z from "zod";
import { printable } from "#render/printable";
import { ruleOf } from "./rules.ts";

export { printable } from "#render/printable";

/** ". Did you mean '…'?" if a known word is similar, else nothing: a bad guess is worse than no guess. */
export function suggestion(word: string, words: readonly string[]): string {
  const meant = nearestOf(word, words);
  return meant === undefined ? "" : `. Did you mean '${meant}'?`;
}

/** The same for versions and ids of releases: another number is another release, however near. Only another way to write it is meant. */
export function suggestionOfNumber(word: string, words: readonly string[]): string {
  const meant = words.find((each) => /\d/.test(word) && numbersIn(each) === numbersIn(word));
  return meant === undefined || meant === word ? "" : `. Did you mean '${meant}'?`;
}

const numbersIn = (word: string): string => (word.match(/\d+/g) ?? []).map(Number).join(".");

/** The known word that somebody probably meant. */
export function nearestOf(word: string, words: readonly string[]): string | undefined {
  const best = words.length > 0 ? closest(word, words) : "";
  return best !== "" && isNear(word, best) ? best : undefined;
}

/** Whether a word is probably another one, misspelt or cut short. */
export const isNear = (word: string, other: string): boolean =>
  distance(word, other) <= Math.max(2, word.length / 3) || (word.length > 2 && other.startsWith(word));

/** Beginning of what is said about a key that nobody knows. */
export const KNOWN_KEY = "must be a known key";

/** Sentences for problems whose schema has no text of its own: the error map of `safeParse`. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  const { code, expected, keys, inst } = issue;
  switch (code) {
    case "invalid_type":
      return `must be ${TYPES[expected as string] ?? String(expected)}`;
    case "unrecognized_keys": {
      const known = Object.keys((inst as unknown as z.ZodObject).shape);
      return (keys as string[]).map((key) => `${KNOWN_KEY}${listed(known)}${suggestion(key, known)}`).join("\n");
    }
    default:
      return ruleOf(issue);
  }
};

const listed = (known: readonly string[]): string =>
  known.length > 0 ? ` (${known.join(", ")})` : ", of which there are none here";

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  array: "a list",
  object: "an object",
  record: "an object",
  boolean: "true or false",
  int: "a whole number",
  null: "null",
};

/** What is wrong with one value: its path, empty at the root, and `must be …, got '…'`. */
export interface Problem {
  path: string;
  text: string;
}

/**
 * Everything that a schema refuses in `content`, a problem for each mistake: where a key is misspelt, the right one is not also missing. The
 * value of an unknown key is not shown: it may be a secret.
 */
export function problemsOf(error: z.core.$ZodError, content: unknown): Problem[] {
  const misspelt = new Set(error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? meantBy(issue, content) : [])));
  return error.issues.flatMap((issue) => {
    const path = pathOf(issue.path);
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.message.split("\n").map((text, at) => ({ path: pathOf([...issue.path, issue.keys[at]!]), text }));
      case "invalid_key":
        return { path, text: issue.issues[0]?.message ?? issue.message };
      default:
        return misspelt.has(path) ? [] : { path, text: `${issue.message}, got ${shown(valueAt(content, issue.path))}` };
    }
  });
}

/** Paths of keys that are missing because others are misspelt. */
const meantBy = ({ path, message }: z.core.$ZodIssueUnrecognizedKeys, content: unknown): string[] =>
  [...message.matchAll(/\. Did you mean '([^']+)'\?/g)]
    .map(([, meant = ""]) => [...path, meant])
    .filter((meant) => valueAt(content, meant) === undefined)
    .map(pathOf);

/** A path as a person writes it, and as `pulumi config set --path` reads it: `owners.roles[0]`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((key, at) => (typeof key === "number" ? `[${key}]` : `${at > 0 ? "." : ""}${printable(String(key))}`)).join("");

const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (Object.hasOwn(Object(at), key) ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    content,
  );

/** A text in which no address has a password, and no header a token: it may reach a log. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(
      /(:\/\/)[^/@\s]+@|(:\/\/)[^@\s"]+:[^@\s"]*@(?!sha\d+:)|^(?!arn:|\w+:\/\/)[^@\s"]+:[^@\s"]*@(?!sha\d+:)/g,
      (_, one = "", other = "") => `${one}${other}…@`,
    )
    .replace(/\b(Bearer|Basic) +[\w.~+/=-]{12,}/g, "$1 …");

/** A value in quotes, cut where it would fill the screen. */
export function shown(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  const text = withoutSecrets(typeof value === "object" ? JSON.stringify(value) : String(value as string | number));
  return `'${printable(text.length > 80 ? `${text.slice(0, 79)}…` : text)}'`;
}
