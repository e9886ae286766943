// How a Node program is found, described and started on behalf of the engine.

import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** `runtime.options` of Pulumi.yaml (or PulumiPolicy.yaml), the part this host understands. */
export interface Options {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/**
 * One of the entry points of the SDK, e.g. `run` or `run-policy-pack`, resolved from the program:
 * its own copy of @pulumi/pulumi must run it, or two copies would not recognise each other's outputs.
 */
export function entryPoint(directory: string, command: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve(`@pulumi/pulumi/cmd/${command}`);
  } catch {
    // The engine recognises "Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'" in this text.
    throw new Error(`Cannot find module '@pulumi/pulumi/cmd/${command}' from ${directory}; run npm install there`);
  }
}

export function environment(options: Options): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // Like the real host, type checking through ts-node is the default; `typescript: false` leaves
    // the file to Node's own type stripping.
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
    ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
  };
}

const running = new Set<ChildProcess>();
// A policy pack waits for its engine for ever, also for one that was killed.
process.once("exit", () => running.forEach((child) => child.kill("SIGTERM")));

export interface Start {
  readonly command: string;
  readonly directory: string;
  readonly options: Options;
  readonly args: string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where output goes: straight to the user, or to the caller in pieces. */
  readonly output: "inherit" | ((piece: Buffer, stream: "stdout" | "stderr") => void);
}

/** Starts a program and resolves to its exit code once all its output has been passed on. */
export function start({ command, directory, options, args, cwd, env, output }: Start): {
  child: ChildProcess;
  exit: Promise<number>;
} {
  const nodeArgs = options.nodeargs?.match(/[^\s"']+|"[^"]*"|'[^']*'/g)?.map((arg) => arg.replace(/^(["'])(.*)\1$/, "$2")) ?? [];
  const child = spawn(process.execPath, [...nodeArgs, entryPoint(directory, command), ...args], {
    cwd,
    env,
    stdio: ["ignore", output === "inherit" ? "inherit" : "pipe", output === "inherit" ? "inherit" : "pipe"],
  });
  running.add(child);
  if (output !== "inherit") {
    child.stdout?.on("data", (piece: Buffer) => output(piece, "stdout"));
    child.stderr?.on("data", (piece: Buffer) => output(piece, "stderr"));
  }
  const exit = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  }).finally(() => running.delete(child));
  return { child, exit };
}

/** The user asked to stop: programs get the chance to end by themselves. */
export function interruptAll(): void {
  for (const child of running) {
    child.kill("SIGINT");
  }
}
