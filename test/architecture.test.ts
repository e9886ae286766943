import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const read = (file: string): string => readFileSync(join(PROJECT_FOLDER, file), "utf8");

/** Groups of rooms, highest first, as the README draws them: a room may import what lies to the right of it. */
const GROUPS = (/^Arrows point one way: `([^`]+)`/m.exec(read("README.md"))?.[1] ?? "")
  .split(" → ")
  .map((group) => group.split(", "));
const ROOMS = GROUPS.flat();
const mayImport = (from: string, to: string): boolean =>
  from !== "policies" && GROUPS.findIndex((group) => group.includes(from)) < GROUPS.findIndex((group) => group.includes(to));

interface Override {
  files: string[];
  rules: { "no-restricted-imports"?: ["error", { patterns: { regex: string }[] }] };
}

const overrides: Override[] = JSON.parse(read(".oxlintrc.json")).overrides;

/** Whether the linter refuses an import in a file of a room. */
const refuses = (room: string, specifier: string): boolean =>
  overrides
    .filter(({ files }) => files.includes(`${room}/**/*.ts`))
    .flatMap(({ rules }) => rules["no-restricted-imports"]?.[1].patterns ?? [])
    .some(({ regex }) => new RegExp(regex).test(specifier));

describe("the arrows between rooms", () => {
  it("name every folder with code of the program", () => {
    const folders = [...new Set(globSync("*/**/*.ts", { cwd: PROJECT_FOLDER }).map((file) => file.split("/")[0] ?? ""))];
    const others = ["bench", "ci", "dist", "examples", "node_modules", "scripts", "test"];
    expect(ROOMS.toSorted()).toEqual(folders.filter((folder) => !others.includes(folder)).toSorted());
  });

  it.each(ROOMS)("of %s are those that the README draws, and the linter refuses all others", (from) => {
    for (const to of ROOMS.filter((room) => room !== from)) {
      expect({ from, to, refused: refuses(from, `#${to}/any/file`) }).toEqual({ from, to, refused: !mayImport(from, to) });
      for (const way of ["../..", "./..", `../${from}/..`]) {
        expect(refuses(from, `${way}/${to}/any/file.ts`)).toBe(true);
      }
    }
    expect(refuses(from, `#${from}/any/file`)).toBe(true);
    expect(refuses(from, "./any/file.ts")).toBe(false);
  });
});

/** Every module that a file names, however it does: types, re-exports, `import()` and `require()` as well. */
const modulesNamedIn = (file: string): string[] =>
  [
    ...read(file).matchAll(
      /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\brequire\.resolve\(|\bcreateRequire\([^)]*\)\()\s*["'`]([^"'`\n]+)["'`]/g,
    ),
  ].map(([, specifier = ""]) => specifier);

/** The room where a module lies; `undefined` for packages and for what lies at the root. */
function roomOf(file: string, specifier: string): string | undefined {
  const path = specifier.startsWith("#") ? specifier.slice(1) : specifier.startsWith(".") ? join(dirname(file), specifier) : "";
  const [room] = path.split("/");
  return ROOMS.find((each) => each === room);
}

// The linter reads the text of an import and not where it leads, and skips types that are imported in place.
it("no file of a room names a module of a room that it may not import", () => {
  const files = globSync(`{${ROOMS.join(",")}}/**/*.{ts,mts,cts,js,mjs,cjs}`, { cwd: PROJECT_FOLDER });
  const foreign = files.flatMap((file) => {
    const from = file.split("/")[0] ?? "";
    return modulesNamedIn(file)
      .filter((specifier) => {
        const to = roomOf(file, specifier);
        return to !== undefined && to !== from && !mayImport(from, to);
      })
      .map((specifier) => `${file}: ${specifier}`);
  });
  expect(foreign).toEqual([]);
});

/** Rooms whose results must not depend on the moment at which they run. The others measure how long something takes. */
const TIMELESS = "{stacks,simulation,components,policies,plan,engine,render}";

// `plan/account` asks an account for the last hours of a metric: such a question needs the real time.
it("only what judges by a day or by an hour reads the clock for a result", () => {
  const clock = /\bnew Date\(\)|\bDate\.now\b|\bDate\(\)/;
  const found = globSync(`${TIMELESS}/**/*.ts`, { cwd: PROJECT_FOLDER }).filter((file) => clock.test(read(file)));
  expect(found).toEqual(["plan/account/check.ts", "policies/day.ts", "stacks/index.ts"]);
});

it("a constant of a module is written in upper case, its state in lower case", () => {
  const lowerCase = /^(?:export )?const [a-z]\w*(?:: [^=\n]+)? = ["'`[\d/].*/gm;
  const found = globSync(`{${ROOMS.join(",")}}/**/*.ts`, { cwd: PROJECT_FOLDER }).flatMap((file) =>
    [...read(file).matchAll(lowerCase)].map(([line]) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});

describe("a command that somebody is told to type", () => {
  const sources = globSync("{ci,cli,components,plan,policies,rehearsal,render,stacks,toolchain}/**/*.{ts,mjs}", {
    cwd: PROJECT_FOLDER,
  });
  /** Not in comments, in the mark of a pull request's comment, or in the words of a page that names the command. */
  const told = /(?<!npx |<!-- |They are checked in \\`)\bmillrace (plan|rehearse|doctor)\b/;

  it("begins with npx, as the project installs it", () => {
    const lines = sources.flatMap((file) =>
      read(file)
        .split("\n")
        .filter((line) => told.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(sources).toContain("cli/plan.ts");
    expect(lines).toEqual([]);
  });
});
