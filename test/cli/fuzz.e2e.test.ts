import fs, { readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { main } from "#cli/main";
import { PROJECT_FOLDER } from "#engine/project";
import { LAYERS } from "#stacks/contracts";
import { configFile } from "#stacks/inputs/config-file";
import { profiles } from "#stacks/inputs/environments/index";
import { models } from "#stacks/inputs/models";
import { teams } from "#stacks/inputs/teams";
import { random } from "../harness/random.ts";
import { releasesFolder } from "../harness/releases.ts";
import { unusual } from "./unusual.ts";

/** Changed configs to try: `MILLRACE_FUZZ=1000` for a thorough run. */
const COUNT = Number(process.env["MILLRACE_FUZZ"] ?? 40);
/** Where the row of random numbers begins; printed with what fails. */
const SEED = Number(process.env["MILLRACE_FUZZ_SEED"] ?? 1);
/** Exit codes of `plan`: planned; wrong input; planned, with a rule violated, a support ended, or pods that do not fit. */
const DOCUMENTED = [undefined, 0, 2, 5, 6, 7];

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const VALUES: readonly unknown[] = [
  null,
  undefined,
  "",
  " ",
  "x",
  "constructor",
  "__proto__",
  "a".repeat(300),
  0,
  -1,
  1,
  1.5,
  7,
  1e9,
  NaN,
  Infinity,
  true,
  false,
  [],
  {},
  [null],
  ["x", "x"],
  { secure: "v1:x" },
  "${a}",
  "é\n\t",
  "0.0.0.0/0",
  "[1",
];
const KEYS = ["constructor", "__proto__", "toString", "x", "", "a.b", "A", "n".repeat(64)];

/** One change at a random place: another value, no value, another key, a value twice. */
function mutate(root: any, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  let [at, path] = [root, ""];
  for (;;) {
    const key = pick(Object.keys(at));
    path += `.${key}`;
    const inner = at[key];
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0 && next() < 0.8) {
      at = inner;
      continue;
    }
    const kind = pick(["value", "value", "value", "remove", "rename", "add", "scale"] as const);
    const [name, value] = [pick(KEYS), structuredClone(pick(VALUES))];
    if (kind === "remove") {
      delete at[key];
    } else if (kind === "rename") {
      delete at[key];
      at[name] = inner;
    } else if (kind === "add") {
      at[name] = value;
    } else if (kind === "scale" && typeof inner === "number") {
      at[key] = inner * pick([0, 0.5, 2, 10, -1]);
    } else {
      at[key] = value;
    }
    return `${path}: ${kind} ${name} ${String(JSON.stringify(value)).slice(0, 40)}`;
  }
}

const put = (table: Record<string, any>, content: Record<string, any>): void => {
  for (const key of Object.keys(table)) {
    delete table[key];
  }
  Object.assign(table, content);
};

/** Everything that a plan of dev reads, changed in one to three places: at random, or to what is allowed and unusual. */
function given(next: () => number, isAllowed: boolean) {
  const json = (name: string): any => JSON.parse(readFileSync(join(PROJECT_FOLDER, "releases", name), "utf8"));
  const all = structuredClone({
    profile: profiles.dev,
    models,
    teams,
    pointer: json("environments/dev.json"),
    release: json("models/fraud/3.json"),
    config: Object.fromEntries(LAYERS.map((layer) => [layer, { config: configFile(`stacks/config/Pulumi.${layer}-dev.yaml`) }])),
  }) as Record<string, any>;
  // The same change in all three files, half of the time: one that differs is refused at once.
  const together = isAllowed || next() < 0.5;
  const shared = together ? structuredClone(all["config"].foundation) : undefined;
  if (shared) {
    all["config"] = { shared };
  }
  const changes = Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
    if (isAllowed) {
      return unusual(all, next);
    }
    const part = ["profile", "profile", "models", "teams", "pointer", "release", "config"][Math.floor(next() * 7)]!;
    const target = Object.keys(Object(all[part])).length > 0 ? all[part] : all["profile"];
    return `${part}${mutate(target, next)}`;
  });
  const configs = Object.fromEntries(LAYERS.map((layer) => [layer, shared ? all["config"]["shared"] : all["config"][layer]]));
  return { ...all, configs, changes } as Record<string, any>;
}

async function plan(input: Record<string, any>): Promise<{ code: unknown; err: string }> {
  let err = "";
  vi.spyOn(console, "error").mockImplementation((text) => void (err += `${text}\n`));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((err += String(text))));
  const before = { profiles: { ...profiles }, models: { ...models }, teams: { ...teams } };
  const releases = releasesFolder({
    "environments/dev.json": input["pointer"],
    "models/fraud/3.json": input["release"],
  });
  vi.stubEnv("MILLRACE_RELEASES", releases);
  const read = fs.readFileSync;
  vi.spyOn(fs, "readFileSync").mockImplementation(((path: string, ...rest: []) => {
    const layer = /Pulumi\.(\w+)-dev\.yaml$/.exec(String(path))?.[1];
    return layer === undefined ? read(path, ...rest) : Buffer.from(stringify(input["configs"][layer] ?? null));
  }) as typeof read);
  syncBuiltinESMExports();
  put(profiles, { ...profiles, dev: input["profile"] });
  put(models, input["models"]);
  put(teams, input["teams"]);
  try {
    await main(["node", "millrace", "plan", "dev"]);
    return { code: process.exitCode, err };
  } finally {
    put(profiles, before.profiles);
    put(models, before.models);
    put(teams, before.teams);
    rmSync(releases, { recursive: true });
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  }
}

it(`plan answers ${COUNT} changed configs with a documented exit code and without a trace`, { timeout: 3_600_000 }, async () => {
  const wrong: string[] = [];
  let planned = 0;
  const codes: Record<string, number> = {};
  for (let index = 0; index < COUNT; index++) {
    const input = given(random(SEED * 100_003 + index), index % 2 === 0);
    const { code, err } = await plan(input);
    const ended = `${code as number | undefined}`;
    codes[ended] = (codes[ended] ?? 0) + 1;
    planned += code === 2 || code === 1 ? 0 : 1;
    if (!DOCUMENTED.includes(code as number) || /^\s+at .*:\d+:\d+/m.test(err) || (code === 2 && err.trim() === "")) {
      wrong.push(`seed ${SEED}, ${index}: exit ${String(code)} after ${input["changes"].join("; ")}\n${err.slice(0, 400)}`);
    }
    process.exitCode = undefined;
  }
  process.stdout.write(`exit codes: ${JSON.stringify(codes)}\n`);
  expect(wrong).toEqual([]);
  // What is refused at the first check tries nothing behind it.
  expect(planned).toBeGreaterThanOrEqual(COUNT / 3);
});
