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
 * It names no `rollbackWindow`: Argo Rollouts would promote a version that was thrown out, without a measurement
 * (docs/decisions/quick-return.md).
 */
export const rolloutSpec = ({ names, template, strategy, loadSeconds }: RolloutArgs) => ({
  // A ReplicaSet without pods is of no use, and that of an aborted version does harm: Argo Rollouts 1.9.1 leaves a mark on it that
  // switches the progress deadline of every later release off.
  revisionHistoryLimit: 0,
  // A version that never becomes ready is given up after twice the time that it may need.
  progressDeadlineSeconds: progressDeadline(loadSeconds),
  progressDeadlineAbort: true,
  selector: { matchLabels: { app: names.name } },
  template,
  strategy,
});

/** Seconds after which a version that does not become ready is given up. */
export const progressDeadline = (loadSeconds: number): number => 2 * loadSeconds + 120;
