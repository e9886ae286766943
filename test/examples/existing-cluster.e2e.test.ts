import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { startPack } from "../harness/policy-pack.ts";
import { install, readJson, registeredBy } from "./installed.ts";

const EXAMPLE = join(PROJECT_FOLDER, "examples", "existing-cluster");
let folder: string;
let installed: string;
let files: string[];

beforeAll(() => {
  ({ folder, installed, files } = install("existing-cluster"));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isPolicy = (path: string): boolean => path.startsWith("policies/");

describe("the package", () => {
  it("holds compiled components with their types, and nothing of stacks or environments", () => {
    const paths = files.map((path) => path.replace("package/", "")).filter((path) => !isPolicy(path));
    expect(paths).toContain("storage/object-store.js");
    expect(paths).toContain("storage/object-store.d.ts");
    expect(paths.filter((path) => !/(\.js|\.d\.ts)$|^(package\.json|README\.md)$/.test(path))).toEqual([]);
    const foreign = new RegExp(`stacks|profile|(^|/)(${ENVIRONMENTS.join("|")})\\.`);
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
    const texts = paths.filter((path) => /\.(js|d\.ts)$/.test(path)).map((path) => readFileSync(join(installed, path), "utf8"));
    expect(texts.filter((text) => /(from |import\()"#/.test(text))).toEqual([]);
  });

  it("has one module a file of components and policies", () => {
    const sources = ["components", "policies"].flatMap((folder) =>
      readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => (folder === "policies" ? `policies/${path}` : path)),
    );
    const modules = files.filter((path) => path.endsWith(".js")).map((path) => path.replace(/^package\/(.*)\.js$/, "$1.ts"));
    expect(modules.sort()).toEqual(sources.sort());
  });

  it("asks for exactly what it imports: the SDKs from the program, the rest pinned", () => {
    const { name, version, dependencies, peerDependencies } = readJson(installed, "package.json");
    const project = readJson(PROJECT_FOLDER, "package.json");
    expect([name, version]).toEqual(["@millrace/components", project.version]);
    expect(Object.keys(peerDependencies)).toEqual(["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/pulumi", "@pulumi/random"]);
    expect(Object.keys(dependencies)).toEqual([
      "@grafana/grafana-foundation-sdk",
      "@pulumi/policy",
      "fastest-levenshtein",
      "yaml",
      "zod",
    ]);
    for (const [dependency, range] of Object.entries(dependencies)) {
      expect(range).toBe({ ...project.devDependencies, ...project.dependencies }[dependency]);
    }
  });
});

describe("the policy pack in the package", () => {
  const policies = () => join(installed, "policies");

  it("holds what Pulumi looks for, and no exceptions of this project", () => {
    const paths = files.map((path) => path.replace("package/", "")).filter(isPolicy);
    expect(paths.filter((path) => !/(\.js|\.d\.ts)$/.test(path)).sort()).toEqual([
      "policies/PulumiPolicy.yaml",
      "policies/env/dev.json",
      "policies/env/prod.json",
      "policies/env/staging.json",
      "policies/index.mjs",
      "policies/package.json",
    ]);
    expect(readJson(policies(), "package.json").version).toBe(readJson(PROJECT_FOLDER, "package.json").version);
  });

  it("judges another program", async () => {
    const pack = await startPack(policies());
    try {
      await pack.configure(readJson(policies(), "env", "prod.json"));
      const resource = { type: "aws:eks/cluster:Cluster", name: "theirs", stack: "live", inputs: { vpcConfig: {} } };
      const found = (await pack.analyze(resource)).filter(({ rule }) => rule === "EKS-01");
      expect(found.map(({ level, urn }) => [level, urn])).toEqual([
        ["mandatory", "urn:pulumi:live::millrace::aws:eks/cluster:Cluster::theirs"],
      ]);
      expect(found[0]?.message).toContain("EKS-01 live/theirs: 'vpcConfig.publicAccessCidrs' must be your own networks");
    } finally {
      await pack.stop();
    }
  }, 60_000);

  it("can be asked by a program of one's own", () => {
    writeFileSync(
      join(folder, "ask.mjs"),
      `import { RULES } from "@millrace/components/policies/catalogue";
import { evaluate, sentence } from "@millrace/components/policies/evaluate";
const resource = { type: "aws:eks/cluster:Cluster", name: "c", address: "live/c", inputs: { vpcConfig: {} }, protect: false, ignoreChanges: [], parent: "", dependencies: [], provider: {} };
const { violations } = evaluate([resource], { rules: RULES.filter(({ id }) => id === "EKS-01"), environment: "dev", exceptions: [], today: "2026-11-21" });
console.log(violations.map(sentence).join());
`,
    );
    expect(execFileSync(process.execPath, ["ask.mjs"], { cwd: folder, encoding: "utf8" })).toBe(
      "EKS-01 live/c: 'vpcConfig.publicAccessCidrs' must be your own networks, got '0.0.0.0/0'\n",
    );
  });
});

describe("the unit test of the guide to policies", () => {
  const [, text = ""] =
    /```ts\n(import assert[\s\S]*?)```/.exec(readFileSync(join(PROJECT_FOLDER, "docs/guides/policies.md"), "utf8")) ?? [];
  const inProgram = (program: string) => {
    const own = join(folder, "tested");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "package.json"), '{ "type": "module" }');
    writeFileSync(join(own, "index.ts"), program);
    writeFileSync(join(own, "policies.test.ts"), text);
    // Under vitest Node's test runner would report to it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, ["--test", "policies.test.ts"], { cwd: own, env, encoding: "utf8" });
  };

  it("passes for a program that keeps the rules", () => {
    const { status, stdout } = inProgram(
      'import * as aws from "@pulumi/aws";\nnew aws.kms.Key("reports", { enableKeyRotation: true, deletionWindowInDays: 30 });\n',
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining("the program keeps the mandatory rules")]);
  });

  it("fails with the sentence of the rule that is broken, and asks for no tag and no region", () => {
    const { status, stdout } = inProgram(
      'import * as aws from "@pulumi/aws";\nnew aws.kms.Key("reports", { enableKeyRotation: false, deletionWindowInDays: 30 });\n',
    );
    expect(status).toBe(1);
    expect([...new Set(stdout.match(/[A-Z0-9]+-\d\d live\/reports: '\w+'/g))]).toEqual([
      "KMS-01 live/reports: 'enableKeyRotation'",
    ]);
  });
});

describe("the example", () => {
  it("installs this version of the package", () => {
    const { version, dependencies } = readJson(PROJECT_FOLDER, "package.json");
    expect(readJson(EXAMPLE, "package.json").dependencies).toEqual({
      "@millrace/components": `file:../../dist/millrace-components-${version}.tgz`,
      ...Object.fromEntries(
        ["aws", "kubernetes", "pulumi", "random"].map((name) => [`@pulumi/${name}`, dependencies[`@pulumi/${name}`]]),
      ),
    });
  });

  it("makes a store, a pool and a served model from the compiled package", () => {
    const resources = registeredBy(folder, "existing-cluster");
    expect(resources.filter(([type]) => type?.startsWith("millrace:"))).toEqual([
      ["millrace:storage:ObjectStore", "models"],
      ["millrace:gpu:NodePool", "inference"],
      ["millrace:serving:ModelServing", "fraud"],
      ["millrace:identity:PodRole", "fraud-reader"],
    ]);
    const types = resources.map(([type]) => type);
    for (const type of [
      "aws:s3/bucket:Bucket",
      "kubernetes:karpenter.sh/v1:NodePool",
      "kubernetes:argoproj.io/v1alpha1:Rollout",
      "kubernetes:networking.istio.io/v1:VirtualService",
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    ]) {
      expect(types).toContain(type);
    }
  });

  it("type-checks against the declarations, which refuse what the components refuse", () => {
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { ObjectStore } from "@millrace/components/storage/object-store";
import { NodePool } from "@millrace/components/gpu/node-pool";
// @ts-expect-error the prefix is missing
new ObjectStore("a", {});
// @ts-expect-error no such argument
new ObjectStore("a", { bucketPrefix: "a", colour: "red" });
// @ts-expect-error an instance type without GPUs
const type: ConstructorParameters<typeof NodePool>[1]["instanceType"] = "m7i.xlarge";
`,
    );
    const { status, stdout } = spawnSync(process.execPath, [join(PROJECT_FOLDER, "node_modules/tsc7/bin/tsc"), "-p", folder], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  }, 60_000);
});
