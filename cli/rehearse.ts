import { join } from "node:path";
import type { Command } from "commander";
import type { Selection } from "#rehearsal/selection";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { shown } from "#stacks/wording";
import { BadInput, environmentNamed } from "./bad-input.ts";
import {
  asBadInput,
  checkCache,
  checkCharts,
  checkTemporaryFolder,
  folderOf,
  promotionReport,
  reportOf,
} from "./rehearse-checks.ts";
import type { TrafficWords } from "./rehearse-traffic.ts";
import type { TrainWords } from "./rehearse-train.ts";
import { answer, say } from "./say.ts";

interface RehearseOptions {
  keep?: boolean;
  traffic: boolean;
  json?: boolean;
  list?: boolean;
  only?: string;
  until?: string;
  scenario?: string;
  times?: string;
  promotion?: boolean;
  rollbacks?: string;
}

export function rehearseCommand(program: Command): void {
  const rehearse = program
    .command("rehearse")
    .enablePositionalOptions()
    .description(
      "bring an environment up on this machine, with the real engine, a real API server and real requests; AWS is simulated",
    )
    .argument("[environment]", ENVIRONMENTS.join(", "), "dev")
    .option("--keep", "leave everything up at the end, to look around")
    .option("--list", "show what each phase of a rehearsal does and needs; starts nothing")
    .option("--only <phases>", "run these phases (names separated by commas) and the phases that they need", listed)
    .option("--until <phase>", "stop after this phase, then destroy what is up")
    .option(
      "--scenario <names>",
      "try these on releases under load (names separated by commas, or all), then destroy what is up",
      listed,
    )
    .option("--times <number>", "with --scenario: how often each is tried, 1 to 100 (default: 1)")
    .option("--no-traffic", "skip the releases under load")
    .option("--promotion", "bring dev, staging and prod up side by side, and promote from one to the next")
    .option("--rollbacks <number>", "with --promotion: how many rollbacks are timed, 1 to 100 (default: 3)")
    .option("--json", "print the outcome, or the list of phases, as JSON; progress goes to standard error")
    .addHelpText(
      "after",
      `
A rehearsal is a list of phases. '--only' runs the named phases and those that they need, and skips all others, even 'destroy'.
The rehearsal's folder is always removed at the end, unless '--keep' is given.

Examples:
  npx millrace rehearse dev --list
  npx millrace rehearse dev --until platform
  npx millrace rehearse dev --only bad-changes,bad-objects
  npx millrace rehearse prod --only release --list      shows what that would run
  npx millrace rehearse dev --scenario errors --times 10   how long a bad version keeps its users, at most
  npx millrace rehearse dev --scenario latency,sticky   what happens to a slow version, and to users with a name
  npx millrace rehearse --promotion                     three environments at once: about 9 GiB of memory

Exit codes:
  0  every phase that ran has passed
  1  a phase failed, or this machine lacks something
  2  an argument or an option is wrong, or a rehearsal of the environment is up; nothing was started
  130, 143, 129, 131  ended by SIGINT (Ctrl-C), SIGTERM, SIGHUP or SIGQUIT; nothing is left

The first run builds the tools from pinned sources (about ten minutes on two cores); later runs build nothing.`,
    )
    .action(begin);
  rehearse
    .command("down")
    .description("end a rehearsal and remove everything that belongs to it, even after it was killed")
    .argument("[environment]", ENVIRONMENTS.join(", "), "dev")
    .option("--promotion", "those of a promotion, and what they share")
    .action(down);
  rehearse
    .command("exec")
    .description("run a command inside a kept rehearsal: `npx millrace rehearse exec dev -- kubectl get pods -A`")
    .argument("<environment>", ENVIRONMENTS.join(", "))
    .argument("<command...>")
    .passThroughOptions()
    .action(exec);
  rehearse
    .command("train")
    .description("train a version of a model for a kept rehearsal: its files, and the record from which a release is made")
    .argument("<environment>", ENVIRONMENTS.join(", "))
    .argument("<model@version>", "such as fraud@4")
    .option("--fault <name>", "what is wrong with it: errors, latency, drift, accuracy or crash")
    .option("--json", "print what was trained as JSON")
    .action(train);
  rehearse
    .command("traffic")
    .description("send requests to the models of a kept rehearsal, and show which version answers and how its release goes")
    .argument("[environment]", ENVIRONMENTS.join(", "), "dev")
    .option("--model <name>", "one model; all that are served, otherwise")
    .option("--rate <number>", "requests a second for each model: enough for a release to be measured, otherwise")
    .option("--seconds <number>", "how long; until Ctrl-C, otherwise")
    .option("--json", "print the counts at the end as JSON; progress goes to standard error")
    .action(traffic);
}

