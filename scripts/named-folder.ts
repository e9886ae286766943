import { accessSync, constants, statSync } from "node:fs";

const ACCESS = { readable: constants.R_OK, writable: constants.W_OK } as const;

/**
 * The folder that an option of a script names. Where it is not as the script needs it, one sentence is printed and the script ends with
 * exit code 2, before any work is done.
 */
export function namedFolder(option: string, folder: string, need: keyof typeof ACCESS): string {
  try {
    accessSync(folder, ACCESS[need]);
    if (statSync(folder).isDirectory()) {
      return folder;
    }
  } catch {
    // Told below, as a file in its place is.
  }
  console.error(`'${option}' must be a ${need} folder, got '${folder}': make it first, or name another one`);
  process.exit(2);
}
