import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { INSIDE } from "../cluster/isolation/inside.ts";
import { signalInside, startVisit } from "../cluster/isolation/visit.ts";
import type { MetUsers, Place, Runner } from "./scene.ts";
import { jobSecrets, type Shared } from "./shared.ts";

/** Types commands in the repository: outside, or inside of an environment that is up, as `npx millrace rehearse exec` does. */
export class ShellRunner implements Runner {
  readonly #shared: Shared;
  readonly #folderOf: (environment: EnvironmentName) => string;
  readonly #signal: AbortSignal;

  constructor({
    shared,
    folderOf,
    signal,
  }: { shared: Shared; folderOf: (environment: EnvironmentName) => string; signal: AbortSignal }) {
    this.#shared = shared;
    this.#folderOf = folderOf;
    this.#signal = signal;
  }

  async run({ place, words, variables, kill, onLine }: Parameters<Runner["run"]>[0]): Promise<{ exit: number; output: string }> {
    const child = this.#start(place, [...GENTLY, ...withNode(words, this.#shared.cli)], variables);
    const lines: string[] = [];
    let killed = false;
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", (line) => {
        lines.push(line);
        onLine(line);
        if (!killed && kill?.test(line)) {
          killed = true;
          signal(place, child, "SIGKILL");
        }
      });
    }
    const [code, by] = await ended(child, this.#signal);
    const output = lines.join("\n");
    this.#note(output);
    return { exit: code ?? 128 + constants.signals[by!], output };
  }

  /** Keeps what a command printed: no secret may stand in it. */
  #note(output: string): void {
    const folder = join(this.#shared.folder, "outputs");
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, "outputs.txt"), `${output}\n`);
  }

  async users(environment: EnvironmentName): Promise<() => Promise<MetUsers[]>> {
    const folder = this.#folderOf(environment);
    const words = ["npx", "millrace", "rehearse", "traffic", environment, "--rate", String(USERS_RATE), "--json"];
    const child = this.#start(environment, withNode(words, this.#shared.cli), {
      MILLRACE_HOME: dirname(folder),
      [INSIDE]: folder,
    });
    const output = text(child.stdout!);
    const said = text(child.stderr!);
    const closed = once(child, "close");
    await Promise.race([once(child.stderr!, "data"), closed]);
    return async () => {
      signalInside(child, "SIGINT");
      await closed;
      try {
        return (JSON.parse(await output) as { models: MetUsers[] }).models;
      } catch {
        throw new Error(
          `users of ${environment} must end with counts, they ended with: ${(await said).trim().split("\n").at(-1)}`,
        );
      }
    };
  }

  /** In a session of its own: Ctrl-C reaches the story alone, which ends the environments and all that runs in them. */
  #start(place: Place, [program = "", ...rest]: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
    const { repository } = this.#shared;
    const options = { stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"], detached: true };
    // What the story promotes has a home of its own, which goes with the repository.
    const env = {
      ...PLAIN,
      ...jobSecrets(this.#shared),
      MILLRACE_HOME: join(repository, ".millrace"),
      MILLRACE_RELEASES: join(repository, "releases"),
      ...variables,
    };
    if (place === "repository") {
      return spawn(program, rest, { cwd: repository, env: { ...process.env, ...env }, ...options });
    }
    const folder = this.#folderOf(place);
    return startVisit({ folder, directory: join(folder, "project"), command: [program, ...rest] }, { env, ...options });
  }
}

/** Requests a second on each model: enough for a measurement at 5 %, and three environments share this machine. */
const USERS_RATE = 120;

/** Commands of people run on a machine of their own: here they must not take the time of the servers that answer users. */
const GENTLY = ["nice", "-n", "10"] as const;

/** The words with the Node that runs the story: that of the machine may be one that the program does not run on. */
function withNode(words: readonly string[], cli: string): readonly string[] {
  if (words[0] === "node") {
    return [process.execPath, ...words.slice(1)];
  }
  return words[0] === "npx" && words[1] === "millrace" ? [process.execPath, cli, ...words.slice(2)] : words;
}

/** Code or signal with which a process ends. @throws the signal's reason when it was aborted; the process has been ended then. */
async function ended(child: ChildProcess, aborted: AbortSignal): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    return (await once(child, "close", { signal: aborted })) as [number | null, NodeJS.Signals | null];
  } catch (error) {
    if (aborted.aborted) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
    throw aborted.aborted ? aborted.reason : error;
  }
}

/** Output is compared and kept: no colours in it. */
const PLAIN = { NO_COLOR: "1", FORCE_COLOR: "0" };

/** In an environment, a shell outside waits for the command inside. */
const signal = (place: Place, child: ChildProcess, name: NodeJS.Signals): void =>
  place === "repository" ? void child.kill(name) : signalInside(child, name);

const text = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let all = "";
  for await (const piece of stream) {
    all += String(piece);
  }
  return all;
};
