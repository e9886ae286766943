import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "#cli/commands";
import { PROJECT_FOLDER } from "#engine/project";

/** The command line as it is, whose commands do nothing. */
function dryProgram(): Command {
  const program = new Command("millrace").enablePositionalOptions();
  COMMANDS.forEach((add) => add(program));
  const silence = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (
      command.commands.length === 0 ||
      command.name() === "promote" ||
      command.name() === "audit" ||
      command.name() === "rehearse"
    ) {
      command.action(() => undefined);
    }
    command.commands.forEach(silence);
  };
  silence(program);
  return program;
}

/** What the parser refuses in a line; nothing where it accepts it. */
function refused(line: string): string | undefined {
  const words = [...line.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word.replace(/^(['"])(.*)\1$/, "$2"));
  try {
    dryProgram().parse(["node", ...words]);
    return undefined;
  } catch (error) {
    return error instanceof CommanderError ? error.message : String(error);
  }
}

/** Where a sentence goes on behind a command that it names. */
const BEHIND = /[`,;:)|]|\\n|\\`|\$\{| #| {2}|'\.?$|\.(?=\s|$)| (?=(?:shows|says|goes|writes|names|ends|asks|and|once|→)\b)/;

/** Commands that the sources of the program name, each a line that a person would type; `${…}` stands for some word. */
function commandsIn(file: string): string[] {
  const text = readFileSync(join(PROJECT_FOLDER, file), "utf8");
  return (
    text
      .split("\n")
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
      .flatMap((line) => [...line.matchAll(/npx (millrace .*)/g)])
      .flatMap(([, rest = ""]) => rest.split("npx ").filter((each) => each.startsWith("millrace ")))
      .map((rest) => {
        // Innermost first: what a template puts in is a word, or nothing where it is an option that may be missing.
        let plain = rest.replace(/\\?"<[^>]*>\\?"/g, "word");
        for (let before = ""; before !== plain; ) {
          before = plain;
          plain = plain
            .replace(/\$\{CODES[.\w]*\}/g, "")
            .replace(/\$\{[^${}`]*\}/g, "word")
            .replace(/\$\{[^${}]*\? *(?:""|`[^`]*`) *: *(?:""|`[^`]*`)\}/g, "");
        }
        const [command = ""] = plain.split(/["](?=[,;)]|$)/);
        return command.split(BEHIND)[0]!.trim().replaceAll('\\"', '"');
      })
      // What a template calls the command itself, no source says.
      .filter((line) => !line.startsWith("millrace word"))
  );
}

const FILES = globSync("{cli,promotion,stacks,plan,policies,engine,rehearsal}/**/*.ts", { cwd: PROJECT_FOLDER }).filter(
  (file) => commandsIn(file).length > 0,
);

describe("every command that a message names is one that the command line takes:", () => {
  it.each(FILES)("%s", (file) => {
    const wrong = commandsIn(file).flatMap((line) => {
      const why = refused(line);
      return why === undefined ? [] : [`${line}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ["millrace resume prod", "error: required option '--env <environment>' not specified"],
    ["millrace promote status", undefined],
    ["millrace promte fraud --to prod", "error: unknown command 'promte'"],
    ["millrace hold --env prod --reason x --jsn", "error: unknown option '--jsn'"],
    ["millrace release create model fraud", "error: required option '--version <number>' not specified"],
    ["millrace audit who --env prod", "error: missing required argument 'release'"],
    ["millrace state", "(outputHelp)"],
  ])("`%s` is judged", (line, why) => {
    expect(refused(line)?.split("\n")[0]).toBe(why);
  });
});
