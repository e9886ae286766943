// Components of the kubernetes package that the real provider builds: YAML documents become objects,
// charts become nothing at all (and say so).

import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import type { Bag } from "#engine/values";
import { reveal } from "#engine/values";
import type { Build, Declaration } from "../../protocol/component.ts";
import { tellRecorded } from "./release.ts";

/** Every object in a text, with lists opened. */
export function documents(text: string, defaultNamespace?: string): Bag[] {
  const found = (loadAll(text) as Bag[]).filter(Boolean).flatMap((document) => document["items"] ?? [document]);
  const metadata = defaultNamespace ? { namespace: defaultNamespace } : {};
  return found.map((object: Bag) => ({ ...object, metadata: { ...metadata, ...object["metadata"] } }));
}

function child(object: Bag, prefix: string): Declaration {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  const where = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  return { type: `kubernetes:${group}:${kind}`, name: `${prefix}:${where}`, inputs: object };
}

/** Builds the components of the kubernetes package that are made of YAML. */
export const build: Build = ({ type, name, inputs, urn }) => {
  const { yaml, files, file, objs = [], resourcePrefix = name } = reveal(inputs);
  switch (type) {
    case "kubernetes:helm.sh/v4:Chart":
      tellRecorded(urn);
      return [];
    case "kubernetes:yaml/v2:ConfigGroup":
    case "kubernetes:yaml/v2:ConfigFile": {
      const paths: string[] = [files ?? file ?? []].flat();
      const texts = [...(yaml ? [yaml] : []), ...paths.map((path) => readFileSync(path, "utf8"))];
      return [...texts.flatMap((text) => documents(text)), ...objs].map((object) => child(object, resourcePrefix));
    }
    default:
      throw new Error(`the stand-in kubernetes provider cannot build ${type}`);
  }
};
