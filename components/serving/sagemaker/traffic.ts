import type * as pulumi from "@pulumi/pulumi";
import { byKind, optional, wholeNumber } from "../../shape.ts";
import { check } from "../../validation.ts";

/**
 * How users move from the old instances to those of the new version, which all run beside them (blue/green). SageMaker moves whole
 * instances: a share is rounded to them. Limits: SageMaker API reference, TrafficRoutingConfig.
 */
export type TrafficShift =
  | {
      /** A part of the users, and after a wait all others. */
      kind: "canary";
      /** Share of the first step, per cent: 1 to 50. */
      firstPercent: number;
      /** Time at the first step, seconds: at most 3,600. @default 600 */
      waitSeconds?: number;
    }
  | {
      /** Steps of one size. */
      kind: "linear";
      /** Size of a step, per cent: 10 to 50. */
      stepPercent: number;
      /** Time at each step, seconds: at most 3,600. @default 300 */
      waitSeconds?: number;
    }
  | {
      /** All users in one step; a bad version is seen by all of them. */
      kind: "allAtOnce";
    };

/** Longest wait that SageMaker takes, seconds. */
const LONGEST_WAIT = 3_600;
export const wait = wholeNumber({ min: 0, max: LONGEST_WAIT });

export const trafficShift = byKind<TrafficShift, "kind">("kind", {
  canary: { firstPercent: wholeNumber({ min: 1, max: 50 }), waitSeconds: optional(wait) },
  linear: { stepPercent: wholeNumber({ min: 10, max: 50 }), waitSeconds: optional(wait) },
  allAtOnce: {},
});

/** Time at a step where nobody says another, seconds. A canary has one, so it may take longer. */
const WAIT_SECONDS = { canary: 600, linear: 300 } as const;

const waitOf = (shift: Exclude<TrafficShift, { kind: "allAtOnce" }>): number => shift.waitSeconds ?? WAIT_SECONDS[shift.kind];

/** Instances of a new version that get the first users: SageMaker moves whole ones. */
export function firstInstances(shift: TrafficShift, instances: number): number {
  const percent = shift.kind === "allAtOnce" ? 100 : shift.kind === "canary" ? shift.firstPercent : shift.stepPercent;
  return Math.ceil((instances * percent) / 100);
}

/** Time until instances of a new version run and begin to load their model, seconds: kept of the time of a release. */
const START_SECONDS = 600;

/**
 * Longest time that a whole release may take, seconds. SageMaker takes 600 to 28,800. The least is that of instances which start, load
 * a model in a minute and stay until an alarm could have fired. Pulumi's provider waits 3,600, and SageMaker shall have given up before
 * (docs/decisions/managed-endpoints.md).
 */
export const TIMEOUT_SECONDS = { least: 900, most: 3_300 } as const;

/** The times of a release, seconds. */
export interface ReleaseTimes {
  /** For which the old instances stay after all users have moved: until then the way back is instant. */
  soakSeconds: number;
  /** Longest time of the whole release; after it SageMaker goes back. */
  timeoutSeconds: number;
  /** Longest time that the model takes to load. */
  loadSeconds: number;
  /** From the fault of a version to its alarm. */
  alarmSeconds: number;
}

/** @throws {pulumi.ResourceError} when a step is over before its alarm can fire, or the whole takes longer than its limit. */
export function checkTraffic(shift: TrafficShift, times: ReleaseTimes, instances: number, on: pulumi.Resource): void {
  const { soakSeconds, timeoutSeconds, loadSeconds, alarmSeconds } = times;
  const must = `at least ${alarmSeconds}, the time until an alarm fires (2 × limits.windowSeconds and 120 for the metrics to arrive)`;
  check.that(soakSeconds >= alarmSeconds, "soakSeconds", must, soakSeconds, on);
  let moves = 0;
  if (shift.kind !== "allAtOnce") {
    const waitSeconds = waitOf(shift);
    check.that(waitSeconds >= alarmSeconds, "traffic.waitSeconds", must, waitSeconds, on);
    check.that(
      instances >= 2,
      "instances",
      `at least 2 where traffic.kind is '${shift.kind}': SageMaker moves whole instances, and at most half of them first`,
      instances,
      on,
    );
    moves = shift.kind === "canary" ? waitSeconds : Math.ceil(100 / shift.stepPercent) * waitSeconds;
  }
  const waits = moves + soakSeconds;
  const start = START_SECONDS + loadSeconds;
  check.that(
    start + waits <= TIMEOUT_SECONDS.most,
    "soakSeconds",
    `so short that all waits add up to at most ${TIMEOUT_SECONDS.most - start} (${TIMEOUT_SECONDS.most}, the longest release, less ${start} in which instances start and load the model)`,
    `${waits} in all`,
    on,
  );
  check.that(
    start + waits <= timeoutSeconds,
    "timeoutSeconds",
    `at least ${start + waits} (${start} in which instances start and load the model, and ${waits} of waits)`,
    timeoutSeconds,
    on,
  );
}

/** The update policy of an endpoint. */
export function blueGreenPolicy(
  shift: TrafficShift,
  { soakSeconds, timeoutSeconds }: Pick<ReleaseTimes, "soakSeconds" | "timeoutSeconds">,
) {
  return {
    trafficRoutingConfiguration: routing(shift),
    terminationWaitInSeconds: soakSeconds,
    maximumExecutionTimeoutInSeconds: timeoutSeconds,
  };
}

const percent = (value: number) => ({ type: "CAPACITY_PERCENT", value });

function routing(shift: TrafficShift) {
  switch (shift.kind) {
    case "canary":
      return { type: "CANARY", canarySize: percent(shift.firstPercent), waitIntervalInSeconds: waitOf(shift) };
    case "linear":
      return { type: "LINEAR", linearStepSize: percent(shift.stepPercent), waitIntervalInSeconds: waitOf(shift) };
    case "allAtOnce":
      return { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 };
  }
}
