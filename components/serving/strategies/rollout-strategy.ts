import type { ServingNames } from "../names.ts";
import { trafficRouting } from "../routing.ts";
import { NEW_PODS } from "./drift.ts";
import type { OldPods } from "./scarce-gpus.ts";
import { firstWeight, type Step } from "./steps.ts";

/** What differs between the strategies of our kinds, all of which Argo Rollouts runs as a canary: only that gives weights to the gateway. */
export interface Stages {
  steps: readonly Step[];
  /** What becomes of the old version's pods. */
  oldPods: OldPods;
}

/** Argo Rollouts 1.9.1 rewrites the canary Service many times a second for as long as this lasts after an abort. */
const ABORT_SCALE_DOWN_SECONDS = 30;

/** `spec.strategy` of the Rollout. */
export const rolloutStrategy = ({ steps, oldPods }: Stages, names: ServingNames): object => ({
  canary: {
    stableService: names.stableService,
    canaryService: names.canaryService,
    // One pod more than needed and never one less: a model takes minutes to load and GPUs are scarce.
    maxSurge: 1,
    maxUnavailable: 0,
    ...delaysOf(oldPods),
    trafficRouting: trafficRouting(
      names,
      steps.some((step) => "setMirrorRoute" in step),
    ),
    analysis: {
      startingStep: firstWeight(steps),
      templates: [{ templateName: names.watch }],
      args: [NEW_PODS],
    },
    steps,
  },
});

/**
 * Argo Rollouts 1.9.1 refuses `dynamicStableScale` beside `scaleDownDelaySeconds`. Beside `abortScaleDownDelaySeconds` the new version would
 * keep its GPUs after an abort until all old pods are back, which wait for them.
 */
const delaysOf = ({ scarceGpus, scaleDownDelaySeconds }: OldPods): object =>
  scarceGpus === true
    ? { dynamicStableScale: true }
    : { scaleDownDelaySeconds, abortScaleDownDelaySeconds: ABORT_SCALE_DOWN_SECONDS };
