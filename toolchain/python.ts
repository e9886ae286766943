// Python with packages, apart from any environment of the user.

import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";
import type { Tool } from "./tool.ts";

type Recipe = Extract<Tool["recipe"], { kind: "python" }>;

/** The pinned packages of a recipe. */
export const requirementsOf = ({ requirements }: Recipe): string => join(import.meta.dirname, "..", requirements);

/** What packages are compiled for: `cp311`; `none` where there is no Python. */
export async function pythonTag(): Promise<string> {
  const { code, stdout } = await run("python3", ["-c", "import sys; print('cp%d%d' % sys.version_info[:2])"]);
  return code === 0 ? stdout.trim() : "none";
}

/**
 * Makes a folder of packages a Python: compiles them, and writes the program `python` that finds them, wherever the folder is moved. What is
 * compiled is good for as long as it is there: an archive need not keep the times of files.
 */
export async function makePython(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const compile = ["-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", folder];
  // Some packages carry files of another Python; nobody imports them.
  await run("python3", compile, { signal });
  const { stdout } = await run("python3", ["-c", "import os, sys; print(os.path.realpath(sys.executable))"], { signal });
  const program = join(folder, "python");
  await writeFile(program, launcher(stdout.trim()));
  await chmod(program, 0o755);
}

const launcher = (python: string): string => `#!/bin/sh
# Python with the packages beside this file.
PYTHONPATH="$(dirname "$0")\${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH
export PYTHONDONTWRITEBYTECODE=1
python='${python.replaceAll("'", "'\\''")}'
[ -x "$python" ] || python=python3
exec "$python" "$@"
`;
