// Where commands are killed, and from where they begin.

import type { Layer } from "#stacks/contracts";
import type { Blow } from "./blow.ts";
import { NEW, OLD } from "./world.ts";

const APPLY = ["promote", "apply", "--to", "dev", "--yes", "--no-follow"];
const BACK = ["--env", "dev", "--reason", "a drill", "--yes", "--no-follow"];

/** What a person wants, and how an environment is when it is done. */
export interface Scenario {
  /** Snapshot that it begins from. */
  from: string;
  /** Typed before, once. @default - nothing */
  plan?: readonly string[];
  words: readonly string[];
  layers: readonly Layer[];
  after: { model: string; platform: string };
}

export const SCENARIOS = {
  model: {
    from: "old",
    plan: ["promote", "plan", `fraud@${NEW.model}`, "--to", "dev"],
    words: APPLY,
    layers: ["workloads"],
    after: { ...OLD, model: NEW.model },
  },
  "model at once": {
    from: "old",
    words: ["promote", `fraud@${NEW.model}`, "--to", "dev", "--yes", "--no-follow"],
    layers: ["workloads"],
    after: { ...OLD, model: NEW.model },
  },
  platform: {
    from: "old",
    plan: ["promote", "plan", `platform@${NEW.platform}`, "--to", "dev"],
    words: APPLY,
    layers: ["foundation", "platform", "workloads"],
    after: { ...OLD, platform: NEW.platform },
  },
  "model back": {
    from: "model done",
    words: ["rollback", "fraud", ...BACK],
    layers: ["workloads"],
    after: OLD,
  },
  "platform back": {
    from: "platform done",
    words: ["rollback", "platform", ...BACK],
    layers: ["foundation", "platform", "workloads"],
    after: OLD,
  },
} as const satisfies Record<string, Scenario>;

export type Name = keyof typeof SCENARIOS;

/** One kill. */
export interface Point {
  scenario: Name;
  /** Whether it strikes the first command, or one that goes on with what a first one has begun, which asks no gate. */
  command: "first" | "second";
  blow: Blow;
}

/** Every operation, before and after the provider has acted. */
const operations = (scenario: Name, numbers: readonly number[], whom: Blow["whom"] = "all"): Point[] =>
  numbers.flatMap((number) =>
    (["before", "after"] as const).map(
      (when): Point => ({ scenario, command: "second", blow: { at: "operation", number, when, whom } }),
    ),
  );

const own = (
  scenario: Name,
  command: Point["command"],
  [at, number, when]: [at: Blow["at"], number: number, when: Blow["when"]],
): Point => ({ scenario, command, blow: { at, number, when, whom: "all" } });

/** 40 of an apply. A model changes 1, creates 4 and deletes 4; the platform changes 1, creates 2 and deletes 2 in each layer. */
const OF_APPLY: readonly Point[] = [
  ...operations("model", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
  ...operations("platform", [2, 3, 5, 7, 13]),
  ...operations("model", [2, 6], "command line"),
  own("model", "first", ["link", 1, "before"]),
  own("model", "first", ["link", 1, "after"]),
  own("model", "first", ["rename", 1, "before"]),
  own("model at once", "first", ["rename", 1, "after"]),
  own("model at once", "second", ["up", 1, "after"]),
  own("model", "second", ["link", 2, "before"]),
  own("model", "second", ["link", 2, "after"]),
  own("platform", "second", ["up", 3, "after"]),
];

/** 20 of a rollback. */
const OF_ROLLBACK: readonly Point[] = [
  ...operations("model back", [1, 2, 3, 5, 8, 9]),
  ...operations("platform back", [8]),
  own("platform back", "second", ["up", 2, "before"]),
  own("model back", "first", ["link", 1, "after"]),
  own("model back", "first", ["rename", 1, "before"]),
  own("model back", "first", ["rename", 1, "after"]),
  own("model back", "second", ["link", 2, "before"]),
  ...operations("model back", [3], "command line").slice(1),
];

export const POINTS: readonly Point[] = [...OF_APPLY, ...OF_ROLLBACK];

/** Those of a short run: one of each kind. */
export const SOME_POINTS: readonly Point[] = [2, 3, 4, 13, 21, 29, 32, 34, 38, 45, 48, 57].map((index) => POINTS[index]!);

export const textOf = ({ scenario, command, blow: { at, number, when, whom } }: Point): string =>
  `${scenario}, ${command} command, ${whom} killed ${when} ${at} ${number}`;
