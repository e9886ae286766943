// What this machine has and lacks for each command. It changes nothing.

import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { defaultCache, exists, moduleFolder } from "./cache.ts";
import { run, which } from "./command.ts";
import { folders } from "./doctor-folders.ts";
import { MissingTool } from "./errors.ts";
import type { Finding } from "./finding.ts";
import { requireGo } from "./go.ts";
import { type Located, locate } from "./locate.ts";
import { type PipTool, requirePip } from "./pip.ts";
import { answers, userPlugins } from "./plugins.ts";
import { cachedProjectFiles, type ProjectFiles } from "./projects.ts";
import type { Tool } from "./tool.ts";
import { CATALOGUE, TOOL_NAMES, type ToolName } from "./tools.ts";

/**
 * Looks at this machine and changes nothing: what each command needs, what is here and what to do about the rest.
 *
 * @param home folder of rehearsals.
 */
export async function examine(home: string): Promise<readonly Finding[]> {
  const cache = defaultCache();
  const tools = await Promise.all(TOOL_NAMES.map(async (name) => ({ name, located: await locate(name, cache) })));
  const carried = await cachedProjectFiles(cache);
  const missing = tools.filter(({ located }) => !located).map(({ name }) => name);
  const findings = await Promise.all([
    program("git", "plan", ["--version"], "Install git; comparing with another branch reads it."),
    go(missing, carried !== undefined),
    python(missing),
    program("ip", "rehearse", ["-V"], "Install iproute2."),
    program("unshare", "rehearse", ["--version"], "Install util-linux."),
    program("nsenter", "rehearse", ["--version"], "Install util-linux."),
    namespaces(),
    program("pulumi", "up", ["version"], `Install Pulumi ${CATALOGUE.pulumi.version} or a newer 3.x.`),
    program("aws", "up", ["--version"], "Install AWS CLI v2: the Kubernetes provider asks it for a token."),
  ]);
  const guides = await Promise.all(OF_GUIDES.map(ofGuides));
  const provided = tools.map(({ name, located }) => tool(name, located));
  const written = folders({ cache, home, builds: missing.length > 0 || carried === undefined });
  const builtIn = missing.includes("kubernetes") ? "builds its own" : "uses the one that it built";
  const others = [projects(carried), ...(await plugins(builtIn)), await credentials()];
  return [node(), system(), ...findings, ...written, ...provided, ...others, ...guides];
}

function node(): Finding {
  const found = process.versions.node;
  const ok = Number(found.split(".")[0]) >= 24;
  return {
    what: "Node.js 24",
    need: "plan",
    found,
    ...(ok ? { state: "ok" } : { state: "missing", remedy: "Install Node.js 24 or newer." }),
  };
}

function system(): Finding {
  const finding = { what: "Linux", need: "rehearse", found: process.platform } as const;
  if (process.platform === "linux") {
    return { ...finding, state: "ok" };
  }
  return {
    ...finding,
    state: "missing",
    remedy: "Run the rehearsal in the dev container of this repository or in a Linux virtual machine; planning works anywhere.",
  };
}

async function program(name: string, need: Finding["need"], ask: readonly string[], remedy: string): Promise<Finding> {
  const path = await which(name);
  if (!path) {
    return { what: name, need, state: "missing", remedy };
  }
  const { stdout, stderr } = await run(path, ask, { timeout: 5_000 });
  return { what: name, need, state: "ok", found: (stdout || stderr).trim().split("\n")[0] || path };
}

/** Programs that only commands in guides and runbooks call, with the pages that do. */
export const OF_GUIDES: readonly { name: string; what: string; ask: string[]; pages: string[] }[] = [
  {
    name: "kubectl",
    what: "looks into a cluster",
    ask: ["version", "--client"],
    pages: ["docs/guides/aws.md", "docs/guides/release.md", "docs/guides/tracking.md", "docs/model-server.md", "every runbook"],
  },
  {
    name: "jq",
    what: "reads outputs of stacks and plans",
    ask: ["--version"],
    pages: ["docs/guides/aws.md", "docs/guides/plan.md"],
  },
  { name: "openssl", what: "makes keys that sign releases", ask: ["version"], pages: ["docs/guides/release.md"] },
  { name: "crane", what: "copies images into the account", ask: ["version"], pages: ["docs/guides/aws.md"] },
  { name: "docker", what: "builds images", ask: ["--version"], pages: ["docs/guides/aws.md", "docs/guides/features.md"] },
  { name: "gh", what: "tells GitHub about runners", ask: ["--version"], pages: ["docs/guides/aws.md", "docs/guides/ci.md"] },
  {
    name: "curl",
    what: "asks a model",
    ask: ["--version"],
    pages: ["docs/guides/aws.md", "docs/guides/features.md", "docs/runbooks/BatchPushFailing.md"],
  },
  {
    name: "session-manager-plugin",
    what: "reaches the private API of prod",
    ask: ["--version"],
    pages: ["docs/guides/aws.md"],
  },
];

async function ofGuides({ name, what, ask, pages }: (typeof OF_GUIDES)[number]): Promise<Finding> {
  const remedy = `Install it before you follow ${pages.join(", ")}.`;
  const finding = await program(name, "guides", ask, remedy);
  return { ...finding, what: `${name}: ${what}`, state: finding.state === "missing" ? "not here" : finding.state };
}

