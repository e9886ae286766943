// Two commands that begin at one moment, or a little apart.

import { setTimeout as sleep } from "node:timers/promises";
import { type Name, SCENARIOS, type Scenario } from "./points.ts";
import { type Expected, faultsOf } from "./recovery.ts";
import type { Answer, World } from "./world.ts";

export interface Pair {
  scenario: Name;
  /** Whether both are first ones, or both go on with what a dead one has begun. */
  command: "first" | "second";
  /** Milliseconds between the two. */
  apart: number;
}

const HELD = 14;

/** 50, with all distances at which both ask gates, one changes things, or one is done. */
export const PAIRS: readonly Pair[] = [
  ...distances(24, 500).map((apart): Pair => ({ scenario: "model", command: "first", apart })),
  ...distances(18, 200).map((apart): Pair => ({ scenario: "model", command: "second", apart })),
  ...distances(8, 200).map((apart): Pair => ({ scenario: "model back", command: "first", apart })),
];

export const SOME_PAIRS: readonly Pair[] = [0, 8, 24, 34, 43].map((index) => PAIRS[index]!);

/** 0, 0, step, 2 × step, …: most races are decided near 0. */
function distances(count: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.max(0, index - Math.ceil(count / 3)) * step);
}

/** Starts a pair, and looks at who has changed something and what the other one was told. */
export async function race(
  { scenario: name, command, apart }: Pair,
  world: World,
  expected: Expected,
): Promise<{ answers: Answer[]; seconds: number; faults: string[] }> {
  const scenario: Scenario = SCENARIOS[name];
  const began = performance.now();
  world.restore(`${name} ${command}`);
  const noted = world.inventory.journal().length;
  const one = world.start(scenario.words);
  await sleep(apart);
  const other = world.start(scenario.words);
  const answers = await Promise.all([one.answer, other.answer]);
  const writers = new Set(
    world.inventory
      .journal()
      .slice(noted)
      .map((entry) => entry.command),
  );
  const faults = writers.size === 1 ? [] : [`one command must have changed things, got ${[...writers].join(" and ")}`];
  const made = answers.filter(({ exit, output }) => exit === 0 && !output.includes("nothing to do"));
  if (made.length !== 1) {
    faults.push(`one command must have ended with 0, got ${made.length}`);
  }
  const [winner] = made;
  for (const { exit, output } of answers.filter((each) => each !== winner)) {
    const isTold =
      exit === HELD &&
      output.includes(`dev is being changed by ada <ada@example.com>`) &&
      output.includes(`(process ${winner?.pid})`);
    const isLate = exit === 0 && output.includes("nothing to do");
    if (!isTold && !isLate) {
      faults.push(
        `the other one must be told who holds dev, process ${winner?.pid}, or that there is nothing to do, got ${exit}: ${output}`,
      );
    }
  }
  faults.push(...(await faultsOf(world, scenario, expected[name])));
  return { answers, seconds: (performance.now() - began) / 1000, faults };
}
