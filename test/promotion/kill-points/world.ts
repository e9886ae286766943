// A small environment that is promoted to with the real command line and engine: a repository with releases and a ledger, three stacks in
// a folder, and things on the disk that stand for what an account and a cluster have.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createEngine, type Engine } from "#engine/engine";
import { PROJECT_FOLDER } from "#engine/project";
import { changeOf } from "#promotion/candidates";
import { type Ledger, openLedger } from "#promotion/ledger/ledger";
import type { Change } from "#promotion/ledger/record";
import { ownerHere } from "#promotion/owner";
import { millraceOf } from "#rehearsal/promotion/rehearse";
import { ShellRunner } from "#rehearsal/promotion/runner";
import { sharedIn, Workplace } from "#rehearsal/promotion/shared";
import { LAYERS } from "#stacks/contracts";
import { createProbe } from "../../harness/probe.ts";
import { train } from "../../rehearsal/promotion/train.ts";
import { BLOW, type Blow } from "./blow.ts";
import { COMMAND, INVENTORY, Inventory } from "./inventory.ts";

/** Releases between which promotions go, and back. */
export const OLD = { model: "3", platform: "2026.11.21-1" };
export const NEW = { model: "4", platform: "2026.11.21-2" };

/** What a command answered. `exit` is 137 where it was killed. */
export interface Answer {
  exit: number;
  output: string;
  pid: number;
}

/** A command that runs. */
export interface Running {
  pid: number;
  answer: Promise<Answer>;
}

/** What changes when something is promoted, and is put back for each point. */
const PARTS = ["state", "inventory", "ledger", "releases", "home"] as const;
type Places = Readonly<Record<(typeof PARTS)[number], string>>;

export class World {
  readonly folder: string;
  readonly inventory: Inventory;
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly #variables: Record<string, string | undefined>;
  readonly #places: Places;
  readonly #cli: string;
  #commands = 0;

  private constructor(
    folder: string,
    variables: Record<string, string | undefined>,
    places: Places,
    { project, cli }: { project: string; cli: string },
  ) {
    this.folder = folder;
    this.inventory = new Inventory(places.inventory);
    this.ledger = openLedger(pathToFileURL(places.ledger).href);
    this.#variables = { ...variables, MILLRACE_PROJECT: project, MILLRACE_HOME: places.home, MILLRACE_RELEASES: places.releases };
    this.#places = places;
    this.#cli = cli;
    this.engine = createEngine({
      installation: folder,
      project,
      logs: join(folder, "logs"),
      environment: { ...this.#variables, [COMMAND]: "harness" },
    });
  }

  /** Makes everything, and brings the old releases up. Snapshot `old` is this. */
  static async begin(): Promise<World> {
    const { folder, options } = await createProbe();
    installProvider(folder);
    const project = createProject(join(folder, "layers"));
    const shared = sharedIn(join(folder, "shared"));
    const signal = new AbortController().signal;
    const millrace = millraceOf(new ShellRunner({ shared, folderOf: () => folder, signal }));
    const workplace = await Workplace.begin(shared, join(folder, "home"), millrace, train);
    await millrace(...workplace.modelRelease("fraud", NEW.model));
    await millrace(...workplace.platformRelease(NEW.platform));
    const places = {
      state: join(folder, "state"),
      inventory: join(folder, "inventory"),
      ledger: shared.ledger,
      releases: join(shared.repository, "releases"),
      home: join(folder, "home"),
    };
    const variables = {
      ...options.environment,
      [INVENTORY]: places.inventory,
      MILLRACE_POLICY_CONFIG: undefined,
      // A namespace of processes of its own hides nothing from a test.
      MILLRACE_REHEARSAL_ENDPOINT: "none",
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "preload.ts")).href}`,
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      CI: undefined,
      GITHUB_ACTIONS: undefined,
      GITLAB_CI: undefined,
    };
    const world = new World(folder, variables, places, { project, cli: shared.cli });
    for (const layer of LAYERS) {
      await world.engine.stackInit(`${layer}-dev`);
      await world.engine.up(`${layer}-dev`);
    }
    await world.#writeDown();
    world.save("old");
    return world;
  }

  /** Begins a command in a session of its own. */
  start(words: readonly string[], { blow, variables = {} }: { blow?: Blow; variables?: Record<string, string> } = {}): Running {
    const child = spawn(process.execPath, [this.#cli, ...words], {
      cwd: join(this.#cli, "..", ".."),
      env: {
        ...process.env,
        ...this.#variables,
        ...variables,
        [COMMAND]: `${++this.#commands} ${words.join(" ")}`,
        ...(blow && { [BLOW]: JSON.stringify(blow) }),
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const pid = child.pid!;
    const answer = new Promise<Answer>((resolve) => {
      // An engine that lives on holds the pipe.
      child.once("exit", (code, signal) =>
        setTimeout(() => resolve({ exit: code ?? (signal === "SIGKILL" ? 137 : 1), output, pid }), 50),
      );
    });
    return { pid, answer };
  }

  run(words: readonly string[], how: { blow?: Blow } = {}): Promise<Answer> {
    return this.start(words, how).answer;
  }

  /** Keeps everything as it is now. */
  save(name: string): void {
    for (const part of PARTS) {
      copy(this.#places[part], this.#saved(name, part));
    }
  }

  /** Puts everything back as it was. */
  restore(name: string): void {
    for (const part of PARTS) {
      copy(this.#saved(name, part), this.#places[part]);
    }
  }

  pointer(): { platform: string; models: Record<string, string> } {
    return JSON.parse(readFileSync(join(this.#places.releases, "environments", "dev.json"), "utf8")) as never;
  }

  change(subject: string, from: string | null, to: string): Change {
    return changeOf(subject, from, to, this.#places.releases);
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A ledger that says that the old releases came up, and that the model was stable. */
  async #writeDown(): Promise<void> {
    const changes = [this.change("platform", null, OLD.platform), this.change("models/fraud", null, OLD.model)];
    const at = { environment: "dev", time: new Date().toISOString(), owner: ownerHere({}) } as const;
    const rest = { gates: [], approvals: [], states: {}, program: "none", operation: "promote" } as const;
    await this.ledger.appendAfter(undefined, { kind: "begin", ...at, changes, ...rest, gates: [], approvals: [] });
    await this.ledger.append({ kind: "done", ...at, begin: 1, states: {}, seconds: 0 });
    await this.ledger.append({ kind: "stable", ...at, begin: 1, subject: "models/fraud", version: OLD.model });
  }

  #saved(name: string, part: string): string {
    return join(this.folder, "saved", name, part);
  }
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true, maxRetries: 3 });
  mkdirSync(from, { recursive: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

/** Puts the provider of the test into the place of those for AWS and Kubernetes. */
function installProvider(folder: string): void {
  const plugins = join(folder, "pulumi", "plugins");
  for (const name of readdirSync(plugins)) {
    const [, provider] = /^resource-(aws|kubernetes)-v/.exec(name) ?? [];
    if (provider !== undefined) {
      const program = join(plugins, name, `pulumi-resource-${provider}`);
      rmSync(program);
      writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, "provider.ts")}' "$@"\n`, {
        mode: 0o755,
      });
    }
  }
}

function createProject(folder: string): string {
  cpSync(join(import.meta.dirname, "program"), folder, { recursive: true });
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(folder, "node_modules"));
  return folder;
}
