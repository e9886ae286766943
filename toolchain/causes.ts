// What a machine lacks, by what programs say when they fail for it.

import { existsSync, statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MachineError } from "./errors.ts";

interface Cause {
  said: RegExp;
  sentence: string;
  remedy: string;
}

/** The first one that fits counts. */
const CAUSES: readonly Cause[] = [
  {
    said: /number of file watchers reached|inotify_init|too many inotify/i,
    sentence: "This kernel lets a user watch too few files.",
    remedy: "Run 'sudo sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=524288'.",
  },
  {
    said: /no space left on device|\bENOSPC\b|disk quota exceeded|\bEDQUOT\b/i,
    sentence: "The disk is full.",
    remedy: "Free some space, or set MILLRACE_HOME (rehearsals) or MILLRACE_CACHE (tools) to a folder on another disk.",
  },
  {
    said: /read-only file system|\bEROFS\b/i,
    sentence: "A folder is on a read-only file system.",
    remedy: "Set MILLRACE_HOME (rehearsals) or MILLRACE_CACHE (tools) to a folder that can be written.",
  },
  {
    said: /too many open files|\bEMFILE\b|\bENFILE\b/i,
    sentence: "This shell lets a program open too few files.",
    remedy: "Run 'ulimit -n 65536' and try again.",
  },
  {
    said: /failed to create new OS thread|newosproc|pthread_create failed|fork: Resource temporarily unavailable|spawn \S+ EAGAIN/i,
    sentence: "This user may start too few processes and threads.",
    remedy: "Raise the limit ('ulimit -u', or the pids limit of the container) and try again.",
  },
  {
    said: /cannot allocate memory|\bENOMEM\b|out of memory/i,
    sentence: "There is too little memory.",
    remedy: "End other programs, or give the container more: a rehearsal takes about 2 GiB.",
  },
  {
    said: /address already in use|\bEADDRINUSE\b/i,
    sentence: "A port is in use.",
    remedy: "End the program that listens there.",
  },
  {
    said: /exec format error|\bENOEXEC\b/i,
    sentence: "A tool is built for another kind of machine.",
    remedy: "Set MILLRACE_CACHE to a folder of this machine's own.",
  },
];

/** What this machine lacks according to a message or a log; nothing when it says something else. */
export function causeIn(text: string): MachineError | undefined {
  const cause = CAUSES.find(({ said }) => said.test(text));
  return cause && new MachineError(cause.sentence, cause.remedy);
}

/** Bytes that this user may still write below a folder, which need not exist yet. */
export function freeBytes(folder: string): number {
  let place = resolve(folder);
  while (!existsSync(place)) {
    place = dirname(place);
  }
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

/** With less than this, programs have begun to fail. */
const FULL = 2 ** 20;

/** That the disk below a folder is full, if it is: programs say so in many ways, and some end without a word. */
export const causeOnDisk = (folder: string): MachineError | undefined =>
  freeBytes(folder) < FULL ? causeIn("no space left on device") : undefined;
