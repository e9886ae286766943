import { firstWeight, RELEASE_DEFAULTS, type ReleasePlan, releaseSteps } from "./release-steps.ts";
import { type ServingNames, trafficRouting } from "./routing.ts";

/** What a Rollout is made from. */
export interface RolloutArgs {
  names: ServingNames;
  template: object;
  plan: ReleasePlan;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
}

/**
 * Spec of the Rollout. It names no `replicas`: the autoscaler owns them, and a number here would be fought over.
 * The short history is because of a fault in Argo Rollouts 1.9.1: an aborted ReplicaSet keeps a mark that switches the progress deadline
 * of every later release off for as long as it exists.
 */
export function rolloutSpec({ names, template, plan, loadSeconds }: RolloutArgs) {
  const steps = releaseSteps(plan, names);
  return {
    revisionHistoryLimit: ROLLBACK_REVISIONS,
    // A version that never becomes ready is given up after twice the time that it may need.
    progressDeadlineSeconds: progressDeadline(loadSeconds),
    progressDeadlineAbort: true,
    // Going back to one of the last versions skips steps and measurements.
    rollbackWindow: { revisions: ROLLBACK_REVISIONS },
    selector: { matchLabels: { app: names.name } },
    template,
    strategy: {
      canary: {
        stableService: names.stableService,
        canaryService: names.canaryService,
        // One pod more than needed and never one less: a model takes minutes to load and GPUs are scarce.
        maxSurge: 1,
        maxUnavailable: 0,
        scaleDownDelaySeconds: plan.scaleDownDelaySeconds ?? RELEASE_DEFAULTS.scaleDownDelaySeconds,
        abortScaleDownDelaySeconds: ABORT_SCALE_DOWN_SECONDS,
        trafficRouting: trafficRouting(names),
        analysis: { startingStep: firstWeight(steps), templates: [{ templateName: names.watch }] },
        steps,
      },
    },
  };
}

const ROLLBACK_REVISIONS = 3;

/** Argo Rollouts 1.9.1 rewrites the canary Service many times a second for as long as this lasts after an abort. */
const ABORT_SCALE_DOWN_SECONDS = 30;

/** Seconds after which a version that does not become ready is given up. */
export const progressDeadline = (loadSeconds: number): number => 2 * loadSeconds + 120;

/** Longest time of a release that nothing stops, seconds: what `await: "healthy"` waits for. Each gate may take as long as a step. */
export function longestRelease({ weights, stepSeconds, soakSeconds }: ReleasePlan, loadSeconds: number): number {
  const plan = {
    weights: weights ?? RELEASE_DEFAULTS.weights,
    step: stepSeconds ?? RELEASE_DEFAULTS.stepSeconds,
    soak: soakSeconds ?? RELEASE_DEFAULTS.soakSeconds,
  };
  return plan.weights.length * (2 * plan.step + progressDeadline(loadSeconds)) + plan.soak + plan.step;
}
