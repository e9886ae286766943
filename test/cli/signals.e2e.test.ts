import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { INSIDE } from "#rehearsal/cluster/isolation/inside";
import { probeIsolation } from "#rehearsal/cluster/isolation/probe";
import { carrying, childrenOf, identify, waitUntilGone } from "#toolchain/process-table";
import { provideTools } from "#toolchain/toolchain";
import { TOOL_NAMES } from "#toolchain/tools";

const root = mkdtempSync(join(tmpdir(), "millrace-signals-"));
afterAll(() => takeDown(root));

const LAUNCHER = join(PROJECT_FOLDER, "cli", "millrace.mjs");
const why = await provideTools(TOOL_NAMES).then(probeIsolation, String);

/** An older Node of this machine, if it has one: there the launcher starts the pinned one. */
const OLDER = ["/usr/bin/node", "/usr/local/bin/node"].find(existsSync);

/** Ways in which a person starts the command, each with the signals that it passes on. */
const WAYS: [way: string, command: string[]][] = [
  ["the pinned Node", [process.execPath, LAUNCHER]],
  ...(OLDER === undefined ? [] : [["the Node of this machine", [OLDER, LAUNCHER]] satisfies [string, string[]]]),
  ["npx", ["npx", "millrace"]],
];
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
// The shell in which npm starts a command keeps a SIGINT to itself, unless it reached the whole group: see below.
const CASES = WAYS.flatMap(([way, command]) => SIGNALS.map((signal) => ({ way, command, signal }))).filter(
  ({ way, signal }) => !(way === "npx" && signal === "SIGINT"),
);

/** Starts a rehearsal that would go on for minutes, and waits until it has a folder. */
async function begin([program = "", ...args]: string[], home: string) {
  const child = spawn(program, [...args, "rehearse", "dev", "--until", "foundation"], {
    cwd: PROJECT_FOLDER,
    env: { ...process.env, MILLRACE_HOME: home, NO_UPDATE_NOTIFIER: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  const folder = join(home, "rehearsal-dev");
  while (!existsSync(folder)) {
    if (child.exitCode !== null) {
      throw new Error(`the rehearsal has ended early: ${said}`);
    }
    await sleep(20);
  }
  return { child, folder, said: () => said };
}

/** A process and everything below it. */
const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap((child) => family(child.pid))];

describe.skipIf(typeof why === "string")("a rehearsal in its course is ended", () => {
  it.each(CASES)("by $signal to the process started through $way, and nothing is left", async ({ way, command, signal }) => {
    const home = mkdtempSync(join(root, "home-"));
    const { child, folder, said } = await begin(command, home);
    const processes = family(child.pid ?? 0).flatMap((pid) => identify(pid) ?? []);
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
    expect(await waitUntilGone(processes, 10)).toEqual([]);
    expect(carrying(INSIDE, folder)).toEqual([]);
    // Whoever kills the command itself takes its last chance to remove the folder: `down` does.
    if (signal === "SIGKILL" && way === "the pinned Node") {
      await takeDown(folder);
    } else {
      expect(said()).toContain("no process and no folder of the rehearsal is left");
    }
    expect(readdirSync(home)).toEqual([]);
  });

  it("by Ctrl-C, which reaches the whole group of processes", async () => {
    const home = mkdtempSync(join(root, "home-"));
    const { child, folder } = await begin(["npx", "millrace"], home);
    const closed = once(child, "close");
    process.kill(-(child.pid ?? 0), "SIGINT");
    await closed;
    expect([carrying(INSIDE, folder), readdirSync(home)]).toEqual([[], []]);
  });

  it.each(["SIGINT", "SIGKILL"] as const)("by %s although it is a promotion of three environments", async (signal) => {
    const home = mkdtempSync(join(root, "home-"));
    const env = { ...process.env, MILLRACE_HOME: home };
    const child = spawn(process.execPath, [LAUNCHER, "rehearse", "--promotion"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const folders = ["dev", "staging", "prod"].map((environment) => join(home, `rehearsal-${environment}`));
    while (!folders.every((folder) => existsSync(join(folder, "etcd")))) {
      expect(child.exitCode).toBe(null);
      await sleep(20);
    }
    const processes = family(child.pid ?? 0).flatMap((pid) => identify(pid) ?? []);
    const closed = once(child, "close");
    child.kill(signal);
    const [code] = await closed;
    expect(await waitUntilGone(processes, 10)).toEqual([]);
    expect(folders.flatMap((folder) => carrying(INSIDE, folder))).toEqual([]);
    if (signal === "SIGKILL") {
      const down = spawn(process.execPath, [LAUNCHER, "rehearse", "down", "--promotion"], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      expect((await down.stdout.toArray()).join("")).toBe("gone: dev, staging, prod, and what they shared\n");
    } else {
      expect(code).toBe(130);
    }
    expect(readdirSync(home)).toEqual([]);
  });

  it("when nobody reads its output any more", async () => {
    const home = mkdtempSync(join(root, "home-"));
    const child = spawn(process.execPath, [LAUNCHER, "rehearse", "dev"], {
      env: { ...process.env, MILLRACE_HOME: home },
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.destroy();
    // 128 + SIGPIPE, as of any program.
    expect((await once(child, "exit"))[0]).toBe(141);
    expect([carrying(INSIDE, join(home, "rehearsal-dev")), readdirSync(home)]).toEqual([[], []]);
  });
});
