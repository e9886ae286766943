import { join } from "node:path";
import type { Command } from "commander";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { BadInput, checkFolder, environmentNamed, isFolder } from "./bad-input.ts";

interface RehearseOptions {
  keep?: boolean;
  traffic: boolean;
  json?: boolean;
}

export function rehearseCommand(program: Command): void {
  const rehearse = program
    .command("rehearse")
    .enablePositionalOptions()
    .description("bring an environment up here, with the real engine, a real API server and real traffic; AWS is simulated")
    .argument("[environment]", ENVIRONMENTS.join(", "), "dev")
    .option("--keep", "leave everything up at the end, to look around")
    .option("--no-traffic", "skip the releases under load")
    .option("--json", "the outcome as JSON on standard output; progress goes to standard error")
    .addHelpText(
      "after",
      "\nThe first run builds the tools from pinned sources (about a quarter of an hour on two cores); later runs build nothing.",
    )
    .action(begin);
  rehearse
    .command("down")
    .description("end a rehearsal and remove everything of it, also after a kill")
    .argument("[environment]", ENVIRONMENTS.join(", "), "dev")
    .action(down);
  rehearse
    .command("exec")
    .description("run a command inside a kept rehearsal: `millrace rehearse exec dev -- kubectl get pods -A`")
    .argument("<environment>", ENVIRONMENTS.join(", "))
    .argument("<command...>")
    .passThroughOptions()
    .action(exec);
}

/** @throws {BadInput} when it cannot be written. */
function home(): string {
  const folder = process.env["MILLRACE_HOME"] ?? join(PROJECT_FOLDER, ".millrace");
  checkFolder("MILLRACE_HOME", folder);
  return folder;
}

const folderOf = (environment: EnvironmentName): string => join(home(), `rehearsal-${environment}`);
const reportOf = (environment: EnvironmentName): string => join(home(), "reports", `rehearsal-${environment}.html`);

async function begin(word: string, options: RehearseOptions): Promise<void> {
  const environment = environmentNamed(word, ["down", "exec"]);
  const { folder, report } = { folder: folderOf(environment), report: reportOf(environment) };
  const [{ isInside }, { defaultCache }] = await Promise.all([
    import("#rehearsal/cluster/isolation/inside"),
    import("#toolchain/cache"),
  ]);
  // A cache that somebody filled may be read-only.
  if (!isFolder(defaultCache())) {
    checkFolder("MILLRACE_CACHE", defaultCache());
  }
  const run = isInside() ? (await import("./rehearse-inside.ts")).inside : (await import("./rehearse-outside.ts")).outside;
  process.exitCode = await run({
    environment,
    folder,
    report,
    keep: options.keep ?? false,
    traffic: options.traffic,
    json: options.json ?? false,
  });
}

async function down(word: string): Promise<void> {
  const environment = environmentNamed(word);
  const { takeDown } = await import("#rehearsal/cluster/isolation/down");
  const { processes, folder } = await takeDown(folderOf(environment));
  const ended = processes.map(({ role, pid }) => `${role} ${pid}`).join(", ");
  console.log(
    processes.length === 0 && !folder
      ? `no rehearsal of ${environment} was there`
      : `rehearsal of ${environment} is gone: ${processes.length === 0 ? "no process was left" : `ended ${ended}, and with them everything below`}${folder ? ", folder removed" : ""}`,
  );
}

async function exec(word: string, command: string[]): Promise<void> {
  const environment = environmentNamed(word);
  // With options passed through, commander leaves the `--` of the user in.
  const [first, ...rest] = command[0] === "--" ? command.slice(1) : command;
  if (first === undefined) {
    throw new BadInput(
      "'command' must be a program and its arguments, got nothing: millrace rehearse exec dev -- kubectl get pods -A",
    );
  }
  const { IsolationError } = await import("#rehearsal/cluster/isolation/errors");
  const { visit } = await import("#rehearsal/cluster/isolation/visit");
  try {
    const folder = folderOf(environment);
    // In the rehearsal's own project, where a bare `pulumi` finds its stacks.
    process.exitCode = await visit({ folder, directory: join(folder, "project"), command: [first, ...rest] });
  } catch (error) {
    throw error instanceof IsolationError ? new BadInput(error.message) : error;
  }
}
