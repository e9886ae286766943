import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Exception, ExceptionsError, readExceptions } from "./exceptions.ts";

/**
 * The exceptions in force: `exceptions.yaml` next to the rules, or the file that `MILLRACE_EXCEPTIONS` names. Whoever uses the pack for
 * another program has their own exceptions.
 *
 * @param ruleIds rules that there are.
 * @throws {ExceptionsError} when the file that is named is not there, or when something in it is wrong.
 */
export function exceptionsInForce(ruleIds: readonly string[]): Exception[] {
  const named = process.env["MILLRACE_EXCEPTIONS"];
  const file = named ?? join(import.meta.dirname, "exceptions.yaml");
  const text = textOf(file);
  if (text !== undefined) {
    return readExceptions(text, named ?? (relative(process.cwd(), file) || file), ruleIds);
  }
  if (named !== undefined) {
    // The engine runs a pack in the pack's own folder, where a relative path of the program is wrong.
    throw new ExceptionsError(`MILLRACE_EXCEPTIONS must be a file that can be read, got '${named}': give its full path`);
  }
  return [];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
