import { type Fault, flag, optional, type Shape } from "../../shape.ts";
import { stageSeconds } from "./durations.ts";

/** What becomes of the old version's pods while the new one grows, and after it. */
export type OldPods = KeptOld | ShrinkingOld;

/** The old version stays at full size to the end of the soak, and then for a while. */
export interface KeptOld {
  scarceGpus?: false;

  /**
   * How long the old version's pods stay after the release is complete, seconds. Long enough for an outage of istiod to be noticed:
   * a gateway that missed the last change still sends users to them.
   * @default 600
   */
  scaleDownDelaySeconds?: number;
}

/**
 * The old version shrinks as the new one grows, so that a release needs the GPUs of one version and of its largest increase. Only for
 * servers on GPUs, and only where those of two versions cannot be had: an abort is not instant. Argo Rollouts starts the old pods again
 * share by share, and a share of the users stays with the new version until they have loaded: after an abort while it has all users, at most
 * one load for each of `weights` (docs/decisions/strategies.md).
 */
export interface ShrinkingOld {
  scarceGpus: true;

  /** No old pod is left when the new version has all users: Argo Rollouts refuses the delay. */
  scaleDownDelaySeconds?: never;
}

export const oldPodsShape: Shape<{ scarceGpus?: boolean; scaleDownDelaySeconds?: number }> = {
  scarceGpus: optional(flag),
  scaleDownDelaySeconds: stageSeconds,
};

/** Largest increase of a release whose old version shrinks, percent: after it both versions have that much more than one together. */
const LARGEST_INCREASE = 60;

/** What is wrong with a release whose old version shrinks. */
export function faultInScarceGpus(
  { scarceGpus, scaleDownDelaySeconds }: { scarceGpus?: boolean | undefined; scaleDownDelaySeconds?: number | undefined },
  weights: readonly number[],
): Fault | undefined {
  if (scarceGpus !== true) {
    return undefined;
  }
  if (scaleDownDelaySeconds !== undefined) {
    const must = "left out beside scarceGpus: no old pod is left to stay";
    return { argument: "scaleDownDelaySeconds", must, value: scaleDownDelaySeconds };
  }
  return weights.some((weight, at) => weight - (weights[at - 1] ?? 0) > LARGEST_INCREASE)
    ? {
        argument: "weights",
        must: `shares that rise by at most ${LARGEST_INCREASE} at a time beside scarceGpus: a larger increase needs the GPUs of two versions`,
        value: weights,
      }
    : undefined;
}

/**
 * Servers that both versions have together at most, where the old one shrinks. Before each increase the new version has pods for the share to
 * come, and the old one still for the share that it has; each is rounded up (Argo Rollouts 1.9.1, `trafficWeightToReplicas`).
 *
 * @param servers of one version.
 */
export const mostServers = (servers: number, weights: readonly number[]): number =>
  Math.max(
    ...weights.map(
      (weight, at) => Math.ceil((weight * servers) / 100) + Math.ceil(((100 - (weights[at - 1] ?? 0)) * servers) / 100),
    ),
  );
