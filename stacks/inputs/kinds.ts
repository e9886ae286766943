import { type Dirent, type Stats, statSync } from "node:fs";

/** What lies under a name, by itself: no link is followed. */
export type Kind = "file" | "folder" | "symbolic link" | "named pipe" | "socket" | "device";

export function kindOf(entry: Dirent | Stats): Kind {
  if (entry.isFile()) {
    return "file";
  }
  if (entry.isDirectory()) {
    return "folder";
  }
  if (entry.isSymbolicLink()) {
    return "symbolic link";
  }
  return entry.isFIFO() ? "named pipe" : entry.isSocket() ? "socket" : "device";
}

/** What a path leads to, links followed; nothing where nothing is. Only a file has an end: nothing else is opened. */
export function kindAt(path: string): Kind | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && kindOf(found);
}

/** What a name must be and is, and what to do: the end of a refusal that begins with the name. */
export const misfit = (wanted: "file" | "folder", got: Kind): string =>
  `must be a ${wanted}, got a ${got}: ${got === "symbolic link" ? `put the ${wanted} itself in its place` : `move the ${got} away`}`;
