import { SECRET, Undecided } from "./resource.ts";

/** A statement of an IAM policy document, read only where a rule asks. */
export interface PolicyStatement {
  /** Path of the statement: its `Sid`, or its place in the list where it has none. */
  path: string;
  allows: boolean;
  /** As it stands in the document. */
  body: any;
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
 * Text that is no JSON has none: AWS refuses it. Of a secret one nothing can be said.
 *
 * @param path where the document stands below the inputs, for example `policy`
 */
export function statementsOf(document: unknown, path: string): PolicyStatement[] {
  if (document === SECRET) {
    throw new Undecided(path);
  }
  const statements = listOf<any>((typeof document === "string" ? parsed(document) : (document as any))?.Statement);
  return statements.map((body, at) => ({
    path: `${path}.Statement.${body.Sid ?? at}`,
    allows: body.Effect === "Allow",
    body,
  }));
}

/** What JSON text says; nothing where it is none. */
export function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON allows one text in place of a list of them. */
export const listOf = <T = string>(value: T | readonly T[] | undefined): T[] => [value ?? []].flat() as T[];

export const conditionsOf = ({ body }: PolicyStatement): PolicyCondition[] =>
  Object.entries<Record<string, string | string[]>>(body.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({ operator, key, values: listOf(keys[key]) })),
  );

/** Whether an action of a statement, which may hold `*` and `?`, stands for an action. IAM ignores case. */
export const covers = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "i",
  ).test(action);

/** Who is named, by kind: `AWS`, `Service`, `Federated`. `"*"` alone stands for everybody. */
export function principalsOf({ body }: PolicyStatement): { AWS: string[]; Service: string[]; Federated: string[] } {
  const named = typeof body.Principal === "string" ? { AWS: body.Principal } : (body.Principal ?? {});
  return { AWS: listOf(named.AWS), Service: listOf(named.Service), Federated: listOf(named.Federated) };
}
