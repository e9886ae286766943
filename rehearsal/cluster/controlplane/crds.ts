import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { loadAll } from "js-yaml";
import type { Json, Kube, KubeObject } from "./kube.ts";

/** Seconds within which the API server must serve a new kind. */
const SERVED_WITHIN = 60;

/**
 * Gives the API server the definitions in these YAML files and waits until it serves every kind of them.
 * Documents of other kinds are left out: files of releases mix them.
 *
 * @returns the names of the definitions.
 * @throws {Error} naming the kinds that are not served within 60 seconds.
 */
export async function applyDefinitions(kube: Kube, files: readonly string[]): Promise<string[]> {
  const definitions = (await Promise.all(files.map(readDefinitions))).flat();
  await Promise.all(definitions.map((definition) => kube.apply(definition)));
  await untilServed(kube, definitions, Date.now() + SERVED_WITHIN * 1000);
  return definitions.map(({ metadata }) => metadata.name);
}

async function readDefinitions(file: string): Promise<KubeObject[]> {
  const documents = loadAll(await readFile(file, "utf8")) as (KubeObject | null | undefined)[];
  return documents
    .filter((object) => object?.kind === "CustomResourceDefinition")
    .map((object) => withoutProse(object) as KubeObject);
}

/**
 * The definition without the descriptions in its schemas, which only `kubectl explain` reads. They are two thirds of it, and the
 * API server keeps them several times in memory and merges them again for every definition that is added.
 */
export function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutProse);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const kept = Object.entries(value).filter(([key, child]) => !(key === "description" && typeof child === "string"));
  return Object.fromEntries(kept.map(([key, child]) => [key, VALUES.has(key) ? child : withoutProse(child)]));
}

/** Fields of a schema that hold values and no schemas. */
const VALUES = new Set(["default", "enum", "example"]);

/** Asks discovery, not the definitions: those of the Prometheus operator alone are megabytes. */
async function untilServed(kube: Kube, definitions: readonly KubeObject[], deadline: number): Promise<void> {
  let missing = definitions.flatMap(({ spec }) =>
    (spec.versions as Json[])
      .filter(({ served }) => served)
      .map(({ name }) => ({ root: `/apis/${spec.group}/${name}`, plural: String(spec.names.plural) })),
  );
  for (;;) {
    const served = await servedPlurals(kube, [...new Set(missing.map(({ root }) => root))]);
    missing = missing.filter(({ root, plural }) => !served.get(root)?.has(plural));
    if (missing.length === 0) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `not served after ${SERVED_WITHIN} s: ${missing.map(({ root, plural }) => `${root}/${plural}`).join(", ")}`,
      );
    }
    await sleep(100);
  }
}

async function servedPlurals(kube: Kube, roots: readonly string[]): Promise<Map<string, Set<string>>> {
  const lists = await Promise.all(roots.map(async (root) => [root, (await kube.find(root))?.resources ?? []] as const));
  return new Map(lists.map(([root, resources]) => [root, new Set((resources as Json[]).map(({ name }) => String(name)))]));
}
