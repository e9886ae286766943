import { readdirSync } from "node:fs";
import os from "node:os";
import { childrenOf } from "#toolchain/process-table";

// A pod that starts has processors of its own on a cluster. Here it shares them with those that serve: it must not make their users wait.

/** How far what starts stands back. */
const BACK = 10;

/** Whether a process of ours may be brought forward again: only root of the machine may. */
const mayHurry: boolean = (() => {
  const usual = os.getPriority();
  try {
    os.setPriority(usual + 1);
    os.setPriority(usual);
    return true;
  } catch {
    return false;
  }
})();

/** A command that stands back until {@link hurry} brings it forward; as it is where nobody could. */
export const standingBack = (argv: readonly string[]): string[] => (mayHurry ? ["nice", "-n", String(BACK), ...argv] : [...argv]);

/** Gives a process, what it has started and all their threads the usual share of the machine. */
export function hurry(pid: number): void {
  if (!mayHurry) {
    return;
  }
  for (const each of [pid, ...offspringOf(pid)]) {
    try {
      readdirSync(`/proc/${each}/task`).forEach((thread) => os.setPriority(Number(thread), os.getPriority()));
    } catch {
      // It has ended.
    }
  }
}

/** Everything that a process has started, and that these have started. */
export const offspringOf = (pid: number): number[] => childrenOf(pid).flatMap(({ pid: child }) => [child, ...offspringOf(child)]);
