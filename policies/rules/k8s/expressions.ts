/** What an expression of an admission policy cannot decide (Common Expression Language). */

/** What an expression may look at. One that looks at nothing says the same of every object. */
const LOOKS = /\b(object|oldObject|request|params|namespaceObject|authorizer|variables)\b/;

/** Text between quotes. */
const QUOTED = /(["'])(?:\\.|(?!\1).)*\1/g;

/** Makes the result of an expression true or false. */
const DECIDES = /\b(true|false|in)\b|[<>]|[=!]=|&&|\|\||!/;

/** Whether a check says the same of every object, whole or in one of its alternatives: `a || true`, `a || 1 < 2`. */
export const isConstant = (expression: string): boolean => parts(expression, "||").some((part) => !LOOKS.test(bare(part)));

/** Whether a condition says the same of every object, whole or in one of its demands: `a && 1 > 2`. */
export const neverHolds = (expression: string): boolean => parts(expression, "&&").some((part) => !LOOKS.test(bare(part)));

/** Whether a variable that is true or false is the same for every object. A list, a number or a text may be. */
export const isFixed = (expression: string): boolean =>
  [...parts(expression, "||"), ...parts(expression, "&&")].some((part) => !LOOKS.test(bare(part)) && DECIDES.test(bare(part)));

const bare = (expression: string): string => expression.replaceAll(QUOTED, "''");

/** The parts of an expression between operators outside of parentheses; the whole where a choice (`a ? b : c`) decides. */
function parts(expression: string, operator: "&&" | "||"): string[] {
  const text = unwrapped(expression);
  const hidden = text.replaceAll(QUOTED, (quoted) => "_".repeat(quoted.length));
  const found: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < hidden.length; at += 1) {
    const letter = hidden.charAt(at);
    depth += "([{".includes(letter) ? 1 : ")]}".includes(letter) ? -1 : 0;
    if (depth === 0 && letter === "?") {
      return [text];
    }
    if (depth === 0 && hidden.startsWith(operator, at)) {
      found.push(text.slice(start, at));
      start = at + operator.length;
    }
  }
  return [...found, text.slice(start)];
}

/** Without parentheses around all of it. */
function unwrapped(expression: string): string {
  const text = expression.trim();
  const inner = text.slice(1, -1);
  let depth = 0;
  const closesEarly = Array.from(inner).some((letter) => {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
    return depth < 0;
  });
  return text.startsWith("(") && text.endsWith(")") && !closesEarly ? unwrapped(inner) : text;
}

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
