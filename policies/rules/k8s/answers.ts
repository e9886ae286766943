import { at, list } from "../../read.ts";
import { type Node, treeOf } from "./cel.ts";

/** What an expression needs to know: the request, its objects, and expressions of variables by their names. */
export interface Question {
  names: Readonly<Record<string, unknown>>;
  variables: Readonly<Record<string, string>>;
}

/** What fails in the API server, such as a field that is not there. */
class Failed extends Error {}

/** What is not read here, such as a call of a library. */
class Unread extends Error {}

/** What the API server answers to an expression; `error` where it fails, `undefined` where nothing is known. */
export function answerOf(expression: string, question: Question): boolean | "error" | undefined {
  const tree = treeOf(expression);
  if (tree === undefined) {
    return "error";
  }
  try {
    const answer = valueOf(tree, { ...question, read: { parts: 0 } });
    return typeof answer === "boolean" ? answer : "error";
  } catch (error) {
    if (error instanceof Failed) {
      return "error";
    }
    if (error instanceof Unread) {
      return undefined;
    }
    throw error;
  }
}

/** Parts that are read at most. Variables may name each other in a circle, or twice each. */
const MOST = 1000;

interface Reading extends Question {
  read: { parts: number };
}

function valueOf(node: Node, question: Reading): unknown {
  question.read.parts += 1;
  if (question.read.parts > MOST) {
    throw new Unread();
  }
  const of = (part: Node): unknown => valueOf(part, question);
  switch (node.kind) {
    case "literal":
      return node.value;
    case "name":
      return known(question.names[node.name]);
    case "member":
      return node.of.kind === "name" && node.of.name === "variables"
        ? variable(node.name, question)
        : known(member(of(node.of), node.name));
    case "index":
      return known(member(of(node.of), String(of(node.key))));
    case "list":
      return node.items.map(of);
    case "not":
      return !truth(of(node.of));
    case "both":
      return decided(
        () => of(node.left),
        () => of(node.right),
        false,
      );
    case "either":
      return decided(
        () => of(node.left),
        () => of(node.right),
        true,
      );
    case "equal":
      return JSON.stringify(of(node.left)) === JSON.stringify(of(node.right));
    case "less":
      return Number(of(node.left)) < Number(of(node.right));
    case "in":
      return isIn(of(node.left), of(node.right));
    case "choice":
      return of(truth(of(node.test)) ? node.met : node.otherwise);
    case "call":
      return called(node, question);
    default:
      return joined(node.name, node.parts.map(of));
  }
}

function known(value: unknown): unknown {
  if (value === undefined) {
    throw new Failed();
  }
  return value;
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null && Object.hasOwn(holder, name) ? at(holder, name) : undefined;
}

function variable(name: string, question: Reading): unknown {
  const tree = treeOf(question.variables[name] ?? "");
  return known(tree === undefined ? undefined : valueOf(tree, question));
}

function truth(value: unknown): boolean {
  if (typeof value !== "boolean") {
    throw new Failed();
  }
  return value;
}

/** One side of `&&` and `||` may fail where the other decides. */
function decided(left: () => unknown, right: () => unknown, end: boolean): boolean {
  let first: boolean;
  try {
    first = truth(left());
  } catch (error) {
    if (error instanceof Failed && truth(right()) === end) {
      return end;
    }
    throw error;
  }
  return first === end ? end : truth(right());
}

function isIn(value: unknown, holder: unknown): boolean {
  return Array.isArray(holder)
    ? holder.some((each) => JSON.stringify(each) === JSON.stringify(value))
    : member(holder, String(value)) !== undefined;
}

function joined(name: string, parts: readonly unknown[]): unknown {
  const [one, other] = parts;
  if (name === "+" && Array.isArray(one) && Array.isArray(other)) {
    return [...one, ...other];
  }
  if (name === "+" && typeof one === "string" && typeof other === "string") {
    return one + other;
  }
  throw new Unread();
}

const TEXTS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

function called(node: Extract<Node, { kind: "call" }>, question: Reading): unknown {
  const { name, of: holder, args } = node;
  const [first, second] = args;
  const value = (part: Node): unknown => valueOf(part, question);
  if (holder === undefined) {
    if (name === "has" && first?.kind === "member") {
      return member(value(first.of), first.name) !== undefined;
    }
    if (name === "size" && first !== undefined) {
      return sizeOf(value(first));
    }
    throw new Unread();
  }
  const given = value(holder);
  if (name === "size") {
    return sizeOf(given);
  }
  const text = TEXTS[name];
  if (text !== undefined && first !== undefined) {
    const part = value(first);
    if (typeof given !== "string" || typeof part !== "string") {
      throw new Failed();
    }
    return text(given, part);
  }
  if (first?.kind !== "name" || second === undefined) {
    throw new Unread();
  }
  return ofEvery(name, given, (each) => valueOf(second, { ...question, names: { ...question.names, [first.name]: each } }));
}

/** Macros go through the items of a list, and the keys of a map. */
function ofEvery(name: string, holder: unknown, ask: (each: unknown) => unknown): unknown {
  const items = Array.isArray(holder) ? list(holder) : Object.keys(Object(holder));
  switch (name) {
    case "exists":
      return items.some((each) => truth(ask(each)));
    case "all":
      return items.every((each) => truth(ask(each)));
    case "filter":
      return items.filter((each) => truth(ask(each)));
    case "map":
      return items.map(ask);
    default:
      throw new Unread();
  }
}

function sizeOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : Object.keys(Object(value)).length;
}
