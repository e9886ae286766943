import * as pulumi from "@pulumi/pulumi";
import {
  anyNumber,
  byKind,
  closed,
  fields,
  listOf,
  mapOf,
  matching,
  number,
  oneOf,
  optional,
  type Rule,
  type Shape,
  text,
  wholeNumber,
} from "#components/shape";
import { problemsIn } from "#stacks/inputs/check";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { higherIsBetter, metrics } from "#stacks/inputs/releases/metrics";
import { shown, suggestion } from "#stacks/wording";
import { type ChangeWindow, DAYS, type Evaluation, type Level, type Requirements } from "./requirements.ts";

const FILE = "promotion/requirements.ts";

/** Longest times that make sense: more is a mistake in the unit. */
const MOST = { soakHours: 24 * 30, backupHours: 24 * 35, days: 90, people: 10 };

const timeOfDay = matching(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time of day, such as 09:00");

const EVALUATION = {
  metric: matching(/^(test|validation)\.[a-z][a-z0-9_]{0,39}$/, "test.<metric> or validation.<metric>"),
  tolerance: optional(number({ min: 0 })),
  atLeast: optional(anyNumber),
  atMost: optional(anyNumber),
};
// Which bound is given is judged below: it is one of the two.
const evaluation = closed(fields(EVALUATION as unknown as Shape<Evaluation>));

const REQUIREMENTS: Shape<Requirements> = {
  levels: mapOf(oneOf<Level>("off", "advisory", "mandatory")),
  soakHours: number({ min: 0, max: MOST.soakHours }),
  evaluation: closed(
    fields({ ...EVALUATION, models: optional(mapOf(evaluation)) } as unknown as Shape<Requirements["evaluation"]>),
  ),
  backupHours: number({ min: 1, max: MOST.backupHours }),
  approvals: closed(
    fields<Requirements["approvals"]>({
      people: wholeNumber({ min: 0, max: MOST.people }),
      days: number({ min: 1, max: MOST.days }),
    }),
  ),
  window: closed(
    byKind<ChangeWindow, "open">("open", {
      always: {},
      weekly: { days: listOf(oneOf(...DAYS), 1), from: timeOfDay, until: timeOfDay, zone: text },
    }),
  ) as Rule<ChangeWindow, false>,
};

/**
 * Checks what an environment asks for: its type is gone when it runs, and some of it no type can say.
 *
 * @param gates names of the gates that there are.
 * @throws {pulumi.RunError} listing every fault: key, rule, value, remedy.
 */
export function checkRequirements(
  environment: EnvironmentName,
  requirements: unknown,
  gates: readonly string[],
): asserts requirements is Requirements {
  const faults = problemsIn(requirements, closed(fields<Requirements>(REQUIREMENTS)));
  const problems = faults.length > 0 ? faults : together(requirements as Requirements, gates);
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILE}: ${environment}.${problem}`).join("\n"));
  }
}

/** What several values say together, or a list elsewhere says of them. */
function together({ levels, evaluation: own, window }: Requirements, gates: readonly string[]): string[] {
  const { models: others = {}, ...all } = own;
  const known = Object.keys(models);
  return [
    ...Object.keys(levels)
      .filter((name) => !gates.includes(name))
      .map(
        (name) =>
          `levels.${name} must be of a gate (${gates.join(", ")}), got ${shown(name)}${suggestion(name, gates) || ": add it to promotion/gates/index.ts, or remove this"}`,
      ),
    ...ofEvaluation("evaluation", all),
    ...Object.entries(others).flatMap(([model, each]) => [
      ...(known.includes(model)
        ? []
        : [
            `evaluation.models.${model} must be of a model of ${FILES.models} (${known.join(", ")}), got ${shown(model)}${suggestion(model, known) || ": add it there, or remove this"}`,
          ]),
      ...ofEvaluation(`evaluation.models.${model}`, each),
    ]),
    ...ofWindow(window),
  ];
}

function ofEvaluation(place: string, { metric, ...bounds }: Evaluation): string[] {
  const { atLeast, atMost } = bounds as { atLeast?: number; atMost?: number };
  if ((atLeast === undefined) === (atMost === undefined)) {
    return [
      `${place} must have one of atLeast and atMost, got ${atLeast === undefined ? "neither" : "both"}: atLeast where a higher ${metric} is better, else atMost`,
    ];
  }
  const [split = "test", name = ""] = metric.split(".");
  const higher = higherIsBetter(name);
  const key = atLeast === undefined ? "atMost" : "atLeast";
  const bound = atLeast ?? atMost;
  const range = metrics.shape.test.safeParse({ [name]: bound }).error?.issues[0]?.message;
  return [
    ...(higher === undefined || higher === (atLeast !== undefined)
      ? []
      : [
          `${place}.${key} must be ${higher ? "atLeast" : "atMost"} for ${split}.${name}, of which a ${higher ? "higher" : "lower"} value is better, got '${key}': rename the key`,
        ]),
    ...(range === undefined ? [] : [`${place}.${key} ${range} for ${name}, got '${bound}': give a value that ${name} can have`]),
  ];
}

function ofWindow(window: ChangeWindow): string[] {
  if (window.open === "always") {
    return [];
  }
  const { days, from, until, zone } = window;
  return [
    ...days.flatMap((day, at) =>
      days.indexOf(day) === at ? [] : [`window.days[${at}] must be named once, got '${day}' again: remove one of the two`],
    ),
    ...(from < until
      ? []
      : [`window.until must be later than from, '${from}', got '${until}': a window ends on the day on which it begins`]),
    ...(isZone(zone)
      ? []
      : [`window.zone must be a time zone of the IANA list, got ${shown(zone)}: name one such as Europe/Stockholm or UTC`]),
  ];
}

/** An offset such as +02:00 is no zone: it knows no summer time. */
function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone }).format();
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}
