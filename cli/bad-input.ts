import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { suggestion } from "#stacks/wording";

/** What was typed cannot be done: one sentence, exit code 2, nothing touched. */
export class BadInput extends Error {}

/**
 * @param commands what else may stand in its place. @default - nothing
 * @throws {BadInput} when it is none.
 */
export function environmentNamed(word: string, commands: readonly string[] = []): EnvironmentName {
  const found = ENVIRONMENTS.find((name) => name === word);
  if (!found) {
    const hint = suggestion(word, [...ENVIRONMENTS, ...commands]);
    throw new BadInput(`the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${word}'${hint}`);
  }
  return found;
}

/** @throws {BadInput} when a file cannot be written there, before anything is done for it. */
export function checkFile(option: string, file: string): void {
  const folder = dirname(resolve(file));
  if (!isFolder(folder)) {
    throw new BadInput(`'${option}' must be a file in a folder that exists, got '${file}': name another file`);
  }
  if (isFolder(file) || !isWritable(existsSync(file) ? file : folder)) {
    throw new BadInput(`'${option}' must be a file that can be written, got '${file}': name another file`);
  }
}

/** @throws {BadInput} when there is no folder and none can be made. */
export function checkFolder(variable: string, folder: string): void {
  let place = resolve(folder);
  while (!existsSync(place)) {
    place = dirname(place);
  }
  if (!isFolder(place) || !isWritable(place)) {
    throw new BadInput(`${variable} must be a folder that can be written, got '${folder}': set it to another one`);
  }
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
