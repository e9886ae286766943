import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { PhaseResult } from "../outcome.ts";
import type { StepResult, Users } from "./scene.ts";

/** An environment that took part. */
export interface Part {
  environment: EnvironmentName;
  /** Seconds until its model answered, and from the end of the story until nothing was left. */
  upSeconds?: number;
  downSeconds?: number;
  phases: PhaseResult[];
  /** Resident memory of its processes at the end of the story, MiB. */
  memory?: number;
}

/** Everything that a rehearsed promotion found out. */
export interface PromotionOutcome {
  began: string;
  seconds: number;
  ok: boolean;
  /** Whether everything is still up. */
  kept: boolean;
  parts: Part[];
  /** What every environment ran at the beginning: version by subject. */
  first: Record<string, string>;
  steps: StepResult[];
  users: Users[];
  failure?: { step: string; reason: string; log?: string };
}

/** How long something took that happened more than once. */
export interface Times {
  name: string;
  count: number;
  /** Seconds. */
  p50: number;
  p95: number;
  max: number;
}

/** Times of everything that steps measure: of the commands, and of users until the last answer of the version that had to go. */
export function timesOf(steps: readonly StepResult[]): Times[] {
  const names = [...new Set(steps.flatMap(({ measures }) => measures ?? []))];
  return names.flatMap((name) => {
    const measured = steps.filter(({ measures }) => measures === name);
    return [
      ...quantiles(
        `${name}: command`,
        measured.map(({ seconds }) => seconds),
      ),
      ...quantiles(
        `${name}: last answer of the version that went`,
        measured.flatMap(({ usersSeconds }) => usersSeconds ?? []),
      ),
    ];
  });
}

/** The least value that so many of all do not pass. */
function quantiles(name: string, seconds: readonly number[]): Times[] {
  const sorted = seconds.toSorted((one, other) => one - other);
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  return sorted.length === 0 ? [] : [{ name, count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) }];
}
