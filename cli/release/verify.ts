import { find } from "#promotion/releases/references";
import { type Checked, differencesFromTree, verifyAll } from "#promotion/releases/verify";
import { counted } from "#render/counted";
import { dim, green, red } from "#render/terminal";
import { BadInput } from "../bad-input.ts";
import { printJson, say } from "../say.ts";

interface Options {
  tree?: boolean;
  json?: boolean;
}

/** `release verify`. */
export async function verify(names: readonly string[], { tree = false, json = false }: Options): Promise<void> {
  const wanted = names.map((name) => find(name));
  const platforms = wanted.flatMap((each) => (each.kind === "platform" ? [each] : []));
  if (tree && platforms.length === 0) {
    throw new BadInput("'--tree' must come with a platform release, got none: name one, such as platform@prod");
  }
  const { files, notes } = await verifyAll();
  const shown = wanted.length === 0 ? files : files.filter(({ file }) => wanted.some((each) => each.file === file));
  if (tree) {
    for (const { file, release } of platforms) {
      shown.find((each) => each.file === file)?.problems.push(...differencesFromTree(release));
    }
  }
  const wrong = shown.filter(({ problems }) => problems.length > 0);
  if (json) {
    printJson({ files: shown, notes });
  } else {
    say(shown.map(line).join("\n"));
    notes.forEach((note) => say(`! ${note}`));
    say(
      wrong.length === 0
        ? `${counted(shown.length, "file")} as ${shown.length === 1 ? "it" : "they"} must be`
        : `${wrong.length} of ${counted(shown.length, "file")} not as ${shown.length === 1 ? "it" : "they"} must be`,
    );
  }
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

function line({ file, digest, signer, problems }: Checked): string {
  if (problems.length > 0) {
    return [`${red("✗")} ${file}`, ...new Set(problems.map((problem) => `    ${problem}`))].join("\n");
  }
  const signed =
    digest === undefined ? "" : dim(`   ${digest.slice(0, 12)}   ${signer === undefined ? "not signed" : `signed by ${signer}`}`);
  return `${green("✓")} ${file}${signed}`;
}
