import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Packs the components as an npm package, `dist/millrace-components-<version>.tgz`: compiled JavaScript and type declarations, for
 * programs that have stacks of their own.
 */

const PROJECT_FOLDER = join(import.meta.dirname, "..");
const DIST = join(PROJECT_FOLDER, "dist");
const PACKAGE = join(DIST, "package");

interface Manifest {
  version: string;
  license: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
execFileSync(process.execPath, ["node_modules/tsc7/bin/tsc", "-p", "tsconfig.build.json"], {
  cwd: PROJECT_FOLDER,
  stdio: "inherit",
});
const project: Manifest = JSON.parse(readFileSync(join(PROJECT_FOLDER, "package.json"), "utf8"));
writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest(project), null, 2)}\n`);
copyFileSync(join(PROJECT_FOLDER, "components", "README.md"), join(PACKAGE, "README.md"));
const pack = ["pack", "./dist/package", "--pack-destination", "dist", "--silent"];
const file = execFileSync("npm", pack, { cwd: PROJECT_FOLDER, encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
console.log(join("dist", file));

function manifest({ version, license, dependencies, devDependencies }: Manifest): object {
  const versions: Record<string, string> = { ...devDependencies, ...dependencies };
  const used = importedPackages().map((name) => {
    const pinned = versions[name];
    if (pinned === undefined) {
      throw new Error(`package.json must pin '${name}', which components import, got nothing: add it to its dependencies`);
    }
    return [name, pinned] as const;
  });
  const isPulumi = ([name]: readonly [string, string]): boolean => name.startsWith("@pulumi/");
  return {
    name: "@millrace/components",
    version,
    description: "Pulumi components for machine-learning platforms on AWS EKS.",
    license,
    type: "module",
    engines: { node: ">=20" },
    exports: { "./package.json": "./package.json", "./*": { types: "./*.d.ts", default: "./*.js" } },
    imports: { "#components/*": "./*.js" },
    // One SDK a program: it keeps its engine in a global, so the program brings it. Anything newer of the same major serves as well.
    peerDependencies: Object.fromEntries(used.filter(isPulumi).map(([name, pinned]) => [name, `^${pinned}`])),
    dependencies: Object.fromEntries(used.filter((each) => !isPulumi(each))),
  };
}

/** Packages that the compiled files or their declarations name. */
function importedPackages(): string[] {
  const files = globSync("**/*.{js,d.ts}", { cwd: PACKAGE }).map((path) => readFileSync(join(PACKAGE, path), "utf8"));
  const names = files.flatMap((text) =>
    [...text.matchAll(/(?:from|import|import\() ?"([^".#][^"]*)"/g)].flatMap(([, name = ""]) =>
      name.startsWith("node:") ? [] : [/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name],
    ),
  );
  return [...new Set(names)].sort();
}
