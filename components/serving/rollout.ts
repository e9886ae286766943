import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import type { ServingNames } from "./names.ts";
import type { ReleasePlan } from "./strategies/plan.ts";

/** What a Rollout is made from. */
export interface RolloutArgs {
  names: ServingNames;
  template: object;
  /** What the strategy brings. */
  release: ReleasePlan;
  /** Longest time that the model takes to load, seconds. */
  loadSeconds: number;
  /** How long `pulumi up` waits for the release, seconds. @default - it does not wait */
  waitSeconds?: number;
}

/** The Rollout of a model, after what measures its releases. */
export function declareRollout(
  args: RolloutArgs,
  { parent, dependsOn }: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
) {
  const { names, release, waitSeconds } = args;
  const metadata = (of: string) => ({ name: of, namespace: names.namespace });
  const templates = Object.entries(release.analysisTemplates).map(
    ([template, spec]) =>
      new k8s.apiextensions.CustomResource(
        template,
        { apiVersion: API.rollout, kind: "AnalysisTemplate", metadata: metadata(template), spec },
        { parent },
      ),
  );
  const recorded =
    release.rules &&
    new k8s.apiextensions.CustomResource(
      names.recorded,
      { apiVersion: API.monitoring, kind: "PrometheusRule", metadata: metadata(names.recorded), spec: { groups: release.rules } },
      { parent },
    );
  return new k8s.apiextensions.CustomResource(
    `${names.name}-rollout`,
    {
      apiVersion: API.rollout,
      kind: "Rollout",
      metadata: { ...metadata(names.name), ...(waitSeconds !== undefined && { annotations: untilHealthy(waitSeconds) }) },
      spec: rolloutSpec(args),
    },
    { parent, dependsOn: [...dependsOn, ...templates, ...(recorded ? [recorded] : [])] },
  );
}

const untilHealthy = (longestSeconds: number): Record<string, string> => ({
  "pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy",
  "pulumi.com/timeoutSeconds": String(longestSeconds),
});

/**
 * Spec of the Rollout. It names no `replicas`: the autoscaler owns them, and a number here would be fought over.
 * It names no `rollbackWindow`: Argo Rollouts would promote a version that was thrown out, without a measurement
 * (docs/decisions/quick-return.md).
 */
export const rolloutSpec = ({ names, template, release, loadSeconds }: RolloutArgs) => ({
  // A ReplicaSet without pods is of no use, and that of an aborted version does harm: Argo Rollouts 1.9.1 leaves a mark on it that
  // switches the progress deadline of every later release off.
  revisionHistoryLimit: 0,
  // A version that never becomes ready is given up after twice the time that it may need.
  progressDeadlineSeconds: progressDeadline(loadSeconds),
  progressDeadlineAbort: true,
  selector: { matchLabels: { app: names.name } },
  template,
  strategy: release.rollout,
});

/** Seconds after which a version that does not become ready is given up. */
export const progressDeadline = (loadSeconds: number): number => 2 * loadSeconds + 120;
