// The Automation API's workspace, corrected where its own call shows a secret, or changes more than it was asked to change.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Deployment, LocalWorkspace, PulumiCommand, type Workspace } from "@pulumi/pulumi/automation/index.js";
import { userHere } from "./user.ts";

/** Which program runs on which project. */
export interface WorkspaceOptions {
  /** Installation of Pulumi: the folder above `bin/pulumi`. @default - `pulumi` on PATH */
  readonly installation?: string;

  /** Project folder, with `Pulumi.yaml`. */
  readonly project: string;

  /**
   * Variables of Pulumi, its program and its plugins, on top of this process's own; `undefined` takes one away.
   * @default - this process's own
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A workspace that can also lift `protect`. */
export type EngineWorkspace = Workspace & { unprotect(stack: string): Promise<void> };

/** What the CLI prints in place of a secret output. */
const MASKED = "[secret]";

/** Opens a project. @throws {Error} when there is no Pulumi, or one of another major version than the SDK. */
export async function openWorkspace({ installation, project, environment = {} }: WorkspaceOptions): Promise<EngineWorkspace> {
  const pulumiCommand = await PulumiCommand.get(installation === undefined ? {} : { root: installation });
  // The engine refuses to begin where nothing names its user.
  const env = { USER: userHere(), ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };

  /** One command of the CLI. @returns what it printed. */
  const run = async (stack: string, args: readonly string[], input = ""): Promise<string> => {
    const running = promisify(execFile)(pulumiCommand.command, [...args, "--stack", stack, "--non-interactive"], {
      cwd: project,
      env: { ...process.env, ...env },
      maxBuffer: Number.POSITIVE_INFINITY,
    });
    // A command that ends before it has read its input says why in its exit.
    running.child.stdin?.on("error", () => undefined).end(input);
    return (await running).stdout;
  };

  const corrected = {
    // The API selects the stack, for every later command that a person types in this folder.
    createStack: async (stack) => void (await run(stack, ["stack", "init", "--no-select"])),
    selectStack: async () => undefined,
    // The API passes the value as an argument, and so to every reader of the process list.
    setConfig: async (stack, key, { value, secret }) =>
      void (await run(stack, ["config", "set", key, secret ? "--secret" : "--plaintext"], value)),
    // The API decrypts both, also at the end of each `up`.
    stackOutputs: async (stack) => {
      const outputs: [string, unknown][] = Object.entries(JSON.parse(await run(stack, ["stack", "output", "--json"])) as object);
      return Object.fromEntries(outputs.map(([key, value]) => [key, { value, secret: value === MASKED }]));
    },
    exportStack: async (stack) => JSON.parse(await run(stack, ["stack", "export"])) as Deployment,
    // The API writes a file that everybody may read, under a name that can be guessed, and leaves it there when the CLI refuses.
    importStack: async (stack, state) => void (await run(stack, ["stack", "import"], JSON.stringify(state))),
  } satisfies Partial<Workspace>;
  // The API does not have it.
  const added = { unprotect: async (stack: string) => void (await run(stack, ["state", "unprotect", "--all", "--yes"])) };

  // The API's types leave out that a variable may be taken away; Node then leaves it out of the process.
  const envVars = env as Record<string, string>;
  return Object.assign(await LocalWorkspace.create({ workDir: project, pulumiCommand, envVars }), corrected, added);
}