/** An option that is given twice names all of it. */
const listed = (names: string, before?: string): string => (before === undefined ? names : `${before},${names}`);

async function begin(word: string, options: RehearseOptions, command: Command): Promise<void> {
  if (options.promotion) {
    const { isInside } = await import("#rehearsal/cluster/isolation/inside");
    if (!isInside()) {
      return beginPromotion(options, command);
    }
  }
  if (options.rollbacks !== undefined && !options.promotion) {
    throw new BadInput(`'--rollbacks' must be given with '--promotion', got it alone: it says how many rollbacks are timed`);
  }
  if (options.scenario !== undefined && !options.traffic) {
    throw new BadInput("'--no-traffic' must be given without '--scenario', got both: a scenario needs users");
  }
  const times = timesIn(options);
  const environment = environmentNamed(word, ["down", "exec", "traffic", "train"]);
  const choice = { environment, traffic: options.traffic, keep: options.keep ?? false };
  const selection = await selectionFrom(options);
  refuseIdle(choice.traffic, selection);
  if (options.list) {
    const { listPhases, phasesText } = await import("./rehearse-phases.ts");
    const phases = listPhases(choice, selection);
    answer(options.json ?? false, phases, () => phasesText(phases));
    return;
  }
  checkTemporaryFolder();
  const folder = folderOf(environment);
  const [{ isInside }, { refuseSecond }] = await Promise.all([
    import("#rehearsal/cluster/isolation/inside"),
    import("#rehearsal/cluster/isolation/enter"),
  ]);
  if (!isInside()) {
    await asBadInput(() => refuseSecond(folder, environment));
    await checkCharts(environment);
  }
  await checkCache();
  const run = isInside() ? (await import("./rehearse-inside.ts")).inside : (await import("./rehearse-outside.ts")).outside;
  const promotion = options.promotion ?? false;
  process.exitCode = await run({
    ...choice,
    selection,
    times,
    folder,
    report: promotion ? promotionReport(environment) : reportOf(environment),
    json: options.json ?? false,
    promotion,
  });
}

/** @throws {BadInput} unless it is a number, and scenarios are asked for. */
function timesIn({ times = "1", scenario }: RehearseOptions): number {
  const number = upToHundred("--times", times);
  if (times !== "1" && scenario === undefined) {
    throw new BadInput("'--times' must be given with '--scenario', got it alone: it says how often a scenario is tried");
  }
  return number;
}

function upToHundred(option: string, words: string): number {
  if (!/^([1-9]\d?|100)$/.test(words)) {
    throw new BadInput(`'${option}' must be a whole number from 1 to 100, got ${shown(words)}`);
  }
  return Number(words);
}

/** Options of one environment's rehearsal that mean nothing where three are up. */
const OF_ONE = ["only", "until", "scenario", "times", "list", "traffic"];

