import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { PROJECT_FOLDER } from "#engine/project";

/** How often a running process is asked for its memory, milliseconds. */
const ASK_EVERY = 20;

/** What a command took. */
export interface Run {
  seconds: number;
  /** Most resident memory of the process itself, MiB; absent where the system has no /proc. */
  peakMiB?: number;
  out: string;
}

/**
 * Runs Node on a file of the project to its end.
 *
 * @throws {Error} with the last line that it said, when it fails.
 */
export async function run(...args: string[]): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd: PROJECT_FOLDER, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  let peakMiB: number | undefined;
  const asking = setInterval(() => {
    peakMemory(child.pid).then(
      // The system keeps the peak itself: only the last answer counts, not how often it was asked.
      (mib) => (peakMiB = mib ?? peakMiB),
      () => undefined,
    );
  }, ASK_EVERY);
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(asking);
  if (code !== 0) {
    throw new Error(`\`node ${args.join(" ")}\` must end with 0, got ${code}: ${reason(err || out)}`);
  }
  return { seconds: (performance.now() - began) / 1000, out, ...(peakMiB !== undefined && { peakMiB }) };
}

async function peakMemory(pid: number | undefined): Promise<number | undefined> {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** The line with the mistake, not the stack under it. */
const reason = (text: string): string =>
  text.split("\n").find((line) => /Error: /.test(line)) ?? text.trim().split("\n").at(-1) ?? "";

/** The middle one of several runs: one that was disturbed does not count. */
export async function medianOf(times: number, ...args: string[]): Promise<Run> {
  const runs: Run[] = [];
  for (let index = 0; index < times; index += 1) {
    runs.push(await run(...args));
  }
  return runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(times / 2)] as Run;
}
