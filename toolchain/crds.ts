// Custom resource definitions, taken out of the Go modules that carry them.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

/** Project whose custom resource definitions a rehearsal installs. */
export type CrdSource = keyof typeof PLACES;

/** The custom resource definitions of one project, in one file of YAML documents. */
export interface CrdFile {
  source: CrdSource;

  /** Version of the Go module they were taken from. */
  version: string;

  path: string;
}

/** Names of all sources. */
export const CRD_SOURCES = Object.keys(PLACES) as CrdSource[];

/**
 * Provides the custom resource definitions of the pinned versions, taken unchanged from the projects' Go modules; downloads them
 * the first time only.
 *
 * @throws {MissingTool} when they have to be downloaded and there is no Go.
 * @throws {BuildFailed} when a module cannot be downloaded or is not the one that was pinned.
 */
export async function provideCrds(options: ToolOptions = {}): Promise<readonly CrdFile[]> {
  const began = performance.now();
  const cache = options.cacheDir ?? defaultCache();
  const report = (state: ToolProgress["state"], detail: string) =>
    options.onProgress?.({ tool: "crds", state, detail, seconds: (performance.now() - began) / 1000 });

  const cached = await cachedCrds(cache);
  if (cached) {
    report("found", `${cached.length} sources, downloaded before`);
    return cached;
  }
  try {
    await requireGo("crds", moduleFolder("crds"));
    report("building", `downloading ${CRD_SOURCES.length} modules`);
    const pins = await readPins(moduleFolder("crds"));
    const folder = await crdFolder(cache);
    await publish(folder, CRD_FILES, (draft) => download(pins, draft, options.signal));
    report("built", `${CRD_SOURCES.length} sources`);
    return filesIn(folder, pins);
  } catch (error) {
    report("failed", error instanceof ToolchainError ? error.sentence : String(error));
    throw error;
  }
}

/** The definitions as an earlier run downloaded them. */
export async function cachedCrds(cache: string): Promise<readonly CrdFile[] | undefined> {
  const folder = await crdFolder(cache);
  return (await complete(folder, CRD_FILES)) ? filesIn(folder, await readPins(moduleFolder("crds"))) : undefined;
}

/** The files that hold them. */
export const CRD_FILES = CRD_SOURCES.map((source) => `${source}.yaml`);

/** The folder that holds them once they are downloaded with the pins of this checkout. */
export async function crdFolder(cache: string): Promise<string> {
  const recipe = Object.entries<Place>(PLACES).map(([source, { module, path, files }]) => [source, module, path, files.source]);
  return join(cache, "crds", await cacheName("definitions", moduleFolder("crds"), recipe));
}

function filesIn(folder: string, pins: Map<string, Pin>): CrdFile[] {
  return CRD_SOURCES.map((source) => ({ source, version: pinOf(pins, source).version, path: join(folder, `${source}.yaml`) }));
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

function pinOf(pins: Map<string, Pin>, source: CrdSource): Pin {
  const pin = pins.get(PLACES[source].module);
  if (!pin?.sum) {
    throw new Error(`go.mod and go.sum of the definitions must name ${PLACES[source].module}`);
  }
  return pin;
}

async function download(pins: Map<string, Pin>, draft: string, signal: AbortSignal | undefined): Promise<void> {
  const wanted = CRD_SOURCES.map((source) => `${PLACES[source].module}@${pinOf(pins, source).version}`);
  // Outside any module, so that only these are fetched and not the thousands they require; go.sum is compared below, which is why
  // no checksum database is asked.
  const env = goEnvironment({ GOFLAGS: "-mod=mod", GO111MODULE: "on", GOSUMDB: "off" });
  const answer = await run("go", ["mod", "download", "-json", ...wanted], { cwd: draft, env, signal });
  const modules = parseModules(answer.stdout);
  for (const source of CRD_SOURCES) {
    const { module, path, files } = PLACES[source];
    const { version, sum } = pinOf(pins, source);
    const got = modules.get(module);
    if (!got?.Dir) {
      throw unavailable(`${module} ${version} could not be downloaded: ${got?.Error ?? answer.stderr.trim()}.`);
    }
    if (got.Sum !== sum) {
      throw changed(module, version);
    }
    await writeFile(join(draft, `${source}.yaml`), await definitionsIn(join(got.Dir, path), files));
  }
}

function changed(module: string, version: string): BuildFailed {
  const sentence = `${module} ${version} is not the module that was pinned: its checksum differs.`;
  return new BuildFailed(
    "crds",
    sentence,
    "Run 'go clean -modcache' and try again; if it stays so, do not trust where modules come from.",
  );
}

function unavailable(sentence: string): BuildFailed {
  return new BuildFailed("crds", sentence, "Check that Go can download modules ('go env GOPROXY'), then run the command again.");
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
