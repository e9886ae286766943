import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { kindAt } from "./kinds.ts";

/**
 * The text of a file that a person wrote; nothing where there is no file.
 *
 * @param name the file as refusals name it.
 * @throws {pulumi.RunError} when something is there that cannot be read as text.
 */
export function textOf(name: string, path: string): string | undefined {
  let bytes: Buffer;
  try {
    demandFile(name, path);
    bytes = readFileSync(path);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) {
      throw error;
    }
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      return undefined;
    }
    throw new pulumi.RunError(`${name} ${REASONS[code] ?? `must be a file that can be read, got '${message}'`}`);
  }
  try {
    // A mark of the byte order at the beginning is left out.
    return new TextDecoder("utf-8", { fatal: true }).decode(refuseNul(bytes));
  } catch {
    throw new pulumi.RunError(`${name} must be text in UTF-8, got other bytes: save it as UTF-8`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: "must be a file, got a folder: move the folder away",
  EACCES: "must be a file that you may read, got 'permission denied': change its mode or its owner",
  EPERM: "must be a file that you may read, got 'operation not permitted': change its mode or its owner",
  ELOOP: "must be a file, got a symbolic link that leads back to itself: replace the link",
};

/** A device has no end, and whoever opens a pipe may wait for ever. */
function demandFile(name: string, path: string): void {
  const kind = kindAt(path);
  if (kind !== undefined && kind !== "file" && kind !== "folder") {
    throw new pulumi.RunError(`${name} must be a file, got a ${kind}: give a plain file in its place`);
  }
}

function refuseNul(bytes: Buffer): Buffer {
  if (bytes.includes(0)) {
    throw new TypeError("a byte that no text has");
  }
  return bytes;
}
