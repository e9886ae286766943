import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Files } from "./files.ts";

/** The files below a folder: `file:///srv/state`, `file://~`, `file://./state`, with or without `?…`. */
export function folderFiles(url: string): Files {
  const path = decodeURIComponent(url.replace(/^file:\/\//, "").replace(/\?.*$/, ""));
  const root = path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : resolve(path);
  const at = (name: string): string => join(root, name);
  return {
    shared: false,
    list: async (folder) =>
      orNothing(() => readdirSync(at(folder), { withFileTypes: true }), [])
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(folder, name))
        .toSorted(),
    read: async (name) => orNothing(() => readFileSync(at(name)), undefined),
    write: async (name, content) => {
      mkdirSync(dirname(at(name)), { recursive: true });
      // What a killed writer leaves behind must not look like a file of Pulumi.
      const half = `${at(name)}.${process.pid}.half`;
      writeFileSync(half, content);
      renameSync(half, at(name));
    },
    remove: async (name) => rmSync(at(name), { force: true }),
    versions: async () => [],
  };
}

function orNothing<T, Nothing>(read: () => T, nothing: Nothing): T | Nothing {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return nothing;
    }
    throw error;
  }
}
