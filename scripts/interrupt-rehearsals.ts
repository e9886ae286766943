// Interrupts rehearsals at moments spread over their whole course and counts what each leaves behind. It takes about a minute a run.
// Usage: node scripts/interrupt-rehearsals.ts [runs] [seconds]; a rehearsal without traffic takes about that many seconds.
// Exit codes: 0 nothing was left, 1 something was.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT_FOLDER } from "#engine/project";
import { carrying } from "#rehearsal/cluster/isolation/process-table";

const [runs = 20, seconds = 150] = process.argv.slice(2).map(Number);
const launcher = join(PROJECT_FOLDER, "cli", "millrace.mjs");

/** Ways in which a person starts the command. The pinned Node comes first on PATH under npm. */
const WAYS: Record<string, string[]> = {
  "pinned Node": [process.execPath, launcher, "rehearse", "dev"],
  ...(existsSync("/usr/bin/node") && { "machine's Node": ["/usr/bin/node", launcher, "rehearse", "dev"] }),
  npx: ["npx", "millrace", "rehearse", "dev"],
  "npm start": ["npm", "start", "--"],
};

/** Who gets which signals, one after the other. */
const BLOWS: Record<string, (child: ChildProcess) => void> = {
  SIGTERM: (child) => child.kill("SIGTERM"),
  SIGHUP: (child) => child.kill("SIGHUP"),
  "SIGTERM twice": (child) => [0, 1].forEach(() => child.kill("SIGTERM")),
  "Ctrl-C": (child) => process.kill(-(child.pid ?? 0), "SIGINT"),
  "Ctrl-C twice": (child) => [0, 1].forEach(() => process.kill(-(child.pid ?? 0), "SIGINT")),
  SIGKILL: (child) => child.kill("SIGKILL"),
};

const pick = <T>(record: Record<string, T>): [string, T] => {
  const entries = Object.entries(record);
  return entries[Math.floor(Math.random() * entries.length)] as [string, T];
};

/** Network namespaces of these processes, or of all. */
function namespaces(pids: readonly (number | string)[] = readdirSync("/proc").filter((name) => /^\d+$/.test(name))): Set<string> {
  return new Set(
    pids.flatMap((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        return [];
      }
    }),
  );
}

/** What is left of a rehearsal in that home, one line each. */
function leftovers(home: string, own: ReadonlySet<string>): string[] {
  const all = namespaces();
  return [
    ...carrying("MILLRACE_HOME", home).map(({ pid }) => `process ${pid} ${readFileSync(`/proc/${pid}/comm`, "utf8").trim()}`),
    ...[...own].filter((namespace) => all.has(namespace)).map((namespace) => `namespace ${namespace}`),
    ...readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(home))
      .map((line) => `mount ${line}`),
    ...readdirSync(home)
      .filter((name) => name !== "reports")
      .map((name) => `folder ${name}`),
  ];
}

async function trial(run: number): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), "millrace-interrupted-"));
  const [way, [program = "", ...args]] = pick(WAYS);
  const [blow, strike] = pick(BLOWS);
  const child = spawn(program, [...args, "--no-traffic"], {
    cwd: PROJECT_FOLDER,
    env: { ...process.env, MILLRACE_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  child.stderr.on("data", (text) => (said += text));
  const closed = once(child, "close");
  // A moment of its own part of the course, so that all phases are met.
  const after = ((run + Math.random()) / runs) * seconds;
  await Promise.race([sleep(after * 1000), closed]);
  const own = namespaces(carrying("MILLRACE_HOME", home).map(({ pid }) => pid));
  namespaces([process.pid]).forEach((outside) => own.delete(outside));
  const began = performance.now();
  strike(child);
  await closed;
  const took = ((performance.now() - began) / 1000).toFixed(1);
  if (blow === "SIGKILL") {
    await sleep(1000);
    const down = spawn(process.execPath, [launcher, "rehearse", "down", "dev"], { env: { ...process.env, MILLRACE_HOME: home } });
    await once(down, "exit");
  }
  const left = leftovers(home, own);
  const phase = [...said.matchAll(/✓ (\S+)/g)].at(-1)?.[1] ?? "the start";
  const code = child.exitCode ?? child.signalCode;
  console.log(
    `${run + 1}  ${blow} to ${way} after ${after.toFixed(1)} s (after ${phase}): exit ${code} in ${took} s, ${left.length} left`,
  );
  left.forEach((line) => console.log(`     ${line}`));
  rmSync(home, { recursive: true, force: true });
  return left;
}

let left = 0;
for (let run = 0; run < runs; run += 1) {
  left += (await trial(run)).length;
}
console.log(`${runs} interrupted, ${left} left`);
process.exitCode = left === 0 ? 0 : 1;
