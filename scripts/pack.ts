import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";

/**
 * Packs the components and the policy rules as an npm package, `dist/millrace-components-<version>.tgz`: compiled JavaScript and type
 * declarations, for programs that have stacks of their own. Its folder `policies` is a policy pack for `pulumi --policy-pack`.
 *
 * Usage: node scripts/pack.ts [folder that gets the package; default: dist].
 *
 * Components are CommonJS, like Pulumi's own template and SDKs: any program can load them, as `require` or `import`.
 */

const DIST = resolve(process.argv[2] ?? join(PROJECT_FOLDER, "dist"));
const PACKAGE = join(DIST, "package");

/** Pulumi's SDK needs 22; a CommonJS program loads the rules, which are modules, from 22.12 on. */
const ENGINES = { node: ">=22.12" };

/** Modules of the pack's own process. The declarations of `@pulumi/policy`, which theirs would name, have type errors. */
const PROCESS = ["index", "marks", "pack"];

interface Manifest {
  version: string;
  license: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

rmSync(PACKAGE, { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
for (const [sources, folder] of [
  ["tsconfig.build.json", PACKAGE],
  ["tsconfig.policies.json", join(PACKAGE, "policies")],
] as const) {
  const compile = ["node_modules/tsc7/bin/tsc", "-p", sources, "--outDir", folder];
  execFileSync(process.execPath, compile, { cwd: PROJECT_FOLDER, stdio: "inherit" });
}
completePolicies();
const project: Manifest = JSON.parse(readFileSync(join(PROJECT_FOLDER, "package.json"), "utf8"));
writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest(project), null, 2)}\n`);
copyFileSync(join(PROJECT_FOLDER, "components", "README.md"), join(PACKAGE, "README.md"));
const pack = ["pack", PACKAGE, "--pack-destination", DIST, "--silent"];
const file = execFileSync("npm", pack, { cwd: PROJECT_FOLDER, encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
console.log(relative(PROJECT_FOLDER, join(DIST, file)));

/** What Pulumi looks for in a policy pack beside its code. Exceptions are this project's own, so others bring theirs. */
function completePolicies(): void {
  const [from, to] = [join(PROJECT_FOLDER, "policies"), join(PACKAGE, "policies")];
  copyFileSync(join(from, "PulumiPolicy.yaml"), join(to, "PulumiPolicy.yaml"));
  cpSync(join(from, "env"), join(to, "env"), { recursive: true });
  const policies = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  writeFileSync(join(to, "package.json"), `${JSON.stringify({ ...policies, engines: ENGINES }, null, 2)}\n`);
  // The sources' loader asks for a Node that strips types.
  writeFileSync(join(to, "index.mjs"), 'void import("./index.js");\n');
  for (const name of PROCESS) {
    rmSync(join(to, `${name}.d.ts`));
  }
}

function manifest({ version, license, dependencies, devDependencies }: Manifest): object {
  const versions: Record<string, string> = { ...devDependencies, ...dependencies };
  const used = importedPackages().map((name) => {
    const pinned = versions[name];
    if (pinned === undefined) {
      throw new Error(`package.json must pin '${name}', which the package imports, got nothing: add it to its dependencies`);
    }
    return [name, pinned] as const;
  });
  // A policy pack is a process of its own, and reaches into the version of its SDK that it was made for.
  const isPulumi = ([name]: readonly [string, string]): boolean => name.startsWith("@pulumi/") && name !== "@pulumi/policy";
  return {
    name: "@millrace/components",
    version,
    description: "Pulumi components and policy rules for machine-learning platforms on AWS EKS.",
    license,
    type: "commonjs",
    engines: ENGINES,
    exports: {
      "./package.json": "./package.json",
      "./*": { types: "./*.d.ts", default: "./*.js" },
      ...Object.fromEntries(PROCESS.map((name) => [`./policies/${name}`, null])),
    },
    // One SDK a program: it keeps its engine in a global, so the program brings it. Anything newer of the same major serves as well.
    peerDependencies: Object.fromEntries(used.filter(isPulumi).map(([name, pinned]) => [name, `^${pinned}`])),
    dependencies: Object.fromEntries(used.filter((each) => !isPulumi(each))),
  };
}

/** Packages that the compiled files or their declarations name. */
function importedPackages(): string[] {
  const files = globSync("**/*.{js,d.ts}", { cwd: PACKAGE }).map((path) => readFileSync(join(PACKAGE, path), "utf8"));
  const names = files.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) (?:[^"';=]*\bfrom )?"([^".#][^"]*)"|\b(?:import|require)\("([^".#][^"]*)"/gm)]
      .flatMap(([, declared, loaded]) => declared ?? loaded ?? [])
      .flatMap((name) => (name.startsWith("node:") ? [] : [/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name])),
  );
  return [...new Set(names)].sort();
}
