// Whether a folder takes what a command wants to put into it.

import { lstatSync, mkdtempSync, rmdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The folder itself where something has its name, else the nearest one above it. A link that leads nowhere is something. */
export function nearest(folder: string): string {
  let place = resolve(folder);
  while (!isThere(place)) {
    place = dirname(place);
  }
  return place;
}

/** Whether files can be written below a folder, which need not exist yet. Tried: `/proc` allows by its mode what it then refuses. */
export function takesFiles(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(nearest(folder), ".millrace-")));
    return true;
  } catch {
    return false;
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
