import { parseCheckpoint } from "./checkpoint.ts";
import type { Files } from "./files.ts";
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

/** A place where a copy may be. */
interface Source {
  name: string;
  read(): Promise<Buffer | undefined>;
}

/** Mark in the name of a file that a repair has put aside. */
export const ASIDE = ".broken-";

/** Copies that Pulumi makes once an operation has ended: in the history, and in the backups. Newest first. */
async function ofEndedOperations({ files, history, backups }: StackFiles): Promise<Source[]> {
  const paths = [
    ...(await files.list(history)).filter((path) => /\.checkpoint\.json(\.gz)?$/.test(path)),
    ...(await files.list(backups)).filter((path) => /\.json(\.gz)?$/.test(path)),
  ];
  // Their names end with the time of the operation.
  const stamp = (path: string): string => /\d{13,}/.exec(path.slice(path.lastIndexOf("/")))?.[0] ?? "";
  return paths.toSorted((one, other) => (stamp(one) < stamp(other) ? 1 : -1)).map((path) => sourceOf(files, path));
}

/** Copies that are made at each step of an operation: `.bak`, a file for each write where Pulumi is told to retain them, versions of a bucket. */
async function ofSteps({ files, checkpoint }: StackFiles): Promise<Source[]> {
  const folder = checkpoint.slice(0, checkpoint.lastIndexOf("/"));
  const beside = (await files.list(folder)).filter(
    (path) => path.startsWith(`${checkpoint}.`) && !path.includes(ASIDE) && !path.endsWith(".attrs"),
  );
  return [...beside.map((path) => sourceOf(files, path)), ...(await files.versions(checkpoint))];
}

const sourceOf = (files: Files, path: string): Source => ({ name: path, read: () => files.read(path) });

/** Of many copies the newest are enough. */
const READ_AT_MOST = 30;

async function goodOnes(sources: readonly Source[], fullName: string): Promise<Copy[]> {
  const found: Copy[] = [];
  for (const source of sources) {
    const content = await source.read();
    if (content !== undefined && problemsOf(content, fullName).length === 0) {
      found.push({ name: source.name, content, time: timeOf(content) });
    }
  }
  return found.toSorted((one, other) => (one.time < other.time ? 1 : -1));
}

/** Copies that are as they must be, newest first. */
export async function goodCopies(of: StackFiles): Promise<Copy[]> {
  const sources = [...(await ofSteps(of)).slice(0, READ_AT_MOST), ...(await ofEndedOperations(of)).slice(0, READ_AT_MOST)];
  return goodOnes(sources, of.fullName);
}

/** Copies of the last operations that have ended: two of each place. */
export const lastCopies = async (of: StackFiles): Promise<Copy[]> =>
  goodOnes((await ofEndedOperations(of)).slice(0, 4), of.fullName);

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
    return [`it is older than ${last.name}: of ${time} and not of ${last.time}`];
  }
  const others = copies.filter((copy) => copy.time === time && !copy.content.equals(content));
  return others.length === 0 ? [] : [`it differs from ${others.map(({ name }) => name).join(" and ")}, written with it`];
}
