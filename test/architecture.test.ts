import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
      expect(refuses(from, `../../${to}/any/file.ts`)).toBe(true);
    }
    expect(refuses(from, `#${from}/any/file`)).toBe(true);
    expect(refuses(from, "./any/file.ts")).toBe(false);
  });
});

it("a constant of a module is written in upper case, its state in lower case", () => {
  const lowerCase = /^(?:export )?const [a-z]\w*(?:: [^=\n]+)? = ["'`[\d/].*/gm;
  const found = globSync(`{${ROOMS.join(",")}}/**/*.ts`, { cwd: PROJECT_FOLDER }).flatMap((file) =>
    [...read(file).matchAll(lowerCase)].map(([line]) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});
