import { accessSync, closeSync, constants, existsSync, openSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { kindAt } from "#stacks/inputs/kinds";
import { suggestion } from "#stacks/wording";
import { takesFiles } from "#toolchain/folders";

/** A wrong input. The command prints one sentence and ends with exit code 2; it changes nothing. */
export class BadInput extends Error {}

/**
 * The environment of this name.
 *
 * @param commands other words that are allowed in this place, to suggest for a misspelt one. @default - none
 * @throws {BadInput} when the word is not the name of an environment.
 */
export function environmentNamed(word: string, commands: readonly string[] = []): EnvironmentName {
  const found = ENVIRONMENTS.find((name) => name === word);
  if (!found) {
    const hint = suggestion(word, [...ENVIRONMENTS, ...commands]);
    throw new BadInput(`the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${word}'${hint}`);
  }
  return found;
}

/**
 * Checks that a file can be written, before any work is done for it.
 *
 * @throws {BadInput} when it cannot.
 */
export function checkFile(option: string, file: string): void {
  if (file === "" || !isFolder(dirname(resolve(file)))) {
    throw new BadInput(`'${option}' must be a file in an existing folder, got '${file}': name another file`);
  }
  asOutput(option, file, () => tryFile(file));
}

/**
 * The same for a file that another one takes the place of: a device or a pipe would go.
 *
 * @throws {BadInput} when it cannot be written, or is no plain file.
 */
export function checkReplaced(option: string, file: string): void {
  const kind = kindAt(file);
  if (kind !== undefined && kind !== "file") {
    throw new BadInput(`'${option}' must be a file, got '${file}', a ${kind}: name another file`);
  }
  checkFile(option, file);
}

/**
 * Writes a file that an option names.
 *
 * @throws {BadInput} when it cannot be written.
 */
export const writeOutput = (option: string, file: string, text: string): void =>
  asOutput(option, file, () => writeFileSync(file, text));

function asOutput(option: string, file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(", ");
    throw new BadInput(`'${option}' must be a writable file, got '${file}' (${reason}): name another file`);
  }
}

/** Tried, because some file systems (`/proc`) allow by their mode what they then refuse. A pipe is not opened: its reader would see an end. */
function tryFile(file: string): void {
  const isThere = existsSync(file);
  if (isThere && !isFolder(file) && !statSync(file).isFile()) {
    accessSync(file, constants.W_OK);
    return;
  }
  closeSync(openSync(file, "a"));
  if (!isThere) {
    rmSync(realpathSync(file));
  }
}

/**
 * Checks that a folder can be written or made.
 *
 * @throws {BadInput} when it cannot.
 */
export function checkFolder(variable: string, folder: string): void {
  if (!takesFiles(folder)) {
    throw new BadInput(`${variable} must be a writable folder, got '${folder}': set it to another one`);
  }
}

/** Whether the path is a folder that exists. */
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
