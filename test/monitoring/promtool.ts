import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";

/** promtool lives for seconds: it collects its garbage a quarter as often, and saves a tenth of them. */
const ENVIRONMENT = { ...process.env, GOGC: "400" };

/** promtool as this machine or an earlier build of the toolchain has it. */
export async function findPromtool(): Promise<string | undefined> {
  return (await locate("prometheus", defaultCache()))?.commands["promtool"]?.[0];
}

/** What promtool says about files; rejects with it when it does not accept them. */
export async function promtool(program: string, args: string[], files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-rules-"));
  try {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env: ENVIRONMENT }).catch((error) => {
      throw new Error(`promtool ${args.join(" ")}\n${error.stdout}${error.stderr}`);
    });
    return stdout + stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
