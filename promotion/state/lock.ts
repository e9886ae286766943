import { randomUUID } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { jsonOf } from "#stacks/inputs/json-fault";
import type { Files } from "./files.ts";
import { StateHeld } from "./refusal.ts";

/** A lock of a stack's state, as Pulumi writes it. It never expires. */
export interface Lock {
  path: string;
  /** `undefined` where the file does not say whose it is. */
  owner: { pid: number; username: string; hostname: string; since: Date } | undefined;
}

/** Locks of a stack. More than one stand there while several try, or when one was left behind. */
export async function locksIn(files: Files, folder: string): Promise<Lock[]> {
  const paths = (await files.list(folder)).filter((path) => path.endsWith(".json"));
  const read = paths.map(async (path) => {
    const content = await files.read(path);
    // Taken away since it was listed.
    return content === undefined ? [] : [{ path, owner: ownerIn(content.toString()) }];
  });
  return (await Promise.all(read)).flat();
}

function ownerIn(text: string): Lock["owner"] {
  try {
    const { pid, username, hostname: host, timestamp } = jsonOf(text) as Record<string, unknown>;
    const since = new Date(String(timestamp));
    return typeof pid === "number" && typeof host === "string" && !Number.isNaN(since.getTime())
      ? { pid, username: String(username), hostname: host, since }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Who holds it, in words. */
export const holderOf = ({ path, owner }: Lock): string =>
  owner === undefined
    ? `somebody whom ${path} does not name`
    : `${owner.username} on ${owner.hostname} (process ${owner.pid}) since ${owner.since.toISOString()}`;

/**
 * Works while holding the lock of a stack, as Pulumi holds it: no operation begins meanwhile.
 *
 * @throws {StateHeld} when somebody else holds it.
 */
export async function holding<T>(files: Files, folder: string, work: () => Promise<T>): Promise<T> {
  const own = `${folder}/${randomUUID()}.json`;
  const { username } = userInfo();
  const demandFree = async (): Promise<void> => {
    const [other] = (await locksIn(files, folder)).filter(({ path }) => path !== own);
    if (other !== undefined) {
      throw new StateHeld(`the state is locked by ${holderOf(other)}`);
    }
  };
  await demandFree();
  await files.write(
    own,
    JSON.stringify({ pid: process.pid, username, hostname: hostname(), timestamp: new Date().toISOString() }),
  );
  try {
    // Two that begin at once see each other here, and both give way.
    await demandFree();
    return await work();
  } finally {
    await files.remove(own);
  }
}
