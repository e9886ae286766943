// What the projects of a cluster carry in their Go modules: custom resource definitions, and charts.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { create } from "tar";
import { cacheName, complete, defaultCache, moduleFolder, publish } from "./cache.ts";
import { run } from "./command.ts";
import { BuildFailed, ToolchainError } from "./errors.ts";
import { goEnvironment, requireGo } from "./go.ts";
import type { ToolOptions, ToolProgress } from "./toolchain.ts";

/** Where a source's definitions lie inside its Go module, and which of the files are its own. */
interface Place {
  module: string;
  path: string;
  files: RegExp;
}

const ANY_YAML = /\.yaml$/;

const PLACES = {
  "argo-rollouts": { module: "github.com/argoproj/argo-rollouts", path: "manifests/crds", files: /-crd\.yaml$/ },
  "cert-manager": { module: "github.com/cert-manager/cert-manager", path: "deploy/crds", files: ANY_YAML },
  "external-secrets": {
    module: "github.com/external-secrets/external-secrets",
    path: "config/crds/bases",
    files: /external-secrets\.io_/,
  },
  istio: { module: "istio.io/istio", path: "manifests/charts/base/files", files: /^crd-all\.gen\.yaml$/ },
  karpenter: { module: "sigs.k8s.io/karpenter", path: "pkg/apis/crds", files: ANY_YAML },
  // The AWS provider repeats Karpenter's own definitions beside its node class.
  "karpenter-aws": { module: "github.com/aws/karpenter-provider-aws", path: "pkg/apis/crds", files: /^karpenter\.k8s\.aws_/ },
  kueue: { module: "sigs.k8s.io/kueue", path: "config/components/crd/bases", files: ANY_YAML },
  "prometheus-operator": {
    module: "github.com/prometheus-operator/prometheus-operator",
    path: "example/prometheus-operator-crd",
    files: ANY_YAML,
  },
} as const satisfies Record<string, Place>;

/**
 * Charts that lie in a project's own sources, and what a project without one says to install. Charts of the other projects are published
 * from repositories that Go does not know.
 */
const CHART_PLACES = {
  "argo-rollouts": { module: "github.com/argoproj/argo-rollouts", path: "manifests/install.yaml" },
  base: { module: "istio.io/istio", path: "manifests/charts/base" },
  istiod: { module: "istio.io/istio", path: "manifests/charts/istio-control/istio-discovery" },
  gateway: { module: "istio.io/istio", path: "manifests/charts/gateway" },
  "cert-manager": { module: "github.com/cert-manager/cert-manager", path: "deploy/charts/cert-manager" },
  karpenter: { module: "github.com/aws/karpenter-provider-aws", path: "charts/karpenter" },
  "karpenter-crd": { module: "github.com/aws/karpenter-provider-aws", path: "charts/karpenter-crd" },
  "kube-prometheus-stack": { module: "github.com/prometheus-operator/prometheus-operator", path: "example/rbac" },
  kueue: { module: "sigs.k8s.io/kueue", path: "charts/kueue" },
} as const satisfies Record<string, Omit<Place, "files">>;

/** Project whose custom resource definitions can be had. */
export type CrdSource = keyof typeof PLACES;

/** Name of a chart that a Go module carries, or whose objects it carries. */
export type CarriedChart = keyof typeof CHART_PLACES;

/** The custom resource definitions of one project, in one file of YAML documents. */
export interface CrdFile {
  source: CrdSource;

  /** Version of the Go module they were taken from. */
  version: string;

  path: string;
}

/** A chart as its project's sources have it: its `Chart.yaml` may say another version than the published one. */
export interface ChartFile {
  name: CarriedChart;

  /** Version of the Go module it was taken from. */
  version: string;

  /** Archive with one folder, which may have another name than the chart, or with one file of objects. */
  path: string;
}

/** What the modules of all projects yield. */
export interface ProjectFiles {
  definitions: readonly CrdFile[];
  charts: readonly ChartFile[];
}

/** Names of all sources of definitions. */
export const CRD_SOURCES = Object.keys(PLACES) as CrdSource[];

const CARRIED = Object.keys(CHART_PLACES) as CarriedChart[];

/**
 * Provides the custom resource definitions and the charts of the pinned versions, taken unchanged from the projects' Go modules;
 * downloads them the first time only.
 *
 * @throws {MissingTool} when they have to be downloaded and there is no Go.
 * @throws {BuildFailed} when a module cannot be downloaded or is not the one that was pinned.
 */
export async function provideProjectFiles(options: ToolOptions = {}): Promise<ProjectFiles> {
  const began = performance.now();
  const cache = options.cacheDir ?? defaultCache();
  const report = (state: ToolProgress["state"], detail: string) =>
    options.onProgress?.({ tool: NAME, state, detail, seconds: (performance.now() - began) / 1000 });

  const cached = await cachedProjectFiles(cache);
  if (cached) {
    report("found", `definitions of ${cached.definitions.length} and charts, downloaded before`);
    return cached;
  }
  try {
    await requireGo(NAME, moduleFolder(NAME));
    const pins = await readPins(moduleFolder(NAME));
    report("building", `downloading ${pins.size} modules`);
    const folder = await projectFolder(cache);
    await publish(folder, PROJECT_FILES, (draft) => download(pins, draft, options.signal));
    report("built", `definitions of ${CRD_SOURCES.length}, ${CARRIED.length} charts`);
    return filesIn(folder, pins);
  } catch (error) {
    report("failed", error instanceof ToolchainError ? error.sentence : String(error));
    throw error;
  }
}

/** What people see of it, and the folder of its pins. */
const NAME = "projects";

