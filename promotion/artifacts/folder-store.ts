import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArtifactError } from "./artifact-error.ts";
import { AlreadyThere, digestOf, type ModelStore, type StoredFile } from "./store.ts";

/** Folder below the store in which files grow. One process that was killed leaves its own there. */
const INCOMING = ".incoming";

/** Milliseconds after which nobody goes on with a file that grows. */
const ABANDONED = 24 * 60 * 60 * 1_000;

const CHUNK = 1024 * 1024;

/** Models in a folder of this machine. */
export class FolderStore implements ModelStore {
  readonly name: string;
  readonly #root: string;
  #isSwept = false;

  constructor(root: string) {
    this.#root = root;
    this.name = root;
  }

  async list(folder: string, signal: AbortSignal): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    const walk = async (below: string): Promise<void> => {
      signal.throwIfAborted();
      for (const name of await namesIn(join(this.#root, folder, below))) {
        const path = below === "" ? name : `${below}/${name}`;
        const about = await lstat(join(this.#root, folder, path));
        if (about.isDirectory()) {
          await walk(path);
        } else if (about.isFile()) {
          files.push({ path, size: about.size });
        } else {
          throw new ArtifactError(`${this.#root}, '${folder}/': ${JSON.stringify(path)} must be a file, got a link or a device`);
        }
      }
    };
    await walk("");
    return files;
  }

  async exists(path: string): Promise<boolean> {
    return (await lstat(join(this.#root, path)).catch(absent)) !== undefined;
  }

  digest(path: string, signal: AbortSignal, onRead: (bytes: number) => void): Promise<string> {
    return digestOf(this.read(path, signal), onRead);
  }

  async *read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    try {
      yield* createReadStream(join(this.#root, path), { signal, highWaterMark: CHUNK });
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure(path, error);
    }
  }

  async put(path: string, content: AsyncIterable<Uint8Array>, file: { size: number; sha256: string }, signal: AbortSignal) {
    if (await this.exists(path)) {
      throw new AlreadyThere(path);
    }
    const [draft, target] = [join(this.#root, INCOMING, randomUUID()), join(this.#root, path)];
    try {
      await mkdir(dirname(draft), { recursive: true });
      await this.#sweep();
      await write(draft, content, signal);
      const written = await digestOf(createReadStream(draft, { signal, highWaterMark: CHUNK }));
      if (written !== file.sha256) {
        throw new ArtifactError(`'${path}' must arrive in ${this.#root} with the sha256 ${file.sha256}, got ${written}`);
      }
      await mkdir(dirname(target), { recursive: true });
      // A link, unlike a rename, never replaces what is there.
      await link(draft, target);
    } catch (error) {
      signal.throwIfAborted();
      throw (error as NodeJS.ErrnoException).code === "EEXIST" && (await this.exists(path))
        ? new AlreadyThere(path)
        : this.#failure(path, error);
    } finally {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  /** Removes what killed processes have left. */
  async #sweep(): Promise<void> {
    if (this.#isSwept) {
      return;
    }
    this.#isSwept = true;
    for (const name of await namesIn(join(this.#root, INCOMING))) {
      const draft = join(this.#root, INCOMING, name);
      const about = await lstat(draft).catch(absent);
      if (about && about.mtimeMs < Date.now() - ABANDONED) {
        await rm(draft, { force: true });
      }
    }
  }

  #failure(path: string, error: unknown): unknown {
    const { code, syscall } = error as NodeJS.ErrnoException;
    return code === undefined
      ? error
      : new ArtifactError(`${this.#root}: '${path}' cannot be read or written (${syscall}: ${code})`);
  }
}

/** Names in a folder; none where there is none. @throws {ArtifactError} when one is not UTF-8. */
async function namesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { encoding: "buffer" }).catch(absent)) ?? [];
  return names.map((bytes) => {
    const name = bytes.toString();
    if (!Buffer.from(name).equals(bytes)) {
      throw new ArtifactError(`${folder}: ${JSON.stringify(name)} must be a name in UTF-8`);
    }
    return name;
  });
}

/** To the disk, and not only to the memory of the kernel. */
async function write(file: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const handle = await open(file, "wx");
  try {
    for await (const chunk of content) {
      signal.throwIfAborted();
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw new ArtifactError(`${error.path ?? "a file"} cannot be read (${error.code ?? error.message})`);
  }
}
