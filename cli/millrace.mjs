#!/usr/bin/env node
// Starts the command with the Node that the project pins, whichever Node the machine has. The command is TypeScript, which older ones cannot run.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const [major] = process.versions.node.split(".").map(Number);
const pinned = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..", "node_modules", "node", "bin", "node");

// The user of a CI container may have neither a home nor a name, and Pulumi's SDK ends when it asks for one.
try {
  homedir();
} catch {
  process.env.HOME = join(tmpdir(), `home-${process.getuid?.() ?? "unknown"}`);
}

if (!existsSync(join(pinned, "..", "..", ".."))) {
  console.error("millrace needs its packages: run `npm ci` in the project");
  process.exitCode = 2;
} else if (major >= 24) {
  nodeModule.enableCompileCache?.();
  const [{ main }, { reportLostOutput }] = await Promise.all([import("./main.ts"), import("./lost-output.ts")]);
  reportLostOutput();
  await main(process.argv);
} else if (existsSync(pinned)) {
  const { status, signal } = spawnSync(pinned, process.argv.slice(1), { stdio: "inherit" });
  process.exitCode = status ?? (signal ? 1 : 0);
} else {
  console.error(`millrace needs Node 24, got ${process.version}: run \`npm ci\` in the project, which installs Node 24`);
  process.exitCode = 2;
}
