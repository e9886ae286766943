import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { isCompressed, parseCheckpoint } from "./checkpoint.ts";
import { ASIDE, type Copy, goodCopies } from "./copies.ts";
import { holding } from "./lock.ts";
import type { StackFiles } from "./stack-files.ts";

/** A copy that can take the place of a broken checkpoint. */
export interface Restoration {
  copy: Copy;
  /** In words: which copy, of when, with how many resources. */
  text: string;
}

/**
 * The newest copy that is as it must be and says something else than the broken checkpoint; `undefined` where there is none.
 * Of those that were written at one moment the one that most places have.
 */
export async function restorationOf(of: StackFiles): Promise<Restoration | undefined> {
  const broken = await of.files.read(of.checkpoint);
  const others = (await goodCopies(of)).filter(({ content }) => broken === undefined || !plain(content).equals(plain(broken)));
  const newest = others.filter(({ time }) => time === others[0]?.time);
  const votes = (copy: Copy): number => newest.filter(({ content }) => plain(content).equals(plain(copy.content))).length;
  const [copy] = newest.toSorted((one, other) => votes(other) - votes(one));
  if (copy === undefined) {
    return undefined;
  }
  const count = parseCheckpoint(copy.content).checkpoint?.latest?.resources?.length ?? 0;
  return { copy, text: `${copy.name} of ${copy.time.replace(/\.\d+Z$/, "Z")}, with ${count} resources` };
}

/**
 * Puts a copy in the place of a checkpoint. The broken one is kept beside it first, under a name that its content gives: repeating it is safe.
 *
 * @returns where the broken one is kept; `undefined` where there was none.
 */
export async function restore(of: StackFiles, { copy }: Restoration): Promise<string | undefined> {
  const { files, checkpoint, locks } = of;
  return holding(files, locks, async () => {
    const broken = await files.read(checkpoint);
    const aside = broken && `${checkpoint}${ASIDE}${createHash("sha256").update(broken).digest("hex").slice(0, 12)}`;
    if (broken !== undefined && aside !== undefined) {
      await files.write(aside, broken);
    }
    await files.write(checkpoint, checkpoint.endsWith(".gz") ? gzipSync(plain(copy.content)) : plain(copy.content));
    return aside;
  });
}

/** The text of a checkpoint, which may be compressed; what cannot be read, as it is. */
function plain(content: Buffer): Buffer {
  try {
    return isCompressed(content) ? gunzipSync(content) : content;
  } catch {
    return content;
  }
}
