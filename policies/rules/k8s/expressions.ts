import { type Node, partsOf, treeOf } from "./cel.ts";
import { pathOf, truthOf } from "./truths.ts";

/** What an expression of an admission policy cannot decide, and what it leaves to the object itself. */

/** What an expression may look at. One that looks at nothing says the same of every object. */
const LOOKS = ["object", "oldObject", "request", "params", "namespaceObject", "authorizer", "variables"];

const looks = (node: Node): boolean => (node.kind === "name" && LOOKS.includes(node.name)) || partsOf(node).some(looks);

/** Whether a check says the same of every object, whole or in one of its alternatives: `a || true`, `a == a`, `a || !a`. */
export const isConstant = (expression: string): boolean =>
  judged(
    expression,
    (tree) =>
      truthOf(tree) !== undefined ||
      alternatives(tree).some((part) => !looks(part.node) || truthOf(part.node) === !part.isDenied),
  );

/** Whether a condition says the same of every object, whole or in one of its demands: `a && 1 > 2`, `a != a`. */
export const neverHolds = (expression: string): boolean =>
  judged(expression, (tree) => truthOf(tree) === false || demands(tree).some((part) => !looks(part) || truthOf(part) === false));

/** Whether a variable that is true or false is the same for every object. A list, a number or a text may be. */
export const isFixed = (expression: string): boolean =>
  judged(
    expression,
    (tree) =>
      truthOf(tree) !== undefined ||
      [...alternatives(tree).map(({ node }) => node), ...demands(tree)].some((part) => !looks(part) && decides(part)),
  );

/** What is no expression the API server refuses. */
const judged = (expression: string, verdict: (tree: Node) => boolean): boolean => {
  const tree = treeOf(expression);
  return tree !== undefined && verdict(tree);
};

/** Whether a part is true or false. */
const decides = (node: Node): boolean =>
  ["not", "both", "either", "equal", "less", "in"].includes(node.kind) ||
  (node.kind === "literal" && typeof node.value === "boolean") ||
  (node.kind === "call" && ["has", "all", "exists", "exists_one"].includes(node.name));

/** One of several ways to fulfil an expression: a part that must be true, or false where it is denied. */
interface Alternative {
  node: Node;
  isDenied: boolean;
}

/** The ways to fulfil an expression: those of `a || b`, of `!(a && b)` and of `a ? true : b`. */
function alternatives(node: Node, isDenied = false): Alternative[] {
  if (node.kind === "not") {
    return alternatives(node.of, !isDenied);
  }
  if (node.kind === (isDenied ? "both" : "either")) {
    return partsOf(node).flatMap((part) => alternatives(part, isDenied));
  }
  if (node.kind === "choice" && truthOf(node.met) === !isDenied) {
    return [...alternatives(node.test), ...alternatives(node.otherwise, isDenied)];
  }
  return [{ node, isDenied }];
}

/** All that an expression demands at once. */
const demands = (node: Node): Node[] => (node.kind === "both" ? [...demands(node.left), ...demands(node.right)] : [node]);

/** What whoever makes an object says of it, as they like. */
const SELF_SAID =
  /^((?:object|oldObject)\.metadata\.(?:labels|annotations|name|generateName|ownerReferences|finalizers|managedFields)|request\.name)\b/;

/** By what an object could exempt itself from a condition; `undefined` where it could not. A change of it may be looked at. */
export function selfSaidIn(expression: string): string | undefined {
  const tree = treeOf(expression);
  return tree === undefined ? undefined : selfSaid(tree)[0];
}

function selfSaid(node: Node): string[] {
  if (node.kind === "equal" && isSame(node.left, node.right)) {
    return [];
  }
  const path = SELF_SAID.exec(pathOf(node))?.[1];
  return path === undefined ? partsOf(node).flatMap(selfSaid) : [path];
}

/** Whether two parts are one field, before a change and after it. */
function isSame(one: Node, other: Node): boolean {
  const [before, after] = [pathOf(one), pathOf(other)].toSorted((left, right) => right.length - left.length);
  return before !== after && before?.replace("oldObject", "object") === after;
}

/** Words of labels and annotations that are there to be let through. */
const PASSES =
  /skip|exempt|ignore|bypass|allow|disable|exclude|except|waive|unsafe|break-?glass|override|opt-?out|unchecked|trusted/i;

/** An alternative of a check that an object fulfils by what it says of itself, rather than by what it is; `undefined` without one. */
export function passIn(expression: string): string | undefined {
  const tree = treeOf(expression);
  const ways = tree === undefined ? [] : alternatives(tree).map(({ node }) => node);
  return ways.length > 1 && ways.some((way) => !isOnlySaid(way))
    ? ways.filter((way) => isOnlySaid(way) && isPass(way)).flatMap(selfSaid)[0]
    : undefined;
}

/** A variable that says whether an object may pass. */
export function passBy(expression: string): string | undefined {
  const tree = treeOf(expression);
  return tree !== undefined && isOnlySaid(tree) && PASSES.test(JSON.stringify(tree)) ? selfSaid(tree)[0] : undefined;
}

/** Whether a part looks at nothing but what an object says of itself. */
const isOnlySaid = (node: Node): boolean => selfSaid(node).length > 0 && asked(node).every((path) => SELF_SAID.test(path));

/** The longest paths that a part looks at. */
function asked(node: Node): string[] {
  const path = pathOf(node);
  return LOOKS.includes(path.split(".")[0] ?? "") ? [path] : partsOf(node).flatMap(asked);
}

const isPass = (node: Node): boolean =>
  PASSES.test(JSON.stringify(node)) || selfSaid(node).every((path) => /\.(name|generateName)$/.test(path));

const BY_PART_OF_NAME = /request\.userInfo\.username\.(startsWith|endsWith|contains|matches)\(\s*(["'])(.*?)\2/g;

/** Accounts of one namespace, and nodes. */
const OF_ONE_PLACE = /^system:(serviceaccount:[a-z0-9-]+:|node:)/;

const BY_GROUP = /(["'])(system:(serviceaccounts|authenticated|unauthenticated))\1\s+in\s+request\.userInfo\.groups/;
const BY_PART_OF_GROUP = /request\.userInfo\.groups\.exists\([^)]*?\.(startsWith|endsWith|contains|matches)\(/;

/** Who an expression speaks of without knowing them: users by a part of their names, or groups of everybody. */
export function crowdIn(expression: string): string | undefined {
  const [name] = [...expression.matchAll(BY_PART_OF_NAME)].filter(
    ([, method, , value]) => method !== "startsWith" || !OF_ONE_PLACE.test(value ?? ""),
  );
  return name?.[0] ?? BY_GROUP.exec(expression)?.[2] ?? BY_PART_OF_GROUP.exec(expression)?.[0];
}
