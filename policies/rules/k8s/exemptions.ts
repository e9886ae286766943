import { type Node, partsOf, treeOf } from "./cel.ts";
import { pathOf } from "./truths.ts";

/** Who asks, and for which namespace. */
const WHO = /^(request\.userInfo\.username|request\.namespace|namespaceObject\.metadata\.name|object\.metadata\.namespace)$/;

/** Controllers of the API server, and namespaces that no team has. */
const OF_THE_SYSTEM = /^system:|^kube-|-system$/;

/** Who makes a trial wants to know what a real request would be told. */
const DRY_RUN = "request.dryRun";

/** By what a condition leaves out the requests of one person, of one namespace or of a trial; `undefined` where it leaves none out. */
export function leftOutBy(expression: string): string | undefined {
  const tree = treeOf(expression);
  return tree === undefined ? undefined : refused(tree, false).find((each) => each !== undefined);
}

/** By what a check lets them through, in one of its alternatives. */
export function letThroughBy(expression: string): string | undefined {
  const tree = treeOf(expression);
  return tree?.kind === "either" ? accepted(tree).find((each) => each !== undefined) : undefined;
}

/** What `a && !b && !(c || d)` refuses: b, c and d. */
function refused(node: Node, isDenied: boolean): (string | undefined)[] {
  if (node.kind === "not") {
    return refused(node.of, !isDenied);
  }
  if (node.kind === (isDenied ? "either" : "both")) {
    return partsOf(node).flatMap((part) => refused(part, isDenied));
  }
  return [isTrial(node) ? DRY_RUN : isDenied ? named(node) : undefined];
}

const accepted = (node: Node): (string | undefined)[] =>
  node.kind === "either" ? partsOf(node).flatMap(accepted) : [isTrial(node) ? DRY_RUN : named(node)];

function isTrial(node: Node): boolean {
  return pathOf(node) === DRY_RUN || partsOf(node).some(isTrial);
}

/** The person or the namespace that a comparison names. */
function named(node: Node): string | undefined {
  if (node.kind !== "equal" && node.kind !== "in") {
    return undefined;
  }
  const sides = [node.left, node.right];
  const values = sides
    .flatMap((side) => (side.kind === "list" ? side.items : [side]))
    .flatMap((side) => (side.kind === "literal" && typeof side.value === "string" ? [side.value] : []));
  return sides.some((side) => WHO.test(pathOf(side))) ? values.find((value) => !OF_THE_SYSTEM.test(value)) : undefined;
}
