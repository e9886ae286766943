// What lies in the folder of the releases: plain files in plain folders. A link may lead to what nobody reviewed, and a pipe has no end.

import { lstatSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { printable } from "../../wording.ts";
import { RELEASES } from "../files.ts";
import { type Kind, kindOf, misfit } from "../kinds.ts";
import { textOf } from "../read-file.ts";

/** Folder of the releases; a rehearsal points it at a copy so that it can release without touching the repository. */
export const folderOfReleases = (): string => process.env["MILLRACE_RELEASES"] ?? join(PROJECT_FOLDER, RELEASES);

/** Where a file lies that refusals name by `name`. */
export const placeOf = (name: string, folder = folderOfReleases()): string => join(folder, relative(RELEASES, name));

/**
 * The text of a file of releases; nothing where there is none.
 *
 * @param name the file as refusals name it.
 * @throws {pulumi.RunError} when it is no plain file in plain folders, or no text.
 */
export const textIn = (name: string, folder = folderOfReleases()): string | undefined =>
  isThere(name, "file", folder) ? textOf(name, placeOf(name, folder)) : undefined;

/** Something that a folder has. */
export interface Entry {
  /** Its path, as refusals name it. */
  name: string;
  kind: Kind;
}

/**
 * What a folder of releases has, by name; nothing where there is no folder. What an editor hides is left out.
 *
 * @throws {pulumi.RunError} when it is no plain folder in plain folders, or cannot be read.
 */
export function entriesIn(name: string, folder = folderOfReleases()): Entry[] {
  if (!isThere(name, "folder", folder)) {
    return [];
  }
  const found = readable(name, "folder", () => readdirSync(placeOf(name, folder), { withFileTypes: true }));
  return found
    .filter((entry) => !entry.name.startsWith("."))
    .map((entry) => ({ name: `${name}/${entry.name}`, kind: kindOf(entry) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Everything below a folder of releases that is no plain folder. @throws {pulumi.RunError} as `entriesIn` does. */
export const filesBelow = (name: string, folder = folderOfReleases()): string[] =>
  entriesIn(name, folder).flatMap((entry) => (entry.kind === "folder" ? filesBelow(entry.name, folder) : [entry.name]));

/** Whether something is there, as a plain one in plain folders. Only a folder that a variable names may be a link itself. */
function isThere(name: string, wanted: "file" | "folder", folder: string): boolean {
  const words = name.split("/");
  for (let length = 1; length <= words.length; length++) {
    const own = words.slice(0, length).join("/");
    const must = length === words.length ? wanted : "folder";
    const look = length === 1 && folder === process.env["MILLRACE_RELEASES"] ? statSync : lstatSync;
    const found = readable(own, must, () => look(placeOf(own, folder), { throwIfNoEntry: false }));
    if (found === undefined) {
      return false;
    }
    if (kindOf(found) !== must) {
      throw new pulumi.RunError(`${printable(own)} ${misfit(must, kindOf(found))}`);
    }
  }
  return true;
}

function readable<T>(name: string, wanted: "file" | "folder", read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new pulumi.RunError(`${printable(name)} must be a ${wanted} that can be read, got '${(error as Error).message}'`);
  }
}
