#!/usr/bin/env node
// Starts the command with the Node that the project pins, whichever Node the machine has. The command is TypeScript, which older ones cannot run.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { constants, homedir, tmpdir } from "node:os";
import { join } from "node:path";

const [major] = process.versions.node.split(".").map(Number);
const pinned = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..", "node_modules", "node", "bin", "node");

// The user of a CI container may have neither a home nor a name, and Pulumi's SDK ends when it asks for one.
try {
  homedir();
} catch {
  process.env.HOME = join(tmpdir(), `home-${process.getuid?.() ?? "unknown"}`);
}

// npm, npx and this launcher pass signals on. One that was killed, or got a signal that npm does not pass on, cannot: its end is the signal.
if (process.env.npm_command !== undefined || process.env.MILLRACE_LAUNCHED !== undefined) {
  const wrappers = parents();
  setInterval(() => parents() === wrappers || process.kill(process.pid, "SIGHUP"), 250).unref();
}

/** Pid of the parent. npm starts a command through a shell, which outlives npm: of a shell, also the pid of its parent. */
function parents() {
  try {
    const [, name, parent] = /\((.*)\) . (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, "utf8"));
    return /^(ba|da|z)?sh$/.test(name) ? `${process.ppid} ${parent}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`;
  }
}

/** Whether the folder that the command was started in is still there. */
function isSomewhere() {
  try {
    return process.cwd() !== "";
  } catch {
    return false;
  }
}

if (!isSomewhere()) {
  console.error("the working folder must be a folder that exists, got one that has been removed: go to another one with cd");
  process.exitCode = 2;
} else if (!existsSync(join(pinned, "..", "..", ".."))) {
  console.error("millrace needs its packages: run `npm ci` in the project");
  process.exitCode = 2;
} else if (major >= 24) {
  nodeModule.enableCompileCache?.();
  const [{ main }, { reportLostOutput }] = await Promise.all([import("./main.ts"), import("./lost-output.ts")]);
  reportLostOutput();
  await main(process.argv);
} else if (existsSync(pinned)) {
  const env = { ...process.env, MILLRACE_LAUNCHED: "1" };
  const child = spawn(pinned, process.argv.slice(1), { stdio: "inherit", env });
  // What a signal means is for the command to decide: the launcher ends when the command has ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
  child.once("error", ({ message }) => {
    console.error(
      `millrace cannot start Node 24 (${message}): run \`npm ci\` in the project, which installs it for this machine`,
    );
    process.exitCode = 2;
  });
} else {
  console.error(`millrace needs Node 24, got ${process.version}: run \`npm ci\` in the project, which installs Node 24`);
  process.exitCode = 2;
}
