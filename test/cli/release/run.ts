import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { main } from "#cli/main";

/** What a command has said, and how it ended. */
export interface Ran {
  code: unknown;
  out: string;
  err: string;
}

/** What a command listens to until its process ends. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Runs the command line in this process, on a folder of releases. */
export async function millrace(releases: string, ...args: readonly string[]): Promise<Ran> {
  let [out, err] = ["", ""];
  const heard = (take: (text: string) => void) => (text: unknown) => {
    take(String(text));
    return true;
  };
  vi.spyOn(process.stderr, "write").mockImplementation(heard((text) => (err += text)));
  vi.spyOn(process.stdout, "write").mockImplementation(heard((text) => (out += text)));
  vi.spyOn(console, "error").mockImplementation(heard((text) => (err += `${text}\n`)));
  vi.spyOn(console, "log").mockImplementation(heard((text) => (out += `${text}\n`)));
  vi.stubEnv("MILLRACE_RELEASES", releases);
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
  const listening = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const);
  try {
    await main(["node", "millrace", ...args]);
    return { code: process.exitCode ?? 0, out, err };
  } finally {
    process.exitCode = undefined;
    for (const [signal, before] of listening) {
      const own = process.listeners(signal).filter((each) => !before.includes(each));
      own.forEach((each) => process.off(signal, each));
    }
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
}

/** Every file of a folder with its text, hidden ones too. */
export const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    [...globSync("**/*", { cwd: folder, withFileTypes: true }), ...globSync("**/.*", { cwd: folder, withFileTypes: true })]
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
