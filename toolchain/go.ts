// Builds tools from pinned Go modules.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { moduleFolder } from "./cache.ts";
import { run, which } from "./command.ts";
import { BuildFailed, MissingTool } from "./errors.ts";
import type { GoRecipe, Tool } from "./tool.ts";

/** Flags of every build: exactly the pinned modules, no paths of this machine in the result, no C compiler. */
const GO_FLAGS = "-mod=readonly -buildvcs=false -trimpath";

/**
 * Build tags of every tool: with tags of its own, a tool would compile shared packages once more.
 *
 * - osusergo, grpcnotrace: those of Pulumi's own releases
 * - vtprotobuf, disable_pgv: those of Istio's
 * - remove_all_sd, enable_kubernetes_sd: Prometheus with the discovery of Kubernetes, and without that of clouds, which is half of its build
 */
const TAGS = ["osusergo", "grpcnotrace", "vtprotobuf", "disable_pgv", "remove_all_sd", "enable_kubernetes_sd"];

/** Disk that a first build of every tool takes: downloaded modules, compiled packages and the tools themselves. */
export const FIRST_BUILD_GIB = 12;

/** What a build under way has to say: a short phrase. */
export type Say = (detail: string) => void;

/** The environment of every `go` command: a user's own flags, workspace or target platform must not change what is built. */
export function goEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, ...rest } = process.env;
  return { ...rest, GOFLAGS: GO_FLAGS, GOWORK: "off", CGO_ENABLED: "0", ...extra };
}

/** Throws unless this machine's Go can build the module, switching to a newer Go by itself if its settings allow that. */
export async function requireGo(name: string, folder: string): Promise<void> {
  const wanted = /^go (\d+\.\d+)/m.exec(await readFile(join(folder, "go.mod"), "utf8"))?.[1] ?? "1.26";
  const remedy = `Install Go ${wanted} or newer from your package manager or from go.dev/dl.`;
  if (!(await which("go"))) {
    throw new MissingTool(name, `${name} is built with Go, and there is no 'go' on PATH.`, remedy);
  }

  const answer = await run("go", ["env", "GOVERSION"], { cwd: folder, env: goEnvironment() });
  const found = /go(\d+)\.(\d+)/.exec(answer.stdout);
  const [major = 0, minor = 0] = wanted.split(".").map(Number);
  const newEnough = found && (Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor));
  if (answer.code === 0 && newEnough) {
    return;
  }
  const running = /running (go [^;)]+)/.exec(answer.stderr)?.[1] ?? (answer.stdout.trim() || "an older one");
  throw new MissingTool(name, `${name} needs Go ${wanted} or newer, and this is ${running}.`, remedy);
}

/** Compiles a tool's packages into a folder. */
export async function buildWithGo(
  name: string,
  tool: Tool & { recipe: GoRecipe },
  into: string,
  say: Say,
  options: GoBuild,
): Promise<void> {
  const { packages, pins, stamps } = tool.recipe;
  const folder = moduleFolder(pins);
  // Inside the draft, so that it goes away with it after a kill.
  const scratch = join(into, ".work");
  await mkdir(scratch);
  // Letting the compiler's own garbage pile up saves an eighth of the processor time of a build, for some hundred MB.
  const env = goEnvironment({ GOTMPDIR: scratch, GOGC: "400" });
  const command = async (args: readonly string[], onErrorLine: (line: string) => void) => {
    const answer = await run("go", args, { cwd: folder, env, onErrorLine, signal: options.signal });
    if (answer.code !== 0) {
      throw await failure(name, tool.version, answer.stderr, options.log);
    }
    return answer.stdout;
  };

  const linker = ["-s", "-w", ...Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
  // The linker strips debug information: not making it in the first place saves a fifth of the processor time.
  const flags = ["-tags", TAGS.join(), "-gcflags", "all=-dwarf=false", "-ldflags", linker];

  let modules = 0;
  say("resolving modules");
  const stale = await command(
    ["list", "-deps", ...flags, "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", ...packages],
    (line) => line.startsWith("go: downloading") && say(`modules downloaded: ${++modules}`),
  );

  const total = stale.split("\n").filter(Boolean).length;
  let compiled = 0;
  say(total > 1 ? `0 of ${total} packages` : "linking");
  await command(["build", "-v", ...flags, "-o", `${into}/`, ...packages], (line) => {
    if (/^[\w./-]+$/.test(line)) {
      say(++compiled < total ? `${compiled} of ${total} packages` : "linking");
    }
  });
  await rm(scratch, { recursive: true, force: true });
}

/** What a build needs to know beside the tool. */
export interface GoBuild {
  /** Ends the build. @default - never */
  signal?: AbortSignal | undefined;

  /** File for the whole output of a build that failed. */
  log: string;
}

async function failure(name: string, version: string, output: string, log: string): Promise<BuildFailed> {
  await mkdir(dirname(log), { recursive: true });
  await writeFile(log, output);
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^(go: downloading|[\w./-]+$)/.test(line));
  const said = lines.at(-1)?.trim() ?? "the compiler was stopped";
  return new BuildFailed(name, `${name} ${version} could not be built: ${said}.`, remedyFor(output, log), log);
}

/** The usual causes, by what Go says about them. */
function remedyFor(output: string, log: string): string {
  if (/no space left on device/.test(output)) {
    return `Free some disk space: a first build of every tool needs about ${FIRST_BUILD_GIB} GiB.`;
  }
  if (/signal: killed|cannot allocate memory/.test(output)) {
    return "Free some memory: the compiler was stopped for lack of it.";
  }
  if (/dial tcp|no such host|i\/o timeout|connection refused|403|404|proxyconnect|TLS handshake/.test(output)) {
    return "Check that Go can download modules ('go env GOPROXY'), then run the command again: what was built is kept.";
  }
  return `See ${log}.`;
}
