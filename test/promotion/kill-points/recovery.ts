// A command is killed, and a person recovers.

import { setTimeout as sleep } from "node:timers/promises";
import { nameOf } from "#engine/events";
import { openIn } from "#promotion/open";
import type { Layer } from "#stacks/contracts";
import { membersOf } from "./blow.ts";
import { type Name, type Point, SCENARIOS, type Scenario } from "./points.ts";
import type { Answer, World } from "./world.ts";

/** Commands with which a person may have to recover. */
const MOST_COMMANDS = 3;

/** What became of a point. */
export interface Recovered {
  /** Commands that a person typed after the kill. */
  commands: number;
  seconds: number;
  /** What does not hold; nothing where all does. */
  faults: string[];
  /** What was typed and answered, for whoever looks for the reason. */
  story: string[];
}

/** What is there after a run that nobody has disturbed, by scenario. */
export type Expected = Readonly<Record<Name, string[]>>;

/** Runs every scenario undisturbed, and keeps where each begins, where it is begun and where it is done. */
export async function prepare(world: World): Promise<Expected> {
  const expected: Partial<Record<Name, string[]>> = {};
  for (const [name, scenario] of Object.entries(SCENARIOS) as [Name, Scenario][]) {
    world.restore(scenario.from);
    if (scenario.plan !== undefined) {
      demand(await world.run(scenario.plan), 0);
    }
    world.save(`${name} first`);
    demand(await world.run(scenario.words, { blow: { at: "link", number: 1, when: "after", whom: "all" } }), 137);
    world.save(`${name} second`);
    demand(await world.run(scenario.words), 0);
    world.save(`${name} done`);
    expected[name] = thingsIn(world);
  }
  return expected as Expected;
}

/** Kills at a point, recovers as a person does, and looks at what is there. */
export async function recoverAt(point: Point, world: World, expected: Expected): Promise<Recovered> {
  const { scenario: name, command, blow } = point;
  const scenario: Scenario = SCENARIOS[name];
  const began = performance.now();
  const story: string[] = [];
  world.restore(`${name} ${command}`);
  const killed = await world.run(scenario.words, { blow });
  const faults = killed.exit === 137 ? [] : [`the command must be killed, it ended with ${killed.exit}: ${killed.output}`];
  let commands = 0;
  for (let exit = 1; exit !== 0 && commands < MOST_COMMANDS; ) {
    const answer = await world.run(scenario.words);
    commands += 1;
    exit = answer.exit;
    story.push(`${scenario.words.join(" ")}: ${exit}\n${answer.output}`);
    if (/is locked by .* process \d+ runs here/s.test(answer.output)) {
      await until(() => membersOf(killed.pid).length === 0);
    } else if (answer.output.includes("look in the account") && commands < MOST_COMMANDS) {
      story.push(await lookInAccount(world, answer.output));
      commands += 1;
    } else if (exit !== 0) {
      break;
    }
    if (exit !== 0 && commands === MOST_COMMANDS) {
      faults.push(`it must be recovered with ${MOST_COMMANDS} commands`);
    }
  }
  faults.push(...(await faultsOf(world, scenario, expected[name])));
  await until(() => membersOf(killed.pid).length === 0);
  const left = membersOf(killed.pid);
  if (left.length > 0) {
    faults.push(`nothing of the killed command must run, got processes ${left.join(", ")}`);
    left.forEach((pid) => process.kill(pid, "SIGKILL"));
  }
  return { commands, seconds: (performance.now() - began) / 1000, faults, story };
}

/** What a person does whom the command asks to look for things: takes over what is there, or says that nothing is. */
async function lookInAccount(world: World, output: string): Promise<string> {
  const asked = [...output.matchAll(/--found '([^']+)=<id>'/g)].map(([, urn]) => urn!);
  // Where an older one is there too, the one that no state knows.
  const known = await idsInStates(world);
  const there = world.inventory.all().filter(({ urn, id }) => asked.includes(urn) && !known.includes(id));
  const words = ["state", "recover", "dev", "--yes", ...there.flatMap(({ urn, id }) => ["--found", `${urn}=${id}`])];
  const answer = await world.run(words);
  return `${words.join(" ")}: ${answer.exit}\n${answer.output}`;
}

/** Everything that does not hold once a command was recovered. */
export async function faultsOf(world: World, { after, layers, words }: Scenario, expected: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  const demandEqual = (what: string, got: unknown, wanted: unknown): void => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      faults.push(`${what} must be ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
    }
  };
  const { chains, strangers } = await world.ledger.verify();
  demandEqual("problems of the ledger", [...chains.flatMap(({ problems }) => problems), ...strangers], []);
  const records = await world.ledger.records("dev");
  demandEqual("what is open", openIn(records).length, 0);
  demandEqual("records 'done'", records.filter(({ kind }) => kind === "done").length, 2 + Number(words[0] === "rollback"));
  demandEqual("pointer", world.pointer(), { models: { fraud: after.model }, platform: after.platform });
  demandEqual("things", thingsIn(world), expected);
  demandEqual(
    "ids in the states",
    await idsInStates(world),
    world.inventory
      .all()
      .map(({ id }) => id)
      .sort(),
  );
  for (const layer of layers) {
    const { changes } = await world.engine.preview(`${layer}-dev`);
    demandEqual(`preview of ${layer}`, { ...changes, same: 0 }, { create: 0, update: 0, delete: 0, replace: 0, same: 0 });
  }
  if (words[0] === "promote") {
    const again = await world.run(SCENARIOS.model.words);
    demandEqual("the command again", [again.exit, again.output.includes("there is nothing to do")], [0, true]);
  }
  return faults;
}

/** What is there, without what each creation makes anew: ids of roles. */
const thingsIn = (world: World): string[] =>
  world.inventory
    .all()
    .map(({ urn, inputs }) => `${urn.split("::")[0]} ${nameOf(urn)} ${inputs["content"]}`)
    .sort();

async function idsInStates(world: World): Promise<string[]> {
  const layers: readonly Layer[] = ["foundation", "platform", "workloads"];
  const states = await Promise.all(layers.map((layer) => world.engine.exportState(`${layer}-dev`)));
  return states
    .flatMap(({ deployment }) => deployment.resources as { id?: string; custom: boolean; type: string }[])
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"))
    .map(({ id }) => id ?? "")
    .sort();
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 60; waited++) {
    await sleep(1_000);
  }
}

function demand({ exit, output }: Answer, wanted: number): void {
  if (exit !== wanted) {
    throw new Error(`a command must end with ${wanted}, it ended with ${exit}: ${output}`);
  }
}
