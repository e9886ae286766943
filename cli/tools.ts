import { statSync } from "node:fs";
import type { Command } from "commander";
import { quoted } from "#render/shell";
import { progressLine, type ToolProgress } from "#toolchain/toolchain";
import { BadInput, checkFolder, checkReplaced } from "./bad-input.ts";
import { interruption } from "./interrupt.ts";
import { say, sayBeside } from "./say.ts";

/** Adds `tools save` and `tools load`: what a rehearsal needs, in one file. */
export function toolsCommand(program: Command): void {
  const tools = program
    .command("tools")
    .description(
      "carry the tools of a rehearsal from one machine to another: for CI caches, and for machines without Go or a network",
    );
  tools
    .command("save")
    .description("build what is missing, and write all tools into one file")
    .argument("<file>", "file to write, such as millrace-tools.tgz")
    .addHelpText("after", "\nExit codes:\n  0  written\n  1  a tool cannot be built\n  2  the file cannot be written")
    .action(save);
  tools
    .command("load")
    .description("put the tools of a file into the cache; programs of it will be run here, so take it from somebody you trust")
    .argument("<file>", "file that `tools save` wrote at the same commit, on the same kind of machine")
    .addHelpText(
      "after",
      "\nExit codes:\n  0  every tool is there\n  1  the cache cannot be written\n  2  the file is not such a file, or MILLRACE_CACHE cannot be a folder; nothing was written",
    )
    .action(load);
}

async function save(file: string): Promise<void> {
  checkReplaced("<file>", file);
  const { saveTools } = await import("#toolchain/bundle");
  const names = await saveTools(file, { onProgress: told, signal: interruption() });
  say(`${file}: ${mib(file)} MiB with ${names.join(", ")}\nload it at the same commit: npx millrace tools load ${quoted(file)}`);
}

async function load(file: string): Promise<void> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new BadInput(`'<file>' must be a file that \`millrace tools save\` wrote, got '${file}'`);
  }
  const [{ loadTools, NoBundle }, { defaultCache }] = await Promise.all([
    import("#toolchain/bundle"),
    import("#toolchain/cache"),
  ]);
  checkFolder("MILLRACE_CACHE", defaultCache());
  const names = await loadTools(file).catch((error: unknown) => {
    throw error instanceof NoBundle ? new BadInput(error.message) : error;
  });
  say(`in the cache: ${names.join(", ")}`);
}

const mib = (file: string): number => Math.round(statSync(file).size / 2 ** 20);

/** A line for each tool that is built, and for how far it is. */
function told(event: ToolProgress): void {
  const line = progressLine(event);
  if (line !== undefined) {
    sayBeside(line);
  }
}
