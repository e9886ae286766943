import { existsSync, globSync } from "node:fs";
import { dirname, join, matchesGlob, normalize } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "#cli/commands";
import { NEEDS } from "#cli/doctor";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { anchorsOf, commandsOf, linksOf, type Page, pages, read, spansOf } from "./pages.ts";

describe.each(pages)("$path", (page) => {
  it("links to files and anchors that exist", () => {
    expect(linksOf(page).filter((target) => !isThere(page, target))).toEqual([]);
  });

  it("has each heading and each paragraph once", () => {
    const paragraphs = page.text.split(/\n\n+/).filter((text) => text.length > 80 && !text.startsWith("|"));
    expect(paragraphs.filter((text, index) => paragraphs.indexOf(text) !== index)).toEqual([]);
    const headings = page.text.replaceAll(/^```[^]*?^```/gm, "").match(/^#+ .+$/gm) ?? [];
    const beside = headings.filter((heading, index) => heading === headings[index - 1]);
    expect(beside).toEqual([]);
  });

  it("names files that exist", () => {
    expect(spansOf(page).filter((span) => isPath(span) && !isFile(span))).toEqual([]);
  });

  it("names commands, options and environments that exist", () => {
    expect(commandsOf(page).flatMap(problems)).toEqual([]);
  });

  it("names npm scripts that exist", () => {
    const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    const named = [...page.text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, short]) => run ?? short);
    expect(named.filter((name) => name !== undefined && !scripts.includes(name))).toEqual([]);
  });
});

it("finds pages, links, files and commands to check", () => {
  expect(pages.length).toBeGreaterThan(45);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(40);
  expect(pages.flatMap(spansOf).filter(isPath).length).toBeGreaterThan(50);
  expect(pages.flatMap(commandsOf).filter((line) => MILLRACE.test(line)).length).toBeGreaterThan(25);
});

function isThere({ path, text }: Page, target: string): boolean {
  if (/^https?:/.test(target)) {
    return true;
  }
  const [file = "", anchor] = target.split("#");
  const linked = file === "" ? path : normalize(join(dirname(path), file));
  if (!existsSync(join(linked))) {
    return false;
  }
  return anchor === undefined || anchorsOf({ path: linked, text: file === "" ? text : read(linked) }).includes(anchor);
}

const FOLDERS =
  "stacks|components|policies|releases|promotion|plan|rehearsal|engine|simulation|toolchain|render|cli|docs|examples|bench|scripts|ci|test|\\.github";

/** A path in the project, or the name of a source file; `<id>` and the like stand for any name. */
function isPath(span: string): boolean {
  return new RegExp(`^(${FOLDERS})/[^ ]*$`).test(span) || /^[\w-]+\.ts$/.test(span);
}

/** Files and folders of the project that pages may name. */
const PATHS = globSync(["*", `{${FOLDERS.replaceAll("|", ",").replace("\\", "")}}/**`], { cwd: PROJECT_FOLDER });

/** Whether a name stands for something in the project, from its root or from a folder that pages may name. */
function isFile(span: string): boolean {
  const pattern = span.replace(/<[^>]+>/g, "*").replace(/\/$/, "");
  return PATHS.some((path) => matchesGlob(path, pattern) || matchesGlob(path, `**/${pattern}`));
}

const program = new Command("millrace");
COMMANDS.forEach((add) => add(program));

const MILLRACE = /^(?:npx )?millrace /;
const named = (command: Command, name: string | undefined): Command | undefined =>
  command.commands.find((each) => each.name() === name);

/** What is wrong in a line that calls `millrace`. */
function problems(line: string): string[] {
  if (!MILLRACE.test(line)) {
    return [];
  }
  const words =
    line
      .replace(MILLRACE, "")
      .split(/ [>|] | --(?: |$)|;|,/)[0]
      ?.split(" ")
      .filter((word) => word !== "\\") ?? [];
  let command = program;
  for (let inner = named(command, words[0]); inner !== undefined; inner = named(command, words[0])) {
    command = inner;
    words.shift();
  }
  // A page may speak of a group of commands, with options of its own.
  const isMisspelt = command.registeredArguments.length === 0 && command.commands.length > 0 && /^[^-]/.test(words[0] ?? "");
  if (command === program || isMisspelt) {
    return [`${line}: no command '${line.replace(MILLRACE, "")}'`];
  }
  const unknown = words.filter(
    (word) =>
      word.startsWith("--") && word !== "--help" && !command.options.some(({ long, short }) => word === long || word === short),
  );
  const [first] = words.filter((word) => !word.startsWith("-"));
  // The doctor is asked about a command, or about the account of an environment.
  const isAsked = command.name() === "doctor" && !NEEDS.some((need) => need === first);
  const environment = isAsked || command.registeredArguments[0]?.name() === "environment" ? first : undefined;
  return [
    ...unknown.map((flag) => `${line}: no option '${flag}'`),
    ...(isEnvironment(environment) ? [] : [`${line}: no environment '${environment}'`]),
  ];
}

const isEnvironment = (word: string | undefined): boolean =>
  word === undefined || word.startsWith("<") || ENVIRONMENTS.some((name) => name === word);

describe("the guides", () => {
  it.each([
    ["plan", "docs/guides/plan.md"],
    ["rehearse", "docs/guides/rehearsal.md"],
  ])("explain every option of %s", (name, path) => {
    const options = named(program, name)?.options.map(({ long }) => long ?? "") ?? [];
    expect(options.length).toBeGreaterThan(2);
    expect(options.filter((option) => !read(path).includes(option))).toEqual([]);
  });

  it("name only options that plan has", () => {
    const options = named(program, "plan")?.options.map(({ flags }) => flags.split(" ")[0]);
    const spans = spansOf({ path: "", text: read("docs/guides/plan.md") }).filter((span) => span.startsWith("--"));
    expect(spans.filter((span) => !options?.includes(span.split(" ")[0]))).toEqual([]);
  });
});
