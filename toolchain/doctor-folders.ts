// The folders that a rehearsal writes, and the room in them.

import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { freeBytes } from "./causes.ts";
import type { Finding } from "./finding.ts";
import { nearest, takesFiles } from "./folders.ts";
import { FIRST_BUILD_GIB } from "./go.ts";

/** Disk that a rehearsal takes once its tools are here. */
const REHEARSAL_GIB = 2;

/** Folders that must be written. */
export interface Written {
  cache: string;
  home: string;
  /** Whether something must be built into the cache: one that has everything may be read-only. */
  builds: boolean;
}

/** What is wrong with a folder comes first: disk is looked for where something can be written. */
export function folders({ cache, home, builds }: Written): Finding[] {
  const temporary = tmpdir();
  const isThere = statSync(temporary, { throwIfNoEntry: false })?.isDirectory() === true;
  return [
    folder("cache of tools", "MILLRACE_CACHE", cache, !builds || takesFiles(cache)),
    folder("folder of rehearsals", "MILLRACE_HOME", home, takesFiles(home)),
    folder("temporary folder", "TMPDIR", temporary, isThere && takesFiles(temporary)),
    ...(builds ? disk(cache, FIRST_BUILD_GIB, "point MILLRACE_CACHE and GOCACHE at a larger disk") : []),
    ...(builds ? [] : disk(home, REHEARSAL_GIB, "point MILLRACE_HOME at a larger disk")),
  ];
}

function folder(what: string, variable: string, path: string, isGood: boolean): Finding {
  const finding = { what, need: "rehearse" } as const;
  return isGood
    ? { ...finding, state: "ok", found: path }
    : {
        ...finding,
        state: "missing",
        found: `${path} cannot be written`,
        remedy: `Set ${variable} to a folder that can be written.`,
      };
}

function disk(path: string, gib: number, larger: string): Finding[] {
  if (!takesFiles(path)) {
    return [];
  }
  const free = Math.floor(freeBytes(path) / 2 ** 30);
  const finding = { what: `${gib} GiB of disk`, need: "rehearse", found: `${free} GiB free at ${nearest(path)}` } as const;
  return [free >= gib ? { ...finding, state: "ok" } : { ...finding, state: "missing", remedy: `Free some space, or ${larger}.` }];
}
