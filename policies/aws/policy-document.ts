import { at, type Bag, bag, bags, isSet, parsed, text, texts } from "../read.ts";
import { SECRET, Undecided } from "../resource.ts";

/** A statement of an IAM policy document, read only where a rule asks. */
export interface PolicyStatement {
  /** Path of the statement: its `Sid`, or its place in the list when it has no `Sid`. */
  path: string;
  allows: boolean;
  /** As it stands in the document. */
  body: Bag;
}

/** One condition of a statement: all of them must hold. */
export interface PolicyCondition {
  /** With its set prefix and `IfExists`, for example `StringEquals`. */
  operator: string;
  key: string;
  values: string[];
}

/**
 * Statements of a document that is JSON text or an object; JSON allows one in place of a list of them.
 * Text that is not JSON has no statements: AWS refuses it. A secret document cannot be judged.
 *
 * @param path of the document below the inputs, for example `policy`
 */
export function statementsOf(document: unknown, path: string): PolicyStatement[] {
  if (document === SECRET) {
    throw new Undecided(path);
  }
  const content = typeof document === "string" ? parsed(document) : document;
  const statements = Array.isArray(at(content, "Statement"))
    ? bags(content, "Statement")
    : isSet(content, "Statement")
      ? [bag(content, "Statement")]
      : [];
  return statements.map((body, index) => ({
    path: `${path}.Statement.${text(body, "Sid") ?? index}`,
    allows: at(body, "Effect") === "Allow",
    body,
  }));
}

export const conditionsOf = ({ body }: Pick<PolicyStatement, "body">): PolicyCondition[] =>
  Object.entries(bag(body, "Condition")).flatMap(([operator, keys]) =>
    Object.keys(bag(keys)).map((key) => ({ operator, key, values: texts(keys, key) })),
  );

/** An operator that only a present value fulfils: `IfExists`, `Not…` and `Null` also hold where the request has no such key. */
const AFFIRMING = /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Equals|Like)(IgnoreCase)?$/;

/**
 * Whether a statement applies only to requests that have a key whose value fits. `ForAllValues` also holds for no value at all, so it
 * needs a `Null` beside it.
 *
 * @param fits judges a value as it stands, with its wildcards.
 */
export function isLimited(statement: Pick<PolicyStatement, "body">, key: RegExp, fits: (value: string) => boolean): boolean {
  const conditions = conditionsOf(statement);
  const isThere = (called: string): boolean =>
    conditions.some(
      (each) =>
        each.operator === "Null" &&
        each.key.toLowerCase() === called.toLowerCase() &&
        each.values.every((value) => value === "false"),
    );
  return conditions.some(
    (each) =>
      key.test(each.key) &&
      AFFIRMING.test(each.operator) &&
      (!each.operator.startsWith("ForAllValues:") || isThere(each.key)) &&
      each.values.length > 0 &&
      each.values.every(fits),
  );
}

/** Whether the actions of a statement include one. */
export const speaksOf = ({ body }: Pick<PolicyStatement, "body">, action: string): boolean =>
  isSet(body, "NotAction")
    ? !texts(body, "NotAction").some((pattern) => covers(pattern, action))
    : texts(body, "Action").some((pattern) => covers(pattern, action));

/** Whether an action pattern of a statement, with `*` and `?`, matches an action. IAM ignores case. */
export function covers(pattern: string, action: string): boolean {
  const known = PATTERNS.get(pattern) ?? compiled(pattern);
  PATTERNS.set(pattern, known);
  return known.test(action);
}

/** Each pattern as an expression, made once: policies repeat them. */
const PATTERNS = new Map<string, RegExp>();

const compiled = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "i",
  );

/** Kinds of principals that a statement can name. */
type PrincipalKind = "AWS" | "Service" | "Federated" | "CanonicalUser";

/** Named principals, by kind. `"*"` alone means everybody. */
export function principalsOf({ body }: Pick<PolicyStatement, "body">): Record<PrincipalKind, string[]> {
  const principal = at(body, "Principal");
  const named = typeof principal === "string" || Array.isArray(principal) ? { AWS: principal } : principal;
  return {
    AWS: texts(named, "AWS"),
    Service: texts(named, "Service"),
    Federated: texts(named, "Federated"),
    CanonicalUser: texts(named, "CanonicalUser"),
  };
}
