import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import type { Lock } from "#promotion/state/lock";
import { isOwnerGone, refusalOf } from "#promotion/state/lock-owner";
import { type Machine, thisMachine } from "#promotion/state/machine";

const at = (time: string): Date => new Date(`2026-11-20T${time}Z`);
const lock = (owner: Partial<NonNullable<Lock["owner"]>> = {}): Lock => ({
  path: ".pulumi/locks/organization/millrace/platform-dev/a.json",
  owner: { pid: 4242, username: "ada", hostname: "runner-7f3a", since: at("10:00:00"), ...owner },
});
const machine = (change: Partial<Machine> = {}): Machine => ({
  hostname: "runner-7f3a",
  now: at("10:30:00"),
  booted: at("08:00:00"),
  begun: () => [],
  blind: false,
  ...change,
});

const CASES: [string, boolean, RegExp, Lock, boolean, Machine][] = [
  ["whose process is not there", true, /has no process 4242/, lock(), false, machine()],
  ["whose process is there", false, /process 4242 runs here since/, lock(), false, machine({ begun: () => [at("09:59:00")] })],
  ["whose number was given again", true, /has no process 4242/, lock(), false, machine({ begun: () => [at("10:20:00")] })],
  [
    "as old as a process, by clocks that differ a little",
    false,
    /runs here/,
    lock(),
    false,
    machine({ begun: () => [at("10:00:30")] }),
  ],
  ["from before the machine was started", true, /was started after that/, lock(), false, machine({ booted: at("10:10:00") })],
  [
    "of another machine",
    false,
    /only laptop can say .*look there with `ps -fp 4242`/,
    lock({ hostname: "laptop" }),
    false,
    machine(),
  ],
  ["of another machine, in a bucket", false, /only laptop can say/, lock({ hostname: "laptop" }), true, machine()],
  [
    "of another machine, in a bucket, for 13 hours",
    true,
    /13 h old/,
    lock({ hostname: "laptop" }),
    true,
    machine({ now: at("23:00:00") }),
  ],
  [
    "of another machine, in a folder, for 13 hours",
    false,
    /only laptop/,
    lock({ hostname: "laptop" }),
    false,
    machine({ now: at("23:00:00") }),
  ],
  [
    "in a bucket, of a machine whose name many have",
    false,
    /only localhost/,
    lock({ hostname: "localhost" }),
    true,
    machine({ hostname: "localhost" }),
  ],
  ["in a bucket, of this machine", true, /has no process/, lock(), true, machine()],
  ["of a namespace that sees only its own", false, /on the host/, lock(), false, machine({ blind: true })],
  ["that says nothing", false, /does not say whose it is/, { ...lock(), owner: undefined }, false, machine()],
];

describe("a lock", () => {
  it.each(CASES)("%s: is its owner gone? %s", (_, gone, why, of, shared, on) => {
    const found = isOwnerGone(of, shared, on);
    expect(found.gone).toBe(gone);
    expect(found.why).toMatch(why);
  });

  it("that stays says who holds it, where to look, and the command for who has looked", () => {
    const of = lock({ hostname: "laptop" });
    expect(refusalOf(of, isOwnerGone(of, true, machine()), "platform-dev")).toBe(
      "platform-dev is locked by ada on laptop (process 4242) since 2026-11-20T10:00:00.000Z; only laptop can say whether process 4242 still runs: look there with `ps -fp 4242`. Once you know that it is gone: pulumi cancel -s platform-dev",
    );
  });

  it("of a real process is held while it lives, and gone when it has been killed", async () => {
    const child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const of = lock({ pid: child.pid!, hostname: hostname(), since: new Date(Date.now() + 1000) });
    expect(isOwnerGone(of, false, { ...thisMachine(), blind: false }).gone).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isOwnerGone(of, false, { ...thisMachine(), blind: false }).gone).toBe(true);
  });
});
