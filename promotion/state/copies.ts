import { parseCheckpoint } from "./checkpoint.ts";
import type { StackFiles } from "./stack-files.ts";
import { problemsOf } from "./verify.ts";

/** A copy of a stack's checkpoint, as it was at some time. */
export interface Copy {
  /** Where it is, for a person. */
  name: string;
  content: Buffer;
  /** When Pulumi wrote it, to the nanosecond. */
  time: string;
}

/** Where copies of a checkpoint are, nearest first. */
async function sourcesOf({ files, checkpoint, history, backups }: StackFiles): Promise<Source[]> {
  const folder = checkpoint.slice(0, checkpoint.lastIndexOf("/"));
  const name = checkpoint.slice(folder.length + 1);
  // `.bak`, and with PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS a file for each write. What a repair has put aside is no copy.
  const beside = (await files.list(folder)).filter(
    (path) => path.startsWith(`${folder}/${name}.`) && !path.endsWith(".gz") && !path.includes(ASIDE),
  );
  const kept = (await files.list(history)).filter((path) => /\.checkpoint\.json(\.gz)?$/.test(path));
  const backedUp = (await files.list(backups)).filter((path) => /\.json(\.gz)?$/.test(path));
  const ofFiles = [...beside, ...kept, ...backedUp].map((path): Source => ({ name: path, read: () => files.read(path) }));
  return [...ofFiles, ...(await files.versions(checkpoint))];
}

interface Source {
  name: string;
  read(): Promise<Buffer | undefined>;
}

/** Mark in the name of a file that a repair has put aside. */
export const ASIDE = ".broken-";

/** Of many versions the newest are enough: an operation writes one for each resource. */
const READ_AT_MOST = 60;

/** Copies that are as they must be, newest first. */
export async function goodCopies(of: StackFiles): Promise<Copy[]> {
  const sources = await sourcesOf(of);
  const found: Copy[] = [];
  for (const { name, read } of newest(sources)) {
    const content = await read();
    if (content !== undefined && problemsOf(content, of.fullName).length === 0) {
      found.push({ name, content, time: timeOf(content) });
    }
  }
  return found.toSorted((one, other) => (one.time < other.time ? 1 : -1));
}

/** Names of history and backups end with the time of the operation. */
const newest = (sources: readonly Source[]): Source[] => {
  const stamp = ({ name }: Source): string => /\d{13,}/.exec(name)?.[0] ?? "9";
  return sources.toSorted((one, other) => (stamp(one) < stamp(other) ? 1 : -1)).slice(0, READ_AT_MOST);
};

/** When Pulumi wrote a checkpoint, in a form that can be compared; the beginning of time where it has no resource yet. */
export function timeOf(content: Buffer): string {
  const time = parseCheckpoint(content).checkpoint?.latest?.manifest?.time ?? new Date(0).toISOString();
  return time.replace(/(?:\.(\d+))?Z$/, (_, fraction: string = "") => `.${fraction.padEnd(9, "0")}Z`);
}

/**
 * What is wrong with a checkpoint that by its text could be right: history and backups are copies of it, byte by byte, once an operation has
 * ended. In the middle of an operation it is newer than both.
 */
export function differencesFromCopies(content: Buffer, copies: readonly Copy[]): string[] {
  const time = timeOf(content);
  const [last] = copies;
  if (last !== undefined && last.time > time) {
    return [`it is older than ${last.name}: ${time} and not ${last.time}`];
  }
  const other = copies.filter((copy) => copy.time === time && !copy.content.equals(content));
  return other.length === 0
    ? []
    : [`it says something else than ${other.map(({ name }) => name).join(" and ")}, which were written with it`];
}
