// Interrupts rehearsals at random moments of every phase and counts what each leaves behind. It takes about two minutes a run.
// Usage: node scripts/interrupt-rehearsals.ts [runs] [phase…]; without phases all are struck in turn.
// Exit codes: 0 nothing was left, 1 something was.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT_FOLDER } from "#engine/project";
import { PHASES } from "#rehearsal/phases/index";
import { withNeeds } from "#rehearsal/selection";
import { carrying } from "#toolchain/process-table";

const [count = "20", ...phases] = process.argv.slice(2);
const runs = Number(count);
/** A blow comes at most so long after its phase began, seconds. */
const WITHIN = 10;
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

/** Phases in which a rehearsal is struck, one after the other. What a rehearsal that is kept says at its end takes no time. */
const STRUCK = PHASES.map(({ name }) => name).filter((name) =>
  phases.length === 0 ? name !== "hand-over" : phases.includes(name),
);

/** The phase that runs before another one in a rehearsal of it alone; none before the first. */
const before = (phase: (typeof STRUCK)[number]): string | undefined => {
  const wanted = withNeeds(PHASES, [phase]);
  const names = PHASES.map(({ name }) => name).filter((name) => wanted.has(name));
  return names[names.indexOf(phase) - 1];
};

/** Settles when that phase is done; before the first phase, at once: the tools are still sought. */
const done = (child: ChildProcess, phase: string | undefined): Promise<void> =>
  new Promise((resolve) => {
    // A phase may be left out, as the protection of an environment that has none.
    child.stdout?.on("data", (text) => ["✓", "–"].some((mark) => String(text).includes(`${mark} ${phase} `)) && resolve());
    if (phase === undefined) {
      resolve();
    }
  });

/** @returns what was left, one line each; `undefined` when the rehearsal ended before the blow. */
async function trial(run: number): Promise<string[] | undefined> {
  const home = mkdtempSync(join(tmpdir(), "millrace-interrupted-"));
  const [way, [program = "", ...args]] = pick(WAYS);
  const [blow, strike] = pick(BLOWS);
  const phase = STRUCK[run % STRUCK.length] ?? "foundation";
  const child = spawn(program, [...args, "--only", phase], {
    cwd: PROJECT_FOLDER,
    env: { ...process.env, MILLRACE_HOME: home },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const closed = once(child, "close");
  await Promise.race([done(child, before(phase)), closed]);
  // Some phases take a second.
  const after = Math.random() ** 3 * WITHIN;
  await Promise.race([sleep(after * 1000), closed]);
  if (child.exitCode !== null) {
    rmSync(home, { recursive: true, force: true });
    return undefined;
  }
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
  const code = child.exitCode ?? child.signalCode;
  console.log(
    `${run + 1}  ${blow} to ${way} ${after.toFixed(1)} s into ${phase}: exit ${code} in ${took} s, ${left.length} left`,
  );
  left.forEach((line) => console.log(`     ${line}`));
  rmSync(home, { recursive: true, force: true });
  return left;
}

let left = 0;
for (let run = 0; run < runs; ) {
  const lines = await trial(run);
  left += lines?.length ?? 0;
  run += lines ? 1 : 0;
}
console.log(`${runs} interrupted, ${left} left`);
process.exitCode = left === 0 ? 0 : 1;
