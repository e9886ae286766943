// What the AWS package's own type declarations say about a resource: the names of its arguments, at every depth, and its outputs.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parse } from "./place.ts";

/** One argument. */
export interface Argument {
  readonly required: boolean;

  /** Name of the object type, such as `s3.BucketLifecycleConfigurationRule`. @default - not an object of known arguments */
  readonly object?: string;
  readonly list: boolean;
}

/** A resource type, or an object that is an argument of one. */
export interface Shape {
  readonly arguments: ReadonlyMap<string, Argument>;

  /** Outputs that are not arguments too: unknown until the resource exists. */
  readonly computed: readonly string[];
}

const SDK_FOLDER = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));
const shapes = new Map<string, Shape | undefined>();
let declared: string | undefined;

/** The shape of a resource type such as `aws:s3/bucket:Bucket`, `undefined` where no file is named after the type. */
export const resourceShape = (type: string): Shape | undefined => remembered(type, () => readResource(type));

/** The shape of an object type such as `s3.BucketLifecycleConfigurationRule`. */
export const objectShape = (name: string): Shape | undefined => remembered(name, () => readObject(name));

function remembered(key: string, read: () => Shape | undefined): Shape | undefined {
  if (!shapes.has(key)) {
    shapes.set(key, read());
  }
  return shapes.get(key);
}

function readResource(type: string): Shape | undefined {
  const { service, kind } = parse(type);
  const path = join(SDK_FOLDER, service, `${kind}.d.ts`);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const name = type.split(":")[2] ?? "";
  const from = text.indexOf(`export interface ${name}Args {`);
  if (from < 0) {
    return undefined;
  }
  const given = members(text.slice(from, text.indexOf("\n}", from)));
  const outputs = [...text.matchAll(/^ {4}readonly (\w+): pulumi\.Output</gm)].map(([, output = ""]) => output);
  return { arguments: given, computed: outputs.filter((output) => !given.has(output)) };
}

function readObject(name: string): Shape | undefined {
  // Five megabytes: read only once an object is met.
  declared ??= readFileSync(join(SDK_FOLDER, "types", "input.d.ts"), "utf8");
  const [namespace = "", type = ""] = name.split(".");
  const start = declared.indexOf(`export declare namespace ${namespace} {`);
  const from = start < 0 ? -1 : declared.indexOf(`    interface ${type} {`, start);
  return from < 0 ? undefined : { arguments: members(declared.slice(from, declared.indexOf("\n    }", from))), computed: [] };
}

/** Doc comments are left out by their leading ` *`; every other line that starts with a name declares a member, maps over three lines. */
function members(body: string): Map<string, Argument> {
  const found = new Map<string, Argument>();
  for (const [, name = "", optional, type = ""] of body.matchAll(/^ +(\w+)(\??): (.+[;{])$/gm)) {
    // A union with something else, such as a JSON text, is not checked inside.
    const objects = [...type.matchAll(/inputs\.(\w+\.\w+)/g)].map(([, object]) => object);
    const others = /\bstring\b|\bnumber\b|\bboolean\b|\bARN\b/.test(type); // also `[key: string]`: a map
    const [object] = objects;
    const argument = { required: optional === "", list: type.includes("[]") && !type.includes("string]:") };
    found.set(name, object !== undefined && objects.length === 1 && !others ? { ...argument, object } : argument);
  }
  return found;
}
