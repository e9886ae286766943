// The real CLI with a small program of its own and the plugins of a rehearsal: no account is asked.
// Wants the toolchain's `pulumi` and its Kubernetes provider, which a rehearsal builds.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineOptions } from "#engine/engine";
import { PROJECT_FOLDER } from "#engine/project";
import { installPlugins, type Plugins } from "#rehearsal/plugins/install";
import { createProject } from "#rehearsal/project";
import { NOT_INHERITED, pulumiVariables } from "#rehearsal/workspace";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";

/** Project `probe` in a folder that whoever asked for it removes. */
export interface Probe {
  folder: string;
  plugins: Plugins;
  /** What an engine on the project is made with. */
  options: EngineOptions;
}

/**
 * Prepares the project in a folder of its own: state in `state/`, logs in `logs/`.
 *
 * @param program folder of the program, in the repository. @default - one that touches all simulated providers
 */
export async function createProbe(program = "test/rehearsal/plugins/program"): Promise<Probe> {
  const pulumi = (await locate("pulumi", defaultCache()))?.commands["pulumi"]?.[0];
  const kubernetes = (await locate("kubernetes", defaultCache()))?.commands["pulumi-resource-kubernetes"]?.[0];
  if (pulumi === undefined || kubernetes === undefined) {
    throw new Error("The engine and the Kubernetes provider are not built yet: run `npm start` once, which builds them.");
  }
  const folder = mkdtempSync(join(tmpdir(), "millrace-engine-"));
  const plugins = await installPlugins({
    pulumi,
    bin: join(folder, "bin"),
    home: join(folder, "pulumi"),
    project: PROJECT_FOLDER,
    real: { kubernetes: { path: kubernetes, version: "sources" } },
    userHome: join(folder, "none"),
  });
  const project = createProject({ repository: join(PROJECT_FOLDER, program), folder: join(folder, "project"), stacks: [] });
  mkdirSync(join(folder, "state"));
  for (const name of ["node_modules", "package.json"]) {
    symlinkSync(join(PROJECT_FOLDER, name), join(project.folder, name));
  }
  writeFileSync(join(folder, "passphrase"), "correct horse battery staple", { mode: 0o600 });
  const environment = {
    ...NOT_INHERITED,
    ...pulumiVariables(folder),
    AWS_REGION: "eu-west-1",
    MILLRACE_REHEARSAL_NAMES: join(folder, "account.json"),
  };
  return { folder, plugins, options: { installation: folder, project: project.folder, logs: join(folder, "logs"), environment } };
}
