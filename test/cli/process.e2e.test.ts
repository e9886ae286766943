import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const folder = mkdtempSync(join(tmpdir(), "millrace-process-"));
const MILLRACE = join(PROJECT_FOLDER, "cli", "millrace.mjs");
const home = join(folder, "home");
const file = join(folder, "file");
writeFileSync(file, "not a folder");
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command line in a process of its own, with pipes for a terminal. */
async function millrace(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [MILLRACE, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, MILLRACE_HOME: home, MILLRACE_CACHE: join(file, "cache"), ...env },
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => (out += text));
  child.stderr.on("data", (text) => (err += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, out, err, made: existsSync(home) };
}

it.concurrent.each([
  [
    "an unknown environment",
    ["rehearse", "prdo"],
    {},
    "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?",
  ],
  [
    "a refusal of the program",
    ["plan", "dev"],
    { MILLRACE_RELEASES: join(folder, "none") },
    'releases/environments/dev.json must be a file that says what the environment runs, got nothing: write {"models": {"<model>": "<version>"}, "platform": "<id>"}',
  ],
] as const)("the process ends with 2 and no trace after %s", async (_, args, env, sentence) => {
  expect(await millrace(args, env)).toEqual({ code: 2, out: "", err: `${sentence}\n`, made: false });
});

it("says so and ends with 2 in a folder that has been removed", async () => {
  const child = spawn(
    "sh",
    ["-c", 'cd "$0" && rmdir "$0" && exec "$@"', mkdtempSync(join(folder, "gone-")), process.execPath, MILLRACE, "plan", "dev"],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let err = "";
  child.stderr.on("data", (text) => (err += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, err }).toEqual({
    code: 2,
    err: "the working folder must be a folder that exists, got one that has been removed: go to another one with cd\n",
  });
});

it("notes why git does not tell the commit of the program", async () => {
  const git = join(folder, "git");
  writeFileSync(git, "#!/bin/sh\necho 'fatal: detected dubious ownership' >&2; exit 128\n", { mode: 0o755 });
  const { code, out } = await millrace(["plan", "dev", "--json"], { PATH: `${folder}:${process.env["PATH"]}` });
  expect(code).toBe(0);
  expect(JSON.parse(out).assumptions).toContain(
    "the commit of the program is unknown: git says 'fatal: detected dubious ownership'",
  );
});

it("prints a plan as JSON, whole, when its output is a pipe, and loads nothing of the rehearsal", async () => {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => {
      if (url.startsWith("${pathToFileURL(join(PROJECT_FOLDER, "rehearsal")).href}/")) throw new Error("loaded " + url);
      return next(url, context);
    } });`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const { code, out, err } = await millrace(["plan", "dev", "--json"], env);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const plan = JSON.parse(out);
  expect(Object.keys(plan)).toEqual([
    "environment",
    "region",
    "platformRelease",
    "notReleased",
    "program",
    "layers",
    "assumptions",
    "seconds",
    "profile",
    "cost",
    "capacity",
    "policy",
  ]);
  expect(plan.environment).toBe("dev");
  expect(plan.policy.mandatory).toBe(0);
  expect(plan.policy.stacks.map(({ stack }: { stack: string }) => stack)).toEqual([
    "foundation-dev",
    "platform-dev",
    "workloads-dev",
  ]);
});
