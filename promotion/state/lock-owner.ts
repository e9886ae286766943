import { type Gone, LONGEST_SESSION } from "../owner.ts";
import { holderOf, type Lock } from "./lock.ts";
import type { Machine } from "./machine.ts";

/** Clocks are set while machines run: what lies closer together than this has no order. */
const TOLERANCE_MS = 60_000;

/** Names that many machines have. In a bucket they say nothing about where the holder runs. */
const COMMON_NAME = /^(localhost|vm|runner|ubuntu|debian|macbook[^.]*|mac)(\..*)?$/i;

/**
 * Whether the owner of a lock is provably gone.
 *
 * @param shared whether machines that have nothing else in common lock there: a bucket.
 */
export function isOwnerGone(lock: Lock, shared: boolean, machine: Machine): Gone {
  const { owner } = lock;
  if (owner === undefined) {
    return { gone: false, why: `${lock.path} does not say whose it is: find out who works on this stack` };
  }
  const hours = (machine.now.getTime() - owner.since.getTime()) / 3_600_000;
  // Whoever holds a lock in a bucket longer than a session lasts can no longer write there.
  if (shared && hours > LONGEST_SESSION) {
    return {
      gone: true,
      why: `it is ${Math.floor(hours)} h old, and no session of a role lasts longer than ${LONGEST_SESSION} h`,
    };
  }
  const isHere = owner.hostname === machine.hostname && !(shared && COMMON_NAME.test(owner.hostname));
  if (!isHere) {
    return {
      gone: false,
      why: `only ${owner.hostname} can say whether process ${owner.pid} still runs: ${lookThere(owner.pid)}`,
    };
  }
  if (owner.since.getTime() < machine.booted.getTime() - TOLERANCE_MS) {
    return { gone: true, why: `${owner.hostname} was started after that, at ${machine.booted.toISOString()}` };
  }
  const alive = machine.begun(owner.pid).find((begun) => begun.getTime() <= owner.since.getTime() + TOLERANCE_MS);
  if (alive !== undefined) {
    return {
      gone: false,
      why: `process ${owner.pid} runs here since ${alive.toISOString()}: wait for it, or stop it with SIGINT`,
    };
  }
  if (machine.blind) {
    return {
      gone: false,
      why: `this container has the name of its host but sees only its own processes: on the host, ${lookThere(owner.pid)}`,
    };
  }
  return { gone: true, why: `${owner.hostname} has no process ${owner.pid} that began before ${owner.since.toISOString()}` };
}

const lookThere = (pid: number): string => `look there with \`ps -fp ${pid}\``;

/** Why a lock stays, and what a person can do who has looked. */
export const refusalOf = (lock: Lock, { why }: Gone, stack: string): string =>
  `${stack} is locked by ${holderOf(lock)}; ${why}. Once you know that it is gone: pulumi cancel -s ${stack}`;
