import type { ServingNames } from "./names.ts";

/** What a Rollout is made from. */
export interface RolloutArgs {
  names: ServingNames;
  template: object;
  /** `spec.strategy`, from the strategy of the release. */
  strategy: object;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
}

/**
 * Spec of the Rollout. It names no `replicas`: the autoscaler owns them, and a number here would be fought over.
 * The short history is because of a fault in Argo Rollouts 1.9.1: an aborted ReplicaSet keeps a mark that switches the progress deadline
 * of every later release off for as long as it exists.
 */
export const rolloutSpec = ({ names, template, strategy, loadSeconds }: RolloutArgs) => ({
  revisionHistoryLimit: ROLLBACK_REVISIONS,
  // A version that never becomes ready is given up after twice the time that it may need.
  progressDeadlineSeconds: progressDeadline(loadSeconds),
  progressDeadlineAbort: true,
  // Going back to one of the last versions skips steps and measurements.
  rollbackWindow: { revisions: ROLLBACK_REVISIONS },
  selector: { matchLabels: { app: names.name } },
  template,
  strategy,
});

const ROLLBACK_REVISIONS = 3;

/** Seconds after which a version that does not become ready is given up. */
export const progressDeadline = (loadSeconds: number): number => 2 * loadSeconds + 120;
