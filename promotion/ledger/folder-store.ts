import { chmod, link, lstat, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { kindOf, misfit } from "#stacks/inputs/kinds";
import { printable } from "#stacks/wording";
import { MachineError } from "#toolchain/errors";
import { LedgerBroken } from "./errors.ts";
import type { Entry, Store } from "./store.ts";

/** A ledger in a folder: of a rehearsal, or on a disk that several machines share. Only what is plain is read; no link is followed. */
export const folderStore = (folder: string): Store => ({
  list: (prefix) => answer(folder, entriesIn(folder, prefix)),
  read: (key) => answer(folder, read(folder, key)),
  putNew: (key, text) => answer(folder, putNew(folder, key, text)),
});

async function entriesIn(folder: string, below: string): Promise<Entry[]> {
  const fault = below === "" ? undefined : await faultOf(folder, below.replace(/\/$/, ""), "folder");
  if (fault !== undefined) {
    return [fault];
  }
  const found = (await absent("ENOENT", readdir(join(folder, below), { withFileTypes: true }))) ?? [];
  const entries = found.map(async (each): Promise<Entry[]> => {
    const key = `${below}${each.name}`;
    const kind = kindOf(each);
    if (kind === "folder" && !key.endsWith(".json")) {
      return entriesIn(folder, `${key}/`);
    }
    return DRAFT.test(each.name) ? [] : [kind === "file" ? { key } : { key, fault: misfit("file", kind) }];
  });
  // A folder of an environment may be empty; no other one has a use.
  if (found.length === 0 && below !== "" && !isEnvironment(below.replace(/\/$/, ""))) {
    return [{ key: below.replace(/\/$/, ""), fault: misfit("file", "folder") }];
  }
  return (await Promise.all(entries)).flat().sort((one, other) => (one.key < other.key ? -1 : 1));
}

const isEnvironment = (key: string): boolean => (ENVIRONMENTS as readonly string[]).includes(key);

async function read(folder: string, key: string): Promise<Uint8Array | undefined> {
  await demandPlain(folder, dirname(key), "folder");
  await demandPlain(folder, key, "file");
  return absent("ENOENT", readFile(join(folder, key)));
}

/** @throws {LedgerBroken} when something else has the name. */
async function demandPlain(folder: string, key: string, wanted: "file" | "folder"): Promise<void> {
  const found = await faultOf(folder, key, wanted);
  if (found !== undefined) {
    throw new LedgerBroken([`${printable(found.key)} ${found.fault}`]);
  }
}

async function faultOf(folder: string, key: string, wanted: "file" | "folder"): Promise<Required<Entry> | undefined> {
  const found = await absent("ENOENT", lstat(join(folder, key)));
  return found === undefined || kindOf(found) === wanted ? undefined : { key, fault: misfit(wanted, kindOf(found)) };
}

/** What the call gives; what the disk refuses is told in a sentence. */
async function answer<T>(folder: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined
      ? error
      : new MachineError(`The ledger in ${printable(folder)} does not answer: ${printable(message)}.`, REMEDIES[code] ?? REMEDY);
  }
}

const REMEDY = "Check the disk, and try again.";
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "Ask for the rights on this folder and its files.",
  EPERM: "Ask for the rights on this folder and its files.",
  ENOTDIR: "Name a folder: there is something else.",
  EEXIST: "Name a folder: there is something else.",
};

/** What a process leaves that dies while it writes. Nobody reads it. */
const DRAFT = /^\.\d{8}\.json\.\d+-\d+$/;
let drafts = 0;

/** Writes the whole text to a file that nobody reads, and gives it its name in one step that is refused where the name is taken. */
async function putNew(root: string, key: string, text: string): Promise<boolean> {
  await demandPlain(root, dirname(key), "folder");
  const path = join(root, key);
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true });
  if (made !== undefined) {
    await chmod(folder, 0o755);
    await synced(dirname(made));
  }
  const draft = join(folder, `.${basename(path)}.${process.pid}-${drafts++}`);
  try {
    const file = await open(draft, "wx", 0o644);
    try {
      await file.writeFile(text);
      // Whatever the umask says: others read the ledger too.
      await file.chmod(0o644);
      await file.sync();
    } finally {
      await file.close();
    }
    if (
      (await absent(
        "EEXIST",
        link(draft, path).then(() => true),
      )) === undefined
    ) {
      return false;
    }
    await synced(folder);
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

/** A name is on the disk once its folder is. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What the call gives; `undefined` where it fails in one way. */
async function absent<T>(code: "ENOENT" | "EEXIST", call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) {
      return undefined;
    }
    throw error;
  }
}