async function go(missing: readonly ToolName[], definitions: boolean): Promise<Finding> {
  const [first] = missing.flatMap((tool) => {
    const { recipe }: Tool = CATALOGUE[tool];
    return recipe.kind === "go" ? [{ tool, pins: recipe.pins }] : [];
  });
  const wanted = first ?? (definitions ? undefined : { tool: "projects", pins: "projects" });
  return builder("Go", wanted && (() => requireGo(wanted.tool, moduleFolder(wanted.pins))), ["go", "version"]);
}

async function python(missing: readonly ToolName[]): Promise<Finding> {
  const name = missing.find((tool) => ["pip", "python"].includes(CATALOGUE[tool].recipe.kind));
  const check = name && (() => requirePip(name, CATALOGUE[name] as PipTool));
  return builder("Python 3 with pip", check, ["python3", "-m", "pip", "--version"]);
}

/** A builder is missing only while there is something left for it to build. */
async function builder(
  what: string,
  check: (() => Promise<void>) | undefined,
  [command = "", ...args]: string[],
): Promise<Finding> {
  try {
    await check?.();
  } catch (error) {
    if (!(error instanceof MissingTool)) {
      throw error;
    }
    return { what, need: "rehearse", state: "missing", remedy: error.remedy };
  }
  const { code, stdout } = await run(command, args, { timeout: 5_000 });
  return {
    what,
    need: "rehearse",
    state: "ok",
    found: code === 0 ? stdout.trim() : "not needed: every tool that it builds is here",
  };
}

async function namespaces(): Promise<Finding> {
  const root = process.getuid?.() === 0;
  const flags = [...(root ? [] : ["--user", "--map-root-user"]), "--net", "--pid", "--fork", "--mount-proc"];
  const { code } = await run("unshare", [...flags, "true"], { timeout: 5_000 });
  const finding = { what: "network namespaces", need: "rehearse" } as const;
  if (code === 0) {
    return { ...finding, state: "ok", found: root ? "as root" : "as an ordinary user" };
  }
  const remedy = root
    ? "Allow this container to make namespaces (CAP_SYS_ADMIN), or run outside of it."
    : "Allow unprivileged user namespaces (sysctl user.max_user_namespaces, on Ubuntu also " +
      "kernel.apparmor_restrict_unprivileged_userns=0), or run as root.";
  return { ...finding, state: "missing", remedy };
}

function tool(name: ToolName, located: Located | undefined): Finding {
  const { version, purpose, seconds }: Tool = CATALOGUE[name];
  const finding = { what: `${name} ${version}: ${purpose}`, need: "rehearse" } as const;
  if (!located) {
    return {
      ...finding,
      state: "will be built",
      remedy: `Nothing; it takes about ${Math.ceil(seconds / 60)} min on two cores, once.`,
    };
  }
  const first = Object.values(located.commands)[0]?.[0] ?? "";
  return { ...finding, state: "ok", found: `${located.version} ${located.from === "cache" ? "built before" : first}` };
}

function projects(cached: ProjectFiles | undefined): Finding {
  const finding = { what: "definitions and charts of the controllers", need: "rehearse" } as const;
  if (!cached) {
    return { ...finding, state: "will be built", remedy: "Nothing; they are downloaded once." };
  }
  return {
    ...finding,
    state: "ok",
    found: `definitions of ${cached.definitions.map(({ source }) => source).join(", ")}; charts ${cached.charts.map(({ name }) => name).join(", ")}`,
  };
}

/** The engine's own plugins: a rehearsal uses those that start and replaces the others, so it misses none. */
async function plugins(kubernetes: string): Promise<Finding[]> {
  const folder = userPlugins();
  // Lock files and partial downloads lie beside the plugins.
  const names = await readdir(folder).catch(() => []);
  const installed = names.filter((name) => /-v\d+\.\d+\.\d+$/.test(name)).sort();
  const wanted = [
    { plugin: "resource-kubernetes", subject: "Kubernetes", instead: kubernetes },
    { plugin: "resource-random", subject: "random values", instead: "uses its stand-in" },
    { plugin: "language-nodejs", subject: "Node.js programs", instead: "uses its stand-in" },
  ];
  const findings = wanted.map(async ({ plugin, subject, instead }): Promise<Finding> => {
    const finding = { what: `Pulumi plugin for ${subject}`, need: "up" } as const;
    const found = installed.findLast((name) => name.startsWith(`${plugin}-v`));
    if (found !== undefined && plugin.startsWith("resource-") && !(await answers(join(folder, found, `pulumi-${plugin}`)))) {
      const remedy = `Remove ${join(folder, found)}: \`pulumi up\` fetches it again, and a rehearsal ${instead}.`;
      return { ...finding, state: "missing", found: `${found} does not start`, remedy };
    }
    const beside = plugin.startsWith("language-") ? await which(`pulumi-${plugin}`) : undefined;
    return {
      ...finding,
      state: "ok",
      found: found ?? beside ?? `none: a rehearsal ${instead}, \`pulumi up\` fetches the real one`,
    };
  });
  return Promise.all(findings);
}

/** Only whether there are any: nothing of them is read. */
async function credentials(): Promise<Finding> {
  const finding = { what: "AWS credentials", need: "up" } as const;
  const variable = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"].find(
    (name) => process.env[name],
  );
  if (variable) {
    return { ...finding, state: "ok", found: `${variable} is set` };
  }
  for (const file of ["credentials", "config"]) {
    if (await exists(join(homedir(), ".aws", file))) {
      return { ...finding, state: "ok", found: `~/.aws/${file}` };
    }
  }
  return {
    ...finding,
    state: "missing",
    remedy: "Sign in with `aws sso login`, or set AWS_PROFILE; plan and rehearse need no account.",
  };
}
