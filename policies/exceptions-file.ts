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
  const shown = named ?? (relative(process.cwd(), file) || file);
  const text = textOf(file, shown);
  if (text === undefined && named !== undefined) {
    // The engine runs a pack in the pack's own folder, where a relative path of the program is wrong.
    throw new ExceptionsError(`MILLRACE_EXCEPTIONS must be a file that can be read, got '${named}': give its full path`);
  }
  return text === undefined ? [] : readExceptions(text, shown, ruleIds);
}

/** @returns nothing where there is no file. */
function textOf(file: string, shown: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new ExceptionsError(`${shown} must be a text file in UTF-8 that can be read, got '${message}': correct or replace it`);
  }
}
