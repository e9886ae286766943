// Runs the Pulumi CLI for a rehearsal.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Changes, type EventReader, eventReader, type PolicyFinding, type ResourceProgress } from "./events.ts";
import { failureOf } from "./failure.ts";
import { PROJECT_FOLDER } from "./project.ts";

/** Where and how the engine works. */
export interface EngineOptions {
  /** Path of the `pulumi` executable: that of `installPlugins`. */
  readonly pulumi: string;

  /** Project folder: that of `createProject`. */
  readonly project: string;

  /** PULUMI_HOME, with the plugins in it. */
  readonly home: string;

  /** Folder for state, made here. */
  readonly state: string;

  /** File with the passphrase that encrypts secrets in the state. */
  readonly passphraseFile: string;

  /** Folder for one log an operation, made here. */
  readonly logs: string;

  /** Added to the environment of the engine, its program and its plugins. @default - none */
  readonly environment?: Readonly<Record<string, string>>;

  /** Interrupts what is running. @default - nothing does */
  readonly signal?: AbortSignal;

  /** Called for each resource that has been dealt with. @default - nobody is told */
  onResource?(stack: string, progress: ResourceProgress): void;
}

/** What an operation did. */
export interface Outcome {
  /** Wall time. */
  readonly seconds: number;
  readonly changes: Changes;

  /** Resources of the stack afterwards (of a preview: as planned), components included. */
  readonly resources: number;

  /** What policy packs said. */
  readonly findings: readonly PolicyFinding[];

  /** Path of the log. */
  readonly log: string;
}

/** A policy pack and the file with its levels and parameters. */
export interface PolicyPack {
  readonly folder: string;
  readonly config: string;
}

/** The engine with one project and one state. Every method throws `EngineFailure` when the CLI refuses. */
export interface Engine {
  stackInit(stack: string): Promise<void>;

  /** Sets a config value. It travels over stdin: neither a process list nor a log shows it. */
  configSet(stack: string, key: string, value: string, options?: { secret?: boolean }): Promise<void>;

  /** Where a policy pack is given, the failure says which rules refused. */
  preview(stack: string, pack?: PolicyPack): Promise<Outcome>;
  up(stack: string): Promise<Outcome>;
  destroy(stack: string): Promise<Outcome>;

  /** Outputs of a stack, secret ones as `[secret]`. */
  outputs(stack: string): Promise<Record<string, unknown>>;
  removeStack(stack: string): Promise<void>;

  /** Lifts `protect` from every resource of a stack, as a person does before a wanted destroy. */
  unprotect(stack: string): Promise<void>;

  /** Removes the lock that a killed engine left behind. */
  cancel(stack: string): Promise<void>;
}

interface Execution {
  log: string;
  told: EventReader;
  stdout: string;
}

/** Prepares the engine; nothing is started before the first call. */
export function createEngine(options: EngineOptions): Engine {
  mkdirSync(options.state, { recursive: true });
  mkdirSync(options.logs, { recursive: true });
  const totals = new Map<string, number>();
  const env = environment(options);

  /** One command of the CLI; its events go to the reader, everything readable to a log. */
  const run = async (stack: string, args: readonly string[], input = ""): Promise<Execution> => {
    const operation = `${args
      .filter((arg) => !arg.startsWith("-"))
      .slice(0, 2)
      .join("-")}`;
    const log = join(options.logs, `${stack}-${operation}.log`);
    const file = createWriteStream(log, { flags: "a" });
    const total = totals.get(stack);
    const told = eventReader(
      (progress) => options.onResource?.(stack, total === undefined ? progress : { ...progress, total }),
      (line) => file.write(`${line}\n`),
    );
    const child = spawn(options.pulumi, [...args, "--stack", stack, "--non-interactive", "--color=never"], {
      cwd: options.project,
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const interrupt = (): boolean => child.kill("SIGINT");
    options.signal?.addEventListener("abort", interrupt, { once: true });
    const streaming = args.includes("--json") && args[0] !== "stack";
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      if (streaming) {
        told.push(piece);
      } else {
        stdout += piece;
      }
    });
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      stderr += piece;
      file.write(piece);
    });
    child.stdin.end(input);
    try {
      const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
      if (code !== 0) {
        const { diagnostics, findings } = told;
        throw failureOf(`${operation.replace("-", " ")} ${stack}`, { diagnostics, findings, stderr, log });
      }
      return { log, told, stdout };
    } finally {
      options.signal?.removeEventListener("abort", interrupt);
      file.end();
    }
  };

  const operate = async (stack: string, ...args: string[]): Promise<Outcome> => {
    const start = performance.now();
    const { log, told } = await run(stack, [...args, "--json"]);
    const changes = told.changes() ?? { create: 0, update: 0, delete: 0, replace: 0, same: 0 };
    const resources = changes.create + changes.update + changes.replace + changes.same;
    totals.set(stack, resources + changes.delete);
    return {
      seconds: (performance.now() - start) / 1000,
      changes,
      resources: args[0] === "destroy" ? changes.same : resources,
      findings: told.findings,
      log,
    };
  };

  return {
    stackInit: async (stack) => void (await run(stack, ["stack", "init", "--no-select"])),
    configSet: async (stack, key, value, { secret = false } = {}) =>
      void (await run(stack, ["config", "set", key, secret ? "--secret" : "--plaintext"], value)),
    preview: (stack, pack) =>
      operate(stack, "preview", ...(pack ? [`--policy-pack=${pack.folder}`, `--policy-pack-config=${pack.config}`] : [])),
    up: (stack) => operate(stack, "up", "--yes", "--skip-preview"),
    destroy: (stack) => operate(stack, "destroy", "--yes", "--skip-preview"),
    outputs: async (stack) => JSON.parse((await run(stack, ["stack", "output", "--json"])).stdout),
    removeStack: async (stack) => void (await run(stack, ["stack", "rm", "--yes"])),
    unprotect: async (stack) => void (await run(stack, ["state", "unprotect", "--all", "--yes"])),
    cancel: async (stack) => void (await run(stack, ["cancel", "--yes"])),
  };
}

function environment({ pulumi, home, state, passphraseFile, environment: given }: EngineOptions): NodeJS.ProcessEnv {
  const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_ACCESS_TOKEN: __, PULUMI_STACK: ___, ...inherited } = process.env;
  return {
    ...inherited,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Without it a preview prints one digest at its end instead of events.
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    // A stand-in elsewhere on PATH would be used in place of the installed one, with a warning.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    ...given,
    // `aws` of the rehearsal first: a kubeconfig for EKS must not reach a real account.
    PATH: [join(PROJECT_FOLDER, "rehearsal", "plugins", "bin"), dirname(pulumi), given?.["PATH"] ?? process.env["PATH"]].join(
      ":",
    ),
  };
}