async function beginPromotion({ keep = false, json = false, rollbacks = "3" }: RehearseOptions, command: Command): Promise<void> {
  const timed = upToHundred("--rollbacks", rollbacks);
  const given = command.options.find(
    (option) => OF_ONE.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === "cli",
  );
  const beside = command.args[0] ?? given?.long;
  if (beside !== undefined) {
    throw new BadInput(
      `'--promotion' must be given without '${beside}', got both: it rehearses ${ENVIRONMENTS.join(", ")} side by side`,
    );
  }
  checkTemporaryFolder();
  const { refuseSecond } = await import("#rehearsal/cluster/isolation/enter");
  for (const environment of ENVIRONMENTS) {
    await asBadInput(() => refuseSecond(folderOf(environment), environment));
    await checkCharts(environment);
  }
  await checkCache();
  const { promotion } = await import("./rehearse-promotion.ts");
  process.exitCode = await promotion({ keep, json, rollbacks: timed });
}

/** @throws {BadInput} when every phase that is asked for is one that `--no-traffic` leaves out. */
function refuseIdle(traffic: boolean, { only }: Selection): void {
  const withTraffic = only?.filter((name) => name === "release" || name === "bad-release") ?? [];
  if (!traffic && withTraffic.length > 0) {
    throw new BadInput(
      `'--no-traffic' must be given without '--only ${withTraffic.join(",")}', got both: leave one of the two out`,
    );
  }
}

/** Loads the phases only where some are named. @throws {BadInput} when one is unknown. */
async function selectionFrom({ only, until, scenario }: RehearseOptions): Promise<Selection> {
  return only === undefined && until === undefined && scenario === undefined
    ? {}
    : (await import("./rehearse-phases.ts")).selectionOf({ only, until, scenario });
}

async function down(word: string, { promotion = false }: { promotion?: boolean }, { args }: Command): Promise<void> {
  if (promotion) {
    return downPromotion(args[0]);
  }
  const environment = environmentNamed(word);
  const { takeDown } = await import("#rehearsal/cluster/isolation/down");
  const { processes, folder } = await takeDown(folderOf(environment));
  const ended = processes.map(({ role, pid }) => `${role} ${pid}`).join(", ");
  say(
    processes.length === 0 && !folder
      ? `there was no rehearsal of ${environment}`
      : `rehearsal of ${environment} is gone: ${processes.length === 0 ? "no process was left" : `ended ${ended} and all their child processes`}${folder ? ", folder removed" : ""}`,
  );
}

async function downPromotion(word: string | undefined): Promise<void> {
  if (word !== undefined) {
    throw new BadInput(`'--promotion' must be given without '${word}', got both: it ends all environments of a promotion`);
  }
  const { takePromotionDown } = await import("./rehearse-promotion.ts");
  const gone = await takePromotionDown();
  say(gone.length === 0 ? "there was no rehearsal of a promotion" : `gone: ${gone.join(", ")}, and what they shared`);
}

async function traffic(word: string, words: TrafficWords): Promise<void> {
  const environment = environmentNamed(word);
  const { sendTraffic } = await import("./rehearse-traffic.ts");
  process.exitCode = await asBadInput(() => sendTraffic(environment, folderOf(environment), words));
}

async function train(word: string, what: string, words: TrainWords): Promise<void> {
  const environment = environmentNamed(word);
  const { trainVersion } = await import("./rehearse-train.ts");
  await asBadInput(() => trainVersion(environment, folderOf(environment), what, words));
}

async function exec(word: string, words: string[]): Promise<void> {
  const environment = environmentNamed(word);
  // With options passed through, commander leaves the `--` of the user in.
  const [first, ...rest] = words[0] === "--" ? words.slice(1) : words;
  if (first === undefined) {
    throw new BadInput(
      "'command' must be a program and its arguments, got nothing: npx millrace rehearse exec dev -- kubectl get pods -A",
    );
  }
  const { visit } = await import("#rehearsal/cluster/isolation/visit");
  const folder = folderOf(environment);
  // In the rehearsal's own project, where a bare `pulumi` finds its stacks.
  const command = { folder, directory: join(folder, "project"), command: [first, ...rest] } as const;
  process.exitCode = await asBadInput(() => visit(command));
}