/** The files as an earlier run downloaded them. */
export async function cachedProjectFiles(cache: string): Promise<ProjectFiles | undefined> {
  const folder = await projectFolder(cache);
  return (await complete(folder, PROJECT_FILES)) ? filesIn(folder, await readPins(moduleFolder(NAME))) : undefined;
}

const definitionsFile = (source: CrdSource): string => `${source}.yaml`;
const chartFile = (chart: CarriedChart): string => `${chart}.tgz`;

/** Names of all files. */
export const PROJECT_FILES = [...CRD_SOURCES.map(definitionsFile), ...CARRIED.map(chartFile)];

/** The folder that holds them once they are downloaded with the pins of this checkout. */
export async function projectFolder(cache: string): Promise<string> {
  const recipe = Object.entries<Place>(PLACES).map(([source, { module, path, files }]) => [source, module, path, files.source]);
  return join(cache, NAME, await cacheName("files", moduleFolder(NAME), [recipe, CHART_PLACES]));
}

function filesIn(folder: string, pins: Map<string, Pin>): ProjectFiles {
  const at = (file: string, { module }: { module: string }) => ({
    version: pinOf(pins, module).version,
    path: join(folder, file),
  });
  return {
    definitions: CRD_SOURCES.map((source) => ({ source, ...at(definitionsFile(source), PLACES[source]) })),
    charts: CARRIED.map((name) => ({ name, ...at(chartFile(name), CHART_PLACES[name]) })),
  };
}

/** A pinned module: its version, and the checksum of its content. */
export interface Pin {
  version: string;
  sum: string;
}

/** Reads the versions in a folder's go.mod and the checksums in its go.sum, by module path. */
export async function readPins(folder: string): Promise<Map<string, Pin>> {
  const sums = await readFile(join(folder, "go.sum"), "utf8");
  const pins = await readFile(join(folder, "go.mod"), "utf8");
  const found = new Map<string, Pin>();
  for (const [, module = "", version = ""] of pins.matchAll(/^(?:require|\t) ?(\S+\.\S+\/\S+) (v\S+)/gm)) {
    const line = sums.split("\n").find((text) => text.startsWith(`${module} ${version} `));
    found.set(module, { version, sum: line?.split(" ")[2] ?? "" });
  }
  return found;
}

function pinOf(pins: Map<string, Pin>, module: string): Pin {
  const pin = pins.get(module);
  if (!pin?.sum) {
    throw new Error(`go.mod and go.sum of the ${NAME} must name ${module}`);
  }
  return pin;
}

async function download(pins: Map<string, Pin>, draft: string, signal: AbortSignal | undefined): Promise<void> {
  const folders = await moduleFolders(pins, draft, signal);
  for (const source of CRD_SOURCES) {
    const { module, path, files } = PLACES[source];
    await writeFile(join(draft, definitionsFile(source)), await definitionsIn(join(folders.get(module)!, path), files));
  }
  for (const chart of CARRIED) {
    const { module, path } = CHART_PLACES[chart];
    const folder = join(folders.get(module)!, path);
    await create({ file: join(draft, chartFile(chart)), gzip: true, cwd: dirname(folder), portable: true, follow: true }, [
      basename(folder),
    ]);
  }
}

/** Downloads all modules. @returns the folder of each, by its path. */
async function moduleFolders(pins: Map<string, Pin>, cwd: string, signal: AbortSignal | undefined): Promise<Map<string, string>> {
  const modules = [...new Set([...Object.values(PLACES), ...Object.values(CHART_PLACES)].map(({ module }) => module))];
  // Outside any module, so that only these are fetched and not the thousands they require; go.sum is compared below, which is why
  // no checksum database is asked.
  const env = goEnvironment({ GOFLAGS: "-mod=mod", GO111MODULE: "on", GOSUMDB: "off" });
  const wanted = modules.map((module) => `${module}@${pinOf(pins, module).version}`);
  const answer = await run("go", ["mod", "download", "-json", ...wanted], { cwd, env, signal });
  const found = parseModules(answer.stdout);
  return new Map(
    modules.map((module) => {
      const { version, sum } = pinOf(pins, module);
      const got = found.get(module);
      if (!got?.Dir) {
        throw unavailable(`${module} ${version} could not be downloaded: ${got?.Error ?? answer.stderr.trim()}.`);
      }
      if (got.Sum !== sum) {
        throw changed(module, version);
      }
      return [module, got.Dir];
    }),
  );
}

function changed(module: string, version: string): BuildFailed {
  const sentence = `${module} ${version} is not the module that was pinned: its checksum differs.`;
  return new BuildFailed(
    NAME,
    sentence,
    "Run 'go clean -modcache' and try again; if it stays so, do not trust where modules come from.",
  );
}

function unavailable(sentence: string): BuildFailed {
  return new BuildFailed(NAME, sentence, "Check that Go can download modules ('go env GOPROXY'), then run the command again.");
}

/** `go mod download -json` prints one object after the other, without a list around them. */
function parseModules(text: string): Map<string, { Path: string; Dir?: string; Sum?: string; Error?: string }> {
  const objects = text.split(/^(?=\{)/m).filter((part) => part.trim() !== "");
  return new Map(objects.map((part) => JSON.parse(part)).map((module) => [module.Path, module]));
}

async function definitionsIn(folder: string, files: RegExp): Promise<string> {
  const names = (await readdir(folder)).filter((name) => files.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const documents = texts
    .flatMap((text) => text.split(/^---.*$/m))
    .filter((text) => /^kind: CustomResourceDefinition\s*$/m.test(text));
  if (documents.length === 0) {
    throw unavailable(`${folder} holds no custom resource definition.`);
  }
  return documents.map((text) => `---\n${text.trim()}\n`).join("");
}
