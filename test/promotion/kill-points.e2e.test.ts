// Promotions and rollbacks that are killed at every kind of moment, and recovered as a person does; and two that begin at once.
// Real command line, real engine, a provider of its own. A few by default; MILLRACE_ALL_POINTS=1 kills at all 60 and begins 50 pairs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAIRS, race, SOME_PAIRS } from "./kill-points/pairs.ts";
import { POINTS, SOME_POINTS, textOf } from "./kill-points/points.ts";
import { type Expected, prepare, recoverAt } from "./kill-points/recovery.ts";
import { World } from "./kill-points/world.ts";

const ALL = process.env["MILLRACE_ALL_POINTS"] !== undefined;
/** Which part of all, such as `1/3`. @default - every one */
const [part = 1, parts = 1] = (process.env["MILLRACE_POINTS_PART"] ?? "").split("/").filter(Boolean).map(Number);
const own = <T>(all: readonly T[]): T[] => all.filter((_, index) => index % parts === part - 1);

describe("a promotion", { timeout: 600_000 }, () => {
  let world: World;
  let expected: Expected;

  beforeAll(async () => {
    world = await World.begin();
    expected = await prepare(world);
  }, 1_800_000);
  afterAll(() => world?.end());

  it.each(own(ALL ? POINTS : SOME_POINTS).map((point) => [textOf(point), point] as const))(
    "recovers: %s",
    async (text, point) => {
      const { commands, seconds, faults, story } = await recoverAt(point, world, expected);
      console.log(`${text}: recovered with ${commands} commands in ${seconds.toFixed(0)} s`);
      expect(faults, story.join("\n")).toEqual([]);
    },
  );

  it.each(own(ALL ? PAIRS : SOME_PAIRS))("of two that begin at once, one is made: %o", async (pair) => {
    const { answers, seconds, faults } = await race(pair, world, expected);
    console.log(`${JSON.stringify(pair)}: ${answers.map(({ exit }) => exit).join(" and ")} in ${seconds.toFixed(0)} s`);
    expect(faults, answers.map(({ output }) => output).join("\n")).toEqual([]);
  });
});
