import { type Node, partsOf } from "./cel.ts";

/** More questions than this are not tried in every combination. */
const MOST = 8;

/**
 * Whether an expression is true, or false, whatever the object is; `undefined` where that depends on it. Tries every combination of
 * answers to the questions in it, so `a || !a` is true, and so is `a ? true : !a`.
 */
export function truthOf(node: Node): boolean | undefined {
  const questions = new Map<string, boolean>();
  collect(node, questions);
  if (questions.size > MOST) {
    return settled(node);
  }
  const names = [...questions.keys()];
  let said: boolean | undefined;
  for (let round = 0; round < 2 ** names.length; round += 1) {
    names.forEach((name, bit) => questions.set(name, Math.floor(round / 2 ** bit) % 2 === 1));
    const answer = answered(node, questions);
    if (said !== undefined && answer !== said) {
      return undefined;
    }
    said = answer;
  }
  return said;
}

/** The questions of an expression that nobody can answer without an object. */
function collect(node: Node, questions: Map<string, boolean>): void {
  if (settled(node) !== undefined) {
    return;
  }
  if (node.kind === "not" || node.kind === "both" || node.kind === "either" || node.kind === "choice") {
    for (const part of partsOf(node)) {
      collect(part, questions);
    }
  } else {
    questions.set(key(node), false);
  }
}

function answered(node: Node, answers: ReadonlyMap<string, boolean>): boolean {
  const answer = settled(node);
  if (answer !== undefined) {
    return answer;
  }
  switch (node.kind) {
    case "not":
      return !answered(node.of, answers);
    case "both":
      return answered(node.left, answers) && answered(node.right, answers);
    case "either":
      return answered(node.left, answers) || answered(node.right, answers);
    case "choice":
      return answered(node.test, answers) ? answered(node.met, answers) : answered(node.otherwise, answers);
    default:
      return answers.get(key(node)) ?? false;
  }
}

/** One text for one tree. */
const key = (node: Node): string => JSON.stringify(node);

/** What a part is by itself, without a look at other parts. */
function settled(node: Node): boolean | undefined {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "boolean" ? node.value : undefined;
    case "not":
      return negated(settled(node.of));
    case "both":
      return joined(settled(node.left), settled(node.right), false);
    case "either":
      return joined(settled(node.left), settled(node.right), true);
    case "choice": {
      const test = settled(node.test);
      return test === undefined ? undefined : settled(test ? node.met : node.otherwise);
    }
    case "equal":
      return equal(node.left, node.right);
    case "less":
      return less(node.left, node.right);
    case "in":
      return node.right.kind === "list" ? within(node.left, node.right.items) : undefined;
    case "call":
      return called(node);
    default:
      return undefined;
  }
}

const negated = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

/** @param decides the value of one side that is the value of both. */
const joined = (left: boolean | undefined, right: boolean | undefined, decides: boolean): boolean | undefined =>
  left === decides || right === decides ? decides : left === undefined || right === undefined ? undefined : !decides;

function equal(left: Node, right: Node): boolean | undefined {
  if (key(left) === key(right)) {
    return true;
  }
  const [one, other] = [constant(left), constant(right)];
  if (one !== undefined && other !== undefined) {
    return one.value === other.value;
  }
  const [known, asked] = one === undefined ? [other, left] : [one, right];
  if (known === undefined) {
    return undefined;
  }
  if (typeof known.value === "boolean") {
    const truth = settled(asked);
    return truth === undefined ? undefined : truth === known.value;
  }
  const isEmpty = (known.value === "" && isNamed(asked)) || (known.value === 0 && isSize(asked) && isNamed(sizedBy(asked)));
  return isEmpty || (known.value === null && isAlways(asked)) || (isSize(asked) && Number(known.value) < 0) ? false : undefined;
}

function less(left: Node, right: Node): boolean | undefined {
  const [one, other] = [constant(left)?.value, constant(right)?.value];
  if (typeof one === "number" && typeof other === "number") {
    return one < other;
  }
  if (key(left) === key(right) || (isSize(left) && typeof other === "number" && other <= 0)) {
    return false;
  }
  const least = isSize(right) ? (isNamed(sizedBy(right)) ? 1 : 0) : undefined;
  return typeof one === "number" && least !== undefined && one < least ? true : undefined;
}

function within(value: Node, items: readonly Node[]): boolean | undefined {
  const answers = items.map((item) => equal(value, item));
  return answers.includes(true) ? true : answers.every((each) => each === false) ? false : undefined;
}

/** A value that the expression itself has. */
function constant(node: Node): { value: string | number | boolean | null } | undefined {
  if (node.kind === "literal") {
    return node;
  }
  const sized = isSize(node) ? sizedBy(node) : undefined;
  if (sized?.kind === "list") {
    return { value: sized.items.length };
  }
  return sized?.kind === "literal" && typeof sized.value === "string" ? { value: sized.value.length } : undefined;
}

const isSize = (node: Node): boolean => node.kind === "call" && node.name === "size";
const sizedBy = (node: Node): Node | undefined => (node.kind === "call" ? (node.of ?? node.args[0]) : undefined);

/** Texts of which an expression that means something leaves one out. */
const PROBES = ["", "a", "kube-system", "Z9_/:.", "0"];

function called({ of, name, args: [first, second, third] }: Node & { kind: "call" }): boolean | undefined {
  switch (name) {
    case "has":
      return first !== undefined && isAlways(first) ? true : undefined;
    case "startsWith":
    case "endsWith":
    case "contains":
      return first?.kind === "literal" && first.value === "" ? true : undefined;
    case "matches": {
      const pattern = [first, second].find((each) => each?.kind === "literal");
      return pattern?.kind === "literal" && matchesAll(String(pattern.value)) ? true : undefined;
    }
    case "all":
      return (of?.kind === "list" && of.items.length === 0) || told(second ?? of) === true ? true : undefined;
    case "exists":
      return (of?.kind === "list" && of.items.length === 0) || told(second ?? of) === false ? false : undefined;
    case "bind":
      return told(third);
    default:
      return undefined;
  }
}

/** What is said of each item. */
const told = (node: Node | undefined): boolean | undefined => (node === undefined ? undefined : truthOf(node));

function matchesAll(pattern: string): boolean {
  try {
    const expression = new RegExp(pattern);
    return PROBES.every((probe) => expression.test(probe));
  } catch {
    return false;
  }
}

/** Parts that every object has (Kubernetes API conventions, "Metadata"). */
const ALWAYS = ["object", "object.metadata", "object.metadata.name", "object.kind", "object.apiVersion"];
const NAMED = ["object.metadata.name", "object.kind", "object.apiVersion", "request.operation"];

const isAlways = (node: Node): boolean => ALWAYS.includes(pathOf(node));
const isNamed = (node: Node | undefined): boolean => node !== undefined && NAMED.includes(pathOf(node));

/** A chain of members as one text; empty for everything else. */
export const pathOf = (node: Node): string =>
  node.kind === "name" ? node.name : node.kind === "member" && pathOf(node.of) !== "" ? `${pathOf(node.of)}.${node.name}` : "";
