// Which packages a Node program has installed.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package that needs a provider plugin. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly server?: string;
}

/** Untyped: other people's package.json. */
type Manifest = any;

const manifest = (directory: string): Manifest => {
  const path = join(directory, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
};

/** Every folder of packages Node would search from `directory`, nearest first. */
function* searchPath(directory: string): Generator<string> {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, "node_modules"))) {
      yield join(at, "node_modules");
    }
    if (at === dirname(at)) {
      return;
    }
  }
}

const children = (directory: string): string[] =>
  existsSync(directory) ? readdirSync(directory).filter((entry) => !entry.startsWith(".")) : [];

/**
 * Provider packages marked `"pulumi": {"resource": true}` in what the program installed.
 * The engine uses the list to fetch plugins early and to name default versions.
 */
export function providerPackages(directory: string): Package[] {
  const found = new Map<string, Package>();
  for (const modules of searchPath(directory)) {
    const names = children(modules).flatMap((name) =>
      name.startsWith("@") ? children(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
    for (const name of names) {
      const { pulumi, version } = manifest(join(modules, name));
      if (pulumi?.resource === true) {
        const plugin = pulumi.name ?? name.replace(/^.*\//, "");
        found.set(plugin, found.get(plugin) ?? { name: plugin, version: pulumi.version ?? version, server: pulumi.server });
      }
    }
  }
  return [...found.values()];
}

/** Direct dependencies and their installed versions, for `pulumi about`. */
export function dependencies(directory: string): { name: string; version: string }[] {
  const [modules] = searchPath(directory);
  const { dependencies = {}, devDependencies = {} } = manifest(directory);
  return Object.entries<string>({ ...dependencies, ...devDependencies }).map(([name, range]) => ({
    name,
    version: (modules && manifest(join(modules, name)).version) ?? range,
  }));
}

/** Version of a package as this project has it installed, such as that of `@pulumi/aws`. */
export function installedVersion(name: string): string {
  return createRequire(import.meta.url)(`${name}/package.json`).version;
}
