// Where Pulumi keeps its plugins, and whether one of them starts.

import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folder in which the user's Pulumi keeps its plugins. */
export const userPlugins = (): string => join(process.env["PULUMI_HOME"] || join(homedir(), ".pulumi"), "plugins");

/** Folder of one version of a provider, below a folder of plugins. */
export const providerFolder = (plugins: string, name: string, version: string): string =>
  join(plugins, `resource-${name}-v${version}`);

/** Name of the program in it. */
export const providerProgram = (name: string): string => `pulumi-resource-${name}`;

/** How long a plugin may take to say its port. */
const ANSWER_MS = 5_000;

/**
 * Whether a plugin starts: a plugin of Pulumi prints the port where it listens, and nothing before it. It is ended then; it is told of an
 * engine that it never asks.
 */
export async function answers(program: string): Promise<boolean> {
  const plugin = spawn(program, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  try {
    return await new Promise<boolean>((resolve) => {
      let said = "";
      plugin.on("error", () => resolve(false));
      plugin.on("close", () => resolve(false));
      setTimeout(() => resolve(false), ANSWER_MS).unref();
      plugin.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("\n")) {
          resolve(/^\d+\s/.test(said));
        }
      });
    });
  } finally {
    plugin.stdout.destroy();
    if (plugin.pid !== undefined) {
      end(plugin.pid);
    }
  }
}

/** Ends a process and its children, if they have not ended. */
function end(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
