// Where the engine works in a rehearsal: a project, a state, plugins and secrets that are thrown away.

import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSIONS_READ } from "#components/versions";
import { createEngine, type Engine } from "#engine/engine";
import type { ResourceProgress } from "#engine/events";
import { PROJECT_FOLDER } from "#engine/project";
import { userHere } from "#engine/user";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { OPTIONAL_SECRETS, SECRETS } from "#stacks/inputs/secrets";
import type { Command } from "#toolchain/locate";
import { ENVIRONMENT, NAMES } from "./account/account.ts";
import type { FoundChart } from "./charts/found.ts";
import { keysLeftOut, mirrorIn } from "./charts/mirror.ts";
import { NOTES } from "./charts/recorded.ts";
import { serveRepositories } from "./charts/repositories.ts";
import { ChartShelf } from "./charts/shelf.ts";
import type { RehearsalCluster } from "./cluster/cluster.ts";
import { TOKEN_ISSUER } from "./cluster/controlplane/token-issuer.ts";
import type { HostsFile } from "./cluster/isolation/hosts-file.ts";
import { installPlugins, type Plugins, type RealProvider } from "./plugins/install.ts";
import { createProject } from "./project.ts";
import { copyReleases } from "./releases.ts";

/** The engine with a throwaway project, state, config and releases: nothing that it does reaches the repository. */
export interface Workspace {
  engine: Engine;
  /** The same engine, state and plugins with another project folder. */
  engineOf(project: string): Engine;
  plugins: Plugins;
  charts: ChartShelf;
  /** Folder of the rehearsal's own releases, copied from the repository's: what a phase changes there does not reach the repository. */
  releases: string;
  /** Folder of state and logs. */
  folder: string;
  /** Values that must never be found in plain text. */
  secrets: string[];
  /** Variables with which `pulumi` works on these stacks by hand. */
  environment: Record<string, string>;
  project: string;
}

export interface WorkspaceOptions {
  environment: EnvironmentName;
  folder: string;
  pulumi: string;
  /** The Kubernetes provider. */
  kubernetes: RealProvider;
  /** What people look around with: of the same version as the API server. */
  kubectl: Command;
  cluster: RehearsalCluster;
  /** Names of the namespace. */
  hosts: HostsFile;
  /** Charts that this machine has. */
  found: readonly FoundChart[];
  /** Times that the program may shorten. */
  pace: Record<string, number>;
  signal?: AbortSignal;
  onResource: (stack: string, progress: ResourceProgress) => void;
}

/** Prepares everything that the engine needs, and the stacks with their config. */
export async function createWorkspace({
  environment,
  folder,
  pulumi,
  kubernetes,
  kubectl,
  cluster,
  hosts,
  found,
  pace,
  signal,
  onResource,
}: WorkspaceOptions): Promise<Workspace> {
  const at = (name: string): string => join(folder, name);
  const mirror = mirrorIn(environment);
  const { folder: project } = createProject({
    repository: PROJECT_FOLDER,
    folder: at("project"),
    stacks: LAYERS.map((layer) => `${layer}-${environment}`),
    without: keysLeftOut(environment),
  });
  const releases = at("releases");
  copyReleases(releases);
  const plugins = await installPlugins({
    pulumi,
    bin: at("bin"),
    home: at("pulumi"),
    project: PROJECT_FOLDER,
    real: { kubernetes },
  });
  const charts = new ChartShelf(at("charts"), found);
  const certificate = await serveRepositories({
    folder,
    shelf: charts,
    hosts,
    ...(mirror.kind === "registry" && { registry: mirror.url }),
  });
  // The pinned kubectl is a part of another program: its name alone does not say which.
  writeFileSync(join(at("bin"), "kubectl"), `#!/bin/sh\nexec ${kubectl.map((word) => `'${word}'`).join(" ")} "$@"\n`, {
    mode: 0o755,
  });
  mkdirSync(at("state"), { recursive: true });
  writeFileSync(at("passphrase"), randomBytes(24).toString("hex"), { mode: 0o600 });

  const variables = {
    ...pulumiVariables(folder),
    KUBECONFIG: cluster.kubeconfigPath,
    MILLRACE_REHEARSAL_ENDPOINT: cluster.endpoint,
    MILLRACE_REHEARSAL_CA: cluster.caData,
    MILLRACE_REHEARSAL_ISSUER: TOKEN_ISSUER,
    MILLRACE_REHEARSAL_TOKEN: cluster.token,
    MILLRACE_RELEASES: releases,
    MILLRACE_PACE: JSON.stringify(pace),
    // What has ended since is for the plan to judge: a rehearsal shows whether the program works, on any day.
    MILLRACE_TODAY: VERSIONS_READ,
    MILLRACE_REHEARSAL_UNPROTECTED: at("unprotected"),
    [NAMES]: at("account.json"),
    [ENVIRONMENT]: environment,
    [NOTES]: at("charts"),
    ...helmVariables(folder, certificate),
  };
  // Pipelines have machines of their own: here an operation must not make users wait.
  const gently = at("gently");
  mkdirSync(join(gently, "bin"), { recursive: true });
  writeFileSync(join(gently, "bin", "pulumi"), `#!/bin/sh\nexec nice -n 10 '${join(at("bin"), "pulumi")}' "$@"\n`, {
    mode: 0o755,
  });
  const engineOf = (path: string): Engine =>
    createEngine({
      installation: gently,
      project: path,
      environment: { ...NOT_INHERITED, ...variables },
      logs: at("logs"),
      onResource,
      ...(signal && { signal }),
    });
  const engine = engineOf(project);
  const secrets = await initStacks(engine, environment);
  return {
    engine,
    engineOf,
    plugins,
    charts,
    releases,
    folder,
    secrets,
    project,
    environment: variables,
  };
}

