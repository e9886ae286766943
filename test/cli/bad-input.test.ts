import fs, { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { BadInput, writeOutput } from "#cli/bad-input";
import { main } from "#cli/main";
import { SCENARIO_NAMES } from "#rehearsal/scenarios/names";

const folder = mkdtempSync(join(tmpdir(), "millrace-bad-input-"));
const file = join(folder, "file");
writeFileSync(file, "not a folder");
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

type Env = Record<string, string>;

/** Runs the command line in this process. */
async function millrace(args: readonly string[], env: Env = {}): Promise<{ code: unknown; err: string; out: string }> {
  let [out, err] = ["", ""];
  const heard = (take: (text: string) => void) => (text: unknown) => {
    take(String(text));
    return true;
  };
  vi.spyOn(process.stderr, "write").mockImplementation(heard((text) => (err += text)));
  vi.spyOn(process.stdout, "write").mockImplementation(heard((text) => (out += text)));
  vi.spyOn(console, "error").mockImplementation(heard((text) => (err += `${text}\n`)));
  vi.spyOn(console, "log").mockImplementation(heard((text) => (out += `${text}\n`)));
  // Should a check be missing, no rehearsal begins: there is no place for one.
  for (const [name, value] of Object.entries({ MILLRACE_HOME: folder, MILLRACE_CACHE: join(file, "cache"), ...env })) {
    vi.stubEnv(name, value);
  }
  await main(["node", "millrace", ...args]);
  return { code: process.exitCode, err, out };
}

const ENVIRONMENT = "the environment must be one of dev, staging, prod";

describe("millrace, given something wrong, says so in one sentence and does nothing:", () => {
  it.each<[what: string, args: string[], sentence: string, env?: Env]>([
    ["a misspelt command", ["paln"], "error: unknown command 'paln'\n(Did you mean plan?)"],
    ["a command like no other", ["fly"], "error: unknown command 'fly'"],
    ["no environment", ["plan"], "error: missing required argument 'environment'"],
    ["a misspelt environment", ["plan", "prdo"], `${ENVIRONMENT}, got 'prdo'. Did you mean 'prod'?`],
    ["the beginning of an environment", ["plan", "stag"], `${ENVIRONMENT}, got 'stag'. Did you mean 'staging'?`],
    ["an environment like no other", ["plan", "qa"], `${ENVIRONMENT}, got 'qa'`],
    ["an environment in capitals", ["plan", "DEV"], `${ENVIRONMENT}, got 'DEV'`],
    ["a stack for an environment", ["plan", "platform-dev"], `${ENVIRONMENT}, got 'platform-dev'`],
    [
      "two environments",
      ["plan", "dev", "prod"],
      "error: too many arguments for 'plan'. Expected 1 argument but got 2: dev, prod.",
    ],
    ["a misspelt option", ["plan", "dev", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)"],
    ["another command's option", ["plan", "dev", "--keep"], "error: unknown option '--keep'\n(Did you mean --help?)"],
    ["an option without its file", ["plan", "dev", "--html"], "error: option '--html <file>' argument missing"],
    [
      "a page without a name",
      ["plan", "dev", "--html", ""],
      "'--html' must be a file in an existing folder, got '': name another file",
    ],
    [
      "one file for two outputs",
      ["plan", "dev", "--html", join(folder, "both"), "--sarif", join(folder, "both")],
      `'--sarif' must be another file than that of '--html', got '${join(folder, "both")}' for both`,
    ],
    [
      "two forms at once",
      ["plan", "dev", "--json", "--markdown"],
      "error: option '--json' cannot be used with option '--markdown'",
    ],
    [
      "a comment as a tree",
      ["plan", "dev", "--tree", "--markdown"],
      "error: option '--markdown' cannot be used with option '--tree'",
    ],
    [
      "a page in a folder that is not there",
      ["plan", "dev", "--html", join(folder, "none", "plan.html")],
      `'--html' must be a file in an existing folder, got '${join(folder, "none", "plan.html")}': name another file`,
    ],
    [
      "a folder for a picture",
      ["plan", "dev", "--svg", folder],
      `'--svg' must be a writable file, got '${folder}' (EISDIR: illegal operation on a directory): name another file`,
    ],
    [
      "a file for the folder of a picture",
      ["plan", "dev", "--svg", join(file, "plan.svg")],
      `'--svg' must be a file in an existing folder, got '${join(file, "plan.svg")}': name another file`,
    ],
    [
      "a folder for code scanning",
      ["plan", "dev", "--sarif", folder],
      `'--sarif' must be a writable file, got '${folder}' (EISDIR: illegal operation on a directory): name another file`,
    ],
    ...["html", "svg", "sarif", "junit"].map((option): [string, string[], string] => [
      `a file that the system refuses for --${option}`,
      ["plan", "dev", `--${option}`, "/proc/x.html"],
      `'--${option}' must be a writable file, got '/proc/x.html' (ENOENT: no such file or directory): name another file`,
    ]),
    [
      "test cases in a folder that is not there",
      ["plan", "dev", "--junit", join(folder, "none", "junit.xml")],
      `'--junit' must be a file in an existing folder, got '${join(folder, "none", "junit.xml")}': name another file`,
    ],
    [
      "exceptions that are not there",
      ["plan", "dev"],
      `MILLRACE_EXCEPTIONS must be a file that can be read, got '${join(folder, "none.yaml")}': give its full path`,
      { MILLRACE_EXCEPTIONS: join(folder, "none.yaml") },
    ],
    [
      "exceptions that are none",
      ["plan", "dev"],
      `${file}: the whole must be a list of exceptions, got a text`,
      { MILLRACE_EXCEPTIONS: file },
    ],
    ...["tomorrow", "", "2027-02-29", "2027-13-01", "2027-3-1", "2027-03-01T00:00:00Z"].map(
      (day): [string, string[], string, Env] => [
        `'${day}' for a day`,
        ["plan", "dev"],
        `MILLRACE_TODAY must be a day, \`2026-11-21\`, got '${day}': unset it to judge on the real day`,
        { MILLRACE_TODAY: day },
      ],
    ),
    [
      "nothing to compare with",
      ["plan", "dev", "--against", "nowhere"],
      "'--against' must be an environment (dev, staging, prod) or a git ref, got 'nowhere'",
    ],
    [
      "an option of git to compare with",
      ["plan", "dev", "--against", "--all"],
      "'--against' must be an environment (dev, staging, prod) or a git ref, got '--all'",
    ],
    [
      "a pace that is no JSON",
      ["plan", "dev"],
      `MILLRACE_PACE must be JSON, got 'fast': unset it, or write {"stepSeconds": 10}`,
      { MILLRACE_PACE: "fast" },
    ],
    [
      "releases that are not there",
      ["plan", "dev"],
      'releases/environments/dev.json must be a file that says what the environment runs, got nothing: write {"models": {"<model>": "<version>"}, "platform": "<id>"}',
      { MILLRACE_RELEASES: join(folder, "none") },
    ],
    ["a misspelt environment to rehearse", ["rehearse", "satging"], `${ENVIRONMENT}, got 'satging'. Did you mean 'staging'?`],
    ["a misspelt command of a rehearsal", ["rehearse", "dwon"], `${ENVIRONMENT}, got 'dwon'. Did you mean 'down'?`],
    [
      "a misspelt option of a rehearsal",
      ["rehearse", "--no-trafic"],
      "error: unknown option '--no-trafic'\n(Did you mean --no-traffic?)",
    ],
    [
      "a misspelt phase",
      ["rehearse", "dev", "--only", "platform,relase"],
      "'--only' must name phases of a rehearsal, got 'relase'. Did you mean 'release'?",
    ],
    [
      "a phase that does not exist",
      ["rehearse", "dev", "--until", "lunch-break"],
      "'--until' must name phases of a rehearsal, got 'lunch-break': `npx millrace rehearse --list` shows them",
    ],
    ...["--only", "--until"].map((option): [string, string[], string] => [
      `the tools as a phase with ${option}`,
      ["rehearse", "dev", option, "tools"],
      `'${option}' must name phases of a rehearsal, got 'tools': tools are found or built before the phases, whichever are asked for; \`npx millrace rehearse --list\` shows the phases`,
    ]),
    [
      "a misspelt scenario",
      ["rehearse", "dev", "--scenario", "good,latancy"],
      `'--scenario' must name scenarios (${SCENARIO_NAMES.join(", ")}) or be 'all', got 'latancy'. Did you mean 'latency'?`,
    ],
    [
      "scenarios and phases",
      ["rehearse", "dev", "--scenario", "good", "--only", "release"],
      "'--scenario' must be given without '--only', got both: it runs the scenarios with what they need",
    ],
    [
      "a number of times that is none",
      ["rehearse", "dev", "--scenario", "good", "--times", "0"],
      "'--times' must be a whole number from 1 to 100, got '0'",
    ],
    [
      "times without scenarios",
      ["rehearse", "dev", "--times", "3"],
      "'--times' must be given with '--scenario', got it alone: it says how often a scenario is tried",
    ],
    [
      "scenarios without traffic",
      ["rehearse", "dev", "--scenario", "good", "--no-traffic"],
      "'--no-traffic' must be given without '--scenario', got both: a scenario needs users",
    ],
    [
      "a model without a version to train",
      ["rehearse", "train", "dev", "fraud"],
      "'model@version' must be a model and a version number, such as fraud@4, got 'fraud'",
    ],
    [
      "a version that leaves the store",
      ["rehearse", "train", "dev", "fraud@../9"],
      "'model@version' must be a model and a version number, such as fraud@4, got 'fraud@../9'",
    ],
    [
      "a misspelt fault",
      ["rehearse", "train", "dev", "fraud@4", "--fault", "error"],
      "'--fault' must be one of errors, latency, noise, drift, accuracy, crash, got 'error'. Did you mean 'errors'?",
    ],
    [
      "a version for a rehearsal that is not up",
      ["rehearse", "train", "prod", "fraud@4"],
      "the rehearsal of prod must be up and kept: npx millrace rehearse prod --keep",
    ],
    [
      "two selections of phases",
      ["rehearse", "dev", "--only", "platform", "--until", "release"],
      "'--until' must be given without '--only', got both: '--only' runs the named phases with what they need",
    ],
    [
      "a release without traffic",
      ["rehearse", "dev", "--only", "release", "--no-traffic"],
      "'--no-traffic' must be given without '--only release', got both: leave one of the two out",
    ],
    [
      "a list of the end of a rehearsal",
      ["rehearse", "--list", "down"],
      "'--list' must be given without 'down', got both: it is an option of npx millrace rehearse alone",
    ],
    [
      "another ledger, before the command that would not see it",
      ["audit", "--ledger", "file:///elsewhere", "verify"],
      "'--ledger' must come after 'verify', got it before: npx millrace audit verify --ledger …",
    ],
    [
      "an environment before a command that takes none",
      ["audit", "--env", "prod", "verify"],
      "'--env' must be given without 'verify', got both: it is an option of npx millrace audit alone",
    ],
    [
      "where a promotion goes, before the command that plans it",
      ["promote", "--to", "prod", "plan", "fraud"],
      "'--to' must come after 'plan', got it before: npx millrace promote plan --to …",
    ],
    ...[["staging"], ["--until", "platform"], ["--no-traffic"], ["--list"]].map((words): [string, string[], string] => [
      `a promotion with ${words[0]}`,
      ["rehearse", "--promotion", ...words],
      `'--promotion' must be given without '${words[0]}', got both: it rehearses dev, staging, prod side by side`,
    ]),
    [
      "the end of a promotion in one environment",
      ["rehearse", "down", "dev", "--promotion"],
      "'--promotion' must be given without 'dev', got both: it ends all environments of a promotion",
    ],
    [
      "a home where nobody can make a folder",
      ["rehearse", "dev"],
      "MILLRACE_HOME must be a writable folder, got '/proc/millrace/home': set it to another one",
      { MILLRACE_HOME: "/proc/millrace/home" },
    ],
    [
      "a file for the home of rehearsals",
      ["rehearse", "dev"],
      `MILLRACE_HOME must be a writable folder, got '${file}': set it to another one`,
      { MILLRACE_HOME: file },
    ],
    [
      "a cache inside a file",
      ["rehearse", "dev"],
      `MILLRACE_CACHE must be a writable folder, got '${join(file, "cache")}': set it to another one`,
    ],
    ["the end of a rehearsal that is none", ["rehearse", "down", "prdo"], `${ENVIRONMENT}, got 'prdo'. Did you mean 'prod'?`],
    [
      "the end of a rehearsal in a file",
      ["rehearse", "down", "dev"],
      `MILLRACE_HOME must be a writable folder, got '${join(file, "home")}': set it to another one`,
      { MILLRACE_HOME: join(file, "home") },
    ],
    ["a visit nowhere", ["rehearse", "exec", "prdo", "--", "ls"], `${ENVIRONMENT}, got 'prdo'. Did you mean 'prod'?`],
    ["a visit without a command", ["rehearse", "exec", "dev"], "error: missing required argument 'command'"],
    [
      "a visit to a rehearsal that does not run",
      ["rehearse", "exec", "staging", "--", "ls"],
      `No rehearsal is running in ${join(folder, "rehearsal-staging")}. Begin one with 'npx millrace rehearse <environment> --keep'.`,
    ],
    [
      "an environment to examine",
      ["doctor", "dev"],
      "the command must be one of plan, rehearse, up, got 'dev': `npx millrace doctor --aws dev` asks the account of dev",
    ],
    [
      "a misspelt command to examine",
      ["doctor", "rehearsal"],
      "the command must be one of plan, rehearse, up, got 'rehearsal'. Did you mean 'rehearse'?",
    ],
    [
      "a command and an account to examine",
      ["doctor", "up", "--aws"],
      "'--aws' must be given without 'up', got both: it asks the account, not this machine",
    ],
    [
      "tools from a file that is not there",
      ["tools", "load", join(folder, "none.tgz")],
      `'<file>' must be a file that \`millrace tools save\` wrote, got '${join(folder, "none.tgz")}'`,
    ],
    [
      "tools from a file of something else",
      ["tools", "load", file],
      `'${file}' must be a file that \`millrace tools save\` wrote, and it cannot be read: incorrect header check: save it again`,
      { MILLRACE_CACHE: folder },
    ],
    [
      "a rehearsal without a temporary folder",
      ["rehearse", "dev"],
      `TMPDIR must be a writable folder, got '${join(folder, "none")}': set it to another one`,
      { TMPDIR: join(folder, "none") },
    ],
    [
      "tools into a cache that is a file",
      ["tools", "load", file],
      `MILLRACE_CACHE must be a writable folder, got '${file}': set it to another one`,
      { MILLRACE_CACHE: file },
    ],
    [
      "tools into a cache that cannot be made",
      ["tools", "load", file],
      "MILLRACE_CACHE must be a writable folder, got '/proc/millrace': set it to another one",
      { MILLRACE_CACHE: "/proc/millrace" },
    ],
    [
      "tools into a folder that is not there",
      ["tools", "save", join(folder, "none", "tools.tgz")],
      `'<file>' must be a file in an existing folder, got '${join(folder, "none", "tools.tgz")}': name another file`,
    ],
    ["a misspelt option of the doctor", ["doctor", "--jsn"], "error: unknown option '--jsn'\n(Did you mean --json?)"],
  ])("%s", async (_, args, sentence, env) => {
    expect(await millrace(args, env)).toEqual({ code: 2, err: `${sentence}\n`, out: "" });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("stack config that is no YAML", async () => {
    const read = fs.readFileSync;
    vi.spyOn(fs, "readFileSync").mockImplementation(((path: string, ...rest: []) =>
      String(path).endsWith("Pulumi.platform-dev.yaml") ? Buffer.from("config: [") : read(path, ...rest)) as typeof read);
    syncBuiltinESMExports();
    const result = await millrace(["plan", "dev"]);
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    const name = "stacks/config/Pulumi.platform-dev.yaml";
    expect(result).toEqual({
      code: 2,
      err: `${name} must be YAML, got a mistake at line 1, column 10 (bad indent): correct it there (git diff ${name} shows what has changed)\n`,
      out: "",
    });
  });
});

it("an output for which there is no room is refused with its option and its file", () => {
  expect(() => writeOutput("--html", "/dev/full", "page")).toThrow(
    new BadInput("'--html' must be a writable file, got '/dev/full' (ENOSPC: no space left on device): name another file"),
  );
});
