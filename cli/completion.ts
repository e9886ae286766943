import type { Command } from "commander";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { suggestion } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";

/** What may follow a command. */
interface Place {
  /** Words of the command without `millrace`: `release create`; empty for `millrace` alone. */
  path: string;
  commands: string[];
  options: string[];
  /** Options that a value follows. */
  valued: string[];
  /** Whether an environment may follow, by itself or in place of a value. */
  environment: boolean;
}

/** Adds `completion`: a script with which a shell completes commands, options and environments. */
export function completionCommand(program: Command): void {
  program
    .command("completion")
    .description("print a script with which your shell completes this command")
    .argument("<shell>", Object.keys(SCRIPTS).join(", "))
    .addHelpText(
      "after",
      `\nExamples:\n  source <(npx millrace completion bash)    # in ~/.bashrc\n  source <(npx millrace completion zsh)     # in ~/.zshrc, after compinit\n  npx millrace completion fish | source     # in config.fish\n\nIt completes \`millrace\`, not \`npx millrace\`: put node_modules/.bin on your PATH, or alias millrace='npx millrace'.\n\nExit codes:\n  0  printed\n  2  no such shell`,
    )
    .action((shell: string) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) {
        const shells = Object.keys(SCRIPTS);
        throw new BadInput(`'<shell>' must be one of ${shells.join(", ")}, got '${shell}'${suggestion(shell, shells)}`);
      }
      process.stdout.write(script(placesOf(program)));
    });
}

function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const { commands, options, registeredArguments } = command;
  const flags = (some: typeof options): string[] => some.flatMap(({ long }) => long ?? []);
  return [
    {
      path: path.join(" "),
      commands: commands.map((each) => each.name()),
      options: [...flags(options), "--help"],
      valued: flags(options.filter(({ required, optional }) => required || optional)),
      environment: registeredArguments.some((argument) => argument.name() === "environment"),
    },
    ...commands.flatMap((each) => placesOf(each, [...path, each.name()])),
  ];
}

const wordsOf = ({ commands, environment, options }: Place): string =>
  [...commands, ...(environment ? ENVIRONMENTS : []), ...options].join(" ");

/** Lines of a `case` that find out which command is being typed. */
const paths = (places: readonly Place[]): string =>
  places
    .filter(({ path }) => path !== "")
    .map(({ path }) => `      "${path}") at="${path}" ;;`)
    .join("\n");

/** Lines of a `case` on the command, with its words. */
const words = (places: readonly Place[], set: (words: string) => string): string =>
  places.map((place) => `    "${place.path}") ${set(wordsOf(place))} ;;`).join("\n");

/** Options that a value follows, as a pattern. */
const valued = (places: readonly Place[]): string =>
  [...new Set(places.flatMap((place) => place.valued))].filter((option) => option !== "--env").join("|");

const SCRIPTS: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: (places) => `# millrace completion bash
_millrace() {
  local at="" words="" word current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
${paths(places)}
    esac
  done
  case "$at" in
${words(places, (text) => `words="${text}"`)}
  esac
  case "$previous" in
    --env) words="${ENVIRONMENTS.join(" ")}" ;;
    ${valued(places)}) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _millrace millrace
`,
  zsh: (places) => `# millrace completion zsh
_millrace() {
  local at="" word previous="\${words[CURRENT-1]}"
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
${paths(places)}
    esac
  done
  case "$at" in
${words(places, (text) => `found=(${text})`)}
  esac
  case "$previous" in
    --env) found=(${ENVIRONMENTS.join(" ")}) ;;
    ${valued(places)}) _files; return ;;
  esac
  compadd -a found || _files
}
compdef _millrace millrace
`,
  fish: (places) => `# millrace completion fish
function __millrace_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    switch (string trim "$at $word")
${places
  .filter(({ path }) => path !== "")
  .map(({ path }) => `      case "${path}"\n        set at "${path}"`)
  .join("\n")}
    end
  end
  test "$at" = "$argv[1]"
end
complete -c millrace -l env -xa "${ENVIRONMENTS.join(" ")}"
${places.map((place) => `complete -c millrace -n '__millrace_at "${place.path}"' -a "${wordsOf(place)}"`).join("\n")}
`,
};
