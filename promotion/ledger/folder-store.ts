import { chmod, link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Entry, Store } from "./store.ts";

/** A ledger in a folder: of a rehearsal, or on a disk that several machines share. */
export const folderStore = (folder: string): Store => ({
  async list(prefix) {
    const entries = await entriesIn(folder);
    return entries.filter(({ key }) => key.startsWith(prefix)).sort((one, other) => (one.key < other.key ? -1 : 1));
  },
  read: (key) => absent("ENOENT", readFile(join(folder, key))),
  putNew: (key, text) => putNew(join(folder, key), text),
});

async function entriesIn(folder: string, below = ""): Promise<Entry[]> {
  const found = (await absent("ENOENT", readdir(join(folder, below), { withFileTypes: true }))) ?? [];
  const entries = found.map(async (each): Promise<Entry[]> => {
    const key = `${below}${each.name}`;
    if (each.isDirectory()) {
      return entriesIn(folder, `${key}/`);
    }
    return DRAFT.test(each.name) ? [] : [each.isFile() ? { key } : { key, fault: "must be a plain file, got something else" }];
  });
  return (await Promise.all(entries)).flat();
}

/** What a process leaves that dies while it writes. Nobody reads it. */
const DRAFT = /^\.\d{8}\.json\.\d+-\d+$/;
let drafts = 0;

/** Writes the whole text to a file that nobody reads, and gives it its name in one step that is refused where the name is taken. */
async function putNew(path: string, text: string): Promise<boolean> {
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
