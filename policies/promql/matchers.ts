import type { Matcher } from "./syntax.ts";

/** Whether a value is matched by an expression of Prometheus, which is anchored at both ends. */
export function matches(expression: string, value: string): boolean {
  const [, flags = "", bare = ""] = /^(?:\(\?([is]+)\))?([\s\S]*)$/.exec(expression.replaceAll("\\\\", "\\")) ?? [];
  try {
    return new RegExp(`^(?:${bare})$`, flags).test(value);
  } catch {
    return false;
  }
}

/** Whether a matcher accepts a value of its label. */
export const chooses = ({ operator, value }: Matcher, found: string): boolean =>
  (operator.includes("~") ? matches(value, found) : value === found) !== operator.startsWith("!");
