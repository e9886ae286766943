import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";

export const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));

/** An example in a folder of its own, which whoever asked for it removes. */
export interface InstalledExample {
  folder: string;
  /** The package of components as npm would unpack it; nothing of the project is in reach but installed packages. */
  installed: string;
  /** Files of the package. */
  files: string[];
}

/** @param example name of its folder in `examples/`. */
export function install(example: string): InstalledExample {
  const folder = mkdtempSync(join(tmpdir(), "millrace-example-"));
  const installed = join(folder, "node_modules", "@millrace", "components");
  const packed = execFileSync(process.execPath, ["scripts/pack.ts"], { cwd: PROJECT_FOLDER, encoding: "utf8" }).trim();
  const tarball = join(PROJECT_FOLDER, packed);
  cpSync(join(PROJECT_FOLDER, "examples", example), folder, { recursive: true });
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", tarball, "-C", installed, "--strip-components", "1"]);
  const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  const { dependencies, peerDependencies } = readJson(installed, "package.json");
  for (const name of [...Object.keys({ ...dependencies, ...peerDependencies }), "@types/node"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(PROJECT_FOLDER, "node_modules", name), link);
  }
  return { folder, installed, files };
}

/** Types and names that the example registers, in order, run by itself under Pulumi's mocks with the config of its example. */
export function registeredBy(folder: string, example: string): [string, string][] {
  writeFileSync(
    join(folder, "run.mjs"),
    `import * as pulumi from "@pulumi/pulumi";
const seen = [];
// An error of Pulumi's carries the whole graph, and Node would print it.
process.on("unhandledRejection", ({ message }) => { console.error(message); process.exit(1); });
pulumi.runtime.setAllConfig(JSON.parse(process.argv[2]));
await pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => (seen.push([type, name]), { id: name + "-id", state: { ...inputs, arn: "arn:" + name, bucket: name } }),
  call: ({ inputs }) => inputs,
}, ${JSON.stringify(example)}, "live");
await pulumi.runtime.runInPulumiStack(() => import("./index.ts")).catch(({ message }) => { console.error(message); process.exit(1); });
await pulumi.runtime.disconnect();
console.log(JSON.stringify(seen));
`,
  );
  const { config } = parse(readFileSync(join(folder, "Pulumi.example.yaml"), "utf8"));
  const texts = Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  const out = execFileSync(process.execPath, ["run.mjs", JSON.stringify(Object.fromEntries(texts))], {
    cwd: folder,
    encoding: "utf8",
  });
  return JSON.parse(out.trim().split("\n").at(-1) ?? "[]");
}
