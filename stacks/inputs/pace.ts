import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { SCRAPE_SECONDS } from "#components/mesh/gateway-telemetry";
import { AB_TEST_DEFAULTS } from "#components/serving/strategies/ab-test";
import { CANARY_DEFAULTS } from "#components/serving/strategies/canary";
import { DRIFT_DEFAULTS } from "#components/serving/strategies/drift";
import type { AbTestPace, ReleasePace, ShadowTerms } from "#components/serving/strategies/release-pace";
import { SHADOW_DEFAULTS } from "#components/serving/strategies/shadow";
import { given } from "#components/validation";
import { inWords, problemsOf, shown } from "../wording.ts";
import type { GpuPoolProfile, Profile } from "./environments/profile.ts";
import { jsonOf } from "./json-fault.ts";

/** The times and counts that set the pace of a release, of what it is judged by, and of the nodes that come and go. */
export interface Pace {
  /** How long a release stays at each share, seconds. */
  stepSeconds: number;
  /** How long an A/B test compares two versions, seconds. */
  testSeconds: number;
  /** How long the old version stays at full size while the new one has all traffic, seconds. */
  soakSeconds: number;
  /** How long the answers of two versions are compared where no user meets the new one, seconds. */
  compareSeconds: number;
  /** How long its pods stay after that, seconds. */
  scaleDownDelaySeconds: number;
  /** Time between two measurements, and the time that one looks back, seconds. */
  intervalSeconds: number;
  windowSeconds: number;
  /** How long a gate waits for a good measurement before the release pauses for a person, seconds. */
  giveUpSeconds: number;
  /** Fewest answers for a measurement. */
  minRequests: number;
  /** Fewest predictions for a comparison of them; more where `maxPsi` is small. */
  minPredictions: number;
  /** Longest time that a model takes to load, seconds. */
  modelLoadSeconds: number;
  /** How long a node without pods stays in a pool that gives back empty ones, seconds at most. */
  nodeIdleSeconds: number;
  /** Time between two scrapes of the gateway, seconds. */
  scrapeSeconds: number;
}

/** Times of an environment. Those that decide how quickly a bad version is found are the same in all. */
export const paceOf = ({ serving, cpu, gpu }: Profile): Pace => ({
  stepSeconds: serving.stepSeconds,
  testSeconds: AB_TEST_DEFAULTS.testSeconds,
  soakSeconds: serving.soakSeconds,
  compareSeconds: SHADOW_DEFAULTS.compareSeconds,
  scaleDownDelaySeconds: 600,
  intervalSeconds: 30,
  windowSeconds: 120,
  giveUpSeconds: 1_800,
  minRequests: 100,
  minPredictions: DRIFT_DEFAULTS.minPredictions,
  modelLoadSeconds: 300,
  nodeIdleSeconds: Math.max(...[cpu, gpu.training, gpu.inference].map(idleSeconds)),
  scrapeSeconds: SCRAPE_SECONDS,
});

const idleSeconds = ({ consolidation }: Pick<GpuPoolProfile, "consolidation">): number =>
  consolidation.when === "never" ? 1 : consolidation.afterSeconds;

/**
 * Largest first share of a new version, and largest increase after it, percent. `return`: the increase of a version that has been stable
 * and comes back in two shares; no model states it. A policy allows the same (MESH-04).
 */
export const RAMP = { firstWeight: 5, step: 60, return: 95 } as const;

/** Whether the shares that a model states begin small enough, and rise slowly enough. */
export const isGentle = (weights: readonly number[]): boolean =>
  weights.every((weight, at) => weight - (weights[at - 1] ?? 0) <= (at === 0 ? RAMP.firstWeight : RAMP.step));

/** Name of the variable with which a rehearsal shortens times: JSON with some of the keys of `Pace`. */
const VARIABLE = "MILLRACE_PACE";

/** The pace of one model's releases. */
export interface ModelPace extends Pace {
  /** Shares of the traffic that a new version gets one after the other, percent. */
  weights: readonly number[];
}

/**
 * The pace of releases in an environment: what a model says for itself, else the environment's times. A rehearsal may shorten them
 * through `MILLRACE_PACE`, never lengthen them. Each run warns about it, so that nobody shortens a real release unnoticed.
 *
 * @returns the pace of a model, from what it says of its releases.
 * @throws {pulumi.RunError} when the variable is not JSON, names something else, or would lengthen a time.
 */
export function readPace(
  profile: Profile,
): (said?: Omit<ReleasePace, "scarceGpus"> & Pick<AbTestPace, "testSeconds"> & Pick<ShadowTerms, "compareSeconds">) => ModelPace {
  const usual = paceOf(profile);
  const shortened = shortenedFrom(usual);
  const changes = Object.entries(shortened).map(([key, value]) => `${key} ${usual[key as keyof Pace]} → ${value}`);
  if (changes.length > 0) {
    void pulumi.log.warn(`times shortened for a rehearsal (${VARIABLE}): ${changes.join(", ")}`);
  }
  return (said = {}) => {
    const { weights, ...times } = { weights: CANARY_DEFAULTS.weights, ...usual, ...given(said) };
    const shorter = Object.entries(times).map(([key, time]) => [key, Math.min(time, shortened[key as keyof Pace] ?? time)]);
    return { weights, ...(Object.fromEntries(shorter) as Pace) };
  };
}

function shortenedFrom(usual: Pace): Partial<Pace> {
  const text = process.env[VARIABLE];
  if (text === undefined) {
    return {};
  }
  let content: unknown;
  try {
    content = jsonOf(text);
  } catch {
    throw new pulumi.RunError(`${VARIABLE} must be JSON, got ${shown(text)}: unset it, or write {"stepSeconds": 10}`);
  }
  const keys = Object.keys(usual) as (keyof Pace)[];
  const shape = Object.fromEntries(
    keys.map((key) => {
      const error = `must be a whole number from 1 to ${usual[key]}, because a rehearsal only shortens times`;
      return [key, z.int({ error }).min(1, { error }).max(usual[key], { error }).optional()];
    }),
  );
  const parsed = z.strictObject(shape).safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path, text }) => `${path === "" ? VARIABLE : `${VARIABLE}.${path}`} ${text}`)
        .join("\n"),
    );
  }
  return parsed.data as Partial<Pace>;
}
