import { type Fault, faultsIn, type Rule } from "#components/shape";
import { shown, suggestion } from "../wording.ts";

/**
 * What is wrong with a value that a person wrote in TypeScript, whose types are gone when it runs: one sentence for each fault, beginning
 * with the key.
 *
 * @param key path of the value in its file; empty where the value is the whole of it.
 */
export function problemsIn(value: unknown, rule: Rule<never>, key = ""): string[] {
  return Array.from(faultsIn(key, value, rule), problem);
}

/** A fault as a sentence that begins with the key. */
export function problem({ argument, must, value, known, names = [] }: Fault): string {
  const path = argument.replace(/^\./, "") || "the whole";
  return known
    ? `${path} must be ${must}${suggestion(path.slice(path.lastIndexOf(".") + 1), known)}`
    : `${path} must be ${must}, got ${shown(value)}${suggestion(String(value), names)}`;
}