/** What a person's shell may hold for stacks in the cloud; a rehearsal has a state of its own. */
export const NOT_INHERITED = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_ACCESS_TOKEN: undefined, PULUMI_STACK: undefined };

/** Variables that keep Pulumi to the folder of a rehearsal: its programs, plugins, state, passphrase, and temporary files, for which it makes a folder. */
export function pulumiVariables(folder: string): Record<string, string> {
  const tmp = join(folder, "tmp");
  mkdirSync(tmp, { recursive: true, mode: 0o700 });
  return {
    // `aws` of the rehearsal first: a kubeconfig for EKS must not reach a real account.
    PATH: [join(PROJECT_FOLDER, "rehearsal", "plugins", "bin"), join(folder, "bin"), process.env["PATH"] ?? ""].join(":"),
    // Commands of people run Pulumi past our engine, which would name the user.
    USER: userHere(),
    PULUMI_HOME: join(folder, "pulumi"),
    // Where the Kubernetes provider leaves a kubeconfig for each release, with the keys in it.
    TMPDIR: tmp,
    // Without files beside the state: one that a killed engine has half-written would make the state unreadable.
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "passphrase"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // A stand-in elsewhere on PATH would be used in place of the installed one, with a warning.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
  };
}

/** Variables that keep Helm to the folder of a rehearsal, and let it trust the chart repositories there. */
const helmVariables = (folder: string, certificate: string): Record<string, string> => ({
  SSL_CERT_FILE: certificate,
  HELM_CACHE_HOME: join(folder, "helm", "cache"),
  HELM_CONFIG_HOME: join(folder, "helm", "config"),
  HELM_DATA_HOME: join(folder, "helm", "data"),
  // A person's login to a registry is of no use here, and its helper may ask for a password.
  DOCKER_CONFIG: join(folder, "helm", "docker"),
});

/** Each stack, with its secrets made up: nobody's pager rings, and what is found in plain text later was leaked by us. */
async function initStacks(engine: Engine, environment: EnvironmentName): Promise<string[]> {
  const secrets: string[] = [];
  for (const layer of LAYERS) {
    const stack = `${layer}-${environment}`;
    await engine.stackInit(stack);
    for (const key of [...SECRETS[layer], ...OPTIONAL_SECRETS[layer]]) {
      const value = `https://${key.toLowerCase()}.invalid/${randomBytes(12).toString("hex")}`;
      await engine.configSet(stack, `millrace:${key}`, value, { secret: true });
      secrets.push(value);
    }
  }
  return secrets;
}
