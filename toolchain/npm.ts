// Installs tools that come as packages of npm.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moduleFolder } from "./cache.ts";
import { run, which } from "./command.ts";
import { BuildFailed, MissingTool } from "./errors.ts";
import type { Tool } from "./tool.ts";

/** A tool that npm brings. */
export type NpmTool = Tool & { recipe: Extract<Tool["recipe"], { kind: "npm" }> };

/** Throws unless there is an npm. */
export async function requireNpm(name: string, { version }: NpmTool): Promise<void> {
  if (!(await which("npm"))) {
    throw new MissingTool(
      name,
      `${name} comes as a package of npm, and there is no 'npm' on PATH.`,
      `Install npm, which comes with Node.js, or put ${name} ${version} on PATH.`,
    );
  }
}

/** Downloads the pinned packages, compares their checksums and unpacks them into a folder; their own scripts link what belongs together. */
export async function installWithNpm(
  name: string,
  { version, recipe }: NpmTool,
  into: string,
  { signal, log }: { signal?: AbortSignal | undefined; log: string },
): Promise<void> {
  for (const file of ["package.json", "package-lock.json"]) {
    await copyFile(join(moduleFolder(recipe.pins), file), join(into, file));
  }
  // Named, because an npm that has started this program names its own folder in a variable.
  const flags = ["--prefix", into, "--no-ignore-scripts", "--include=optional", "--no-audit", "--no-fund"];
  const { code, stdout, stderr } = await run("npm", ["ci", ...flags], { cwd: into, signal });
  if (code !== 0) {
    await mkdir(dirname(log), { recursive: true });
    await writeFile(log, stdout + stderr);
    const said = stderr.trim().split("\n").at(-1) || "npm gave no reason";
    throw new BuildFailed(name, `${name} ${version} could not be installed: ${said}.`, `See ${log}.`, log);
  }
}
