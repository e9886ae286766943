import { latest } from "../../promql.ts";
import { MODEL, type MonitoredModel } from "./model.ts";
import type { RuleGroup } from "./rule.ts";

/** Whether the releases of a model come to their end. */
export function releases(model: MonitoredModel): RuleGroup {
  const { releaseMinutes } = model;
  return {
    name: "millrace-releases",
    rules: [
      {
        alert: "ReleaseStuck",
        // After one aborted release the progress deadline of Argo Rollouts 1.9 no longer works: nothing else would tell.
        ...lasting(inPhase(model, "Progressing|Paused"), releaseMinutes),
        labels: { severity: "warning", category: "release" },
        annotations: {
          summary: `The release of {{ $labels.model }} does not end`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} has been on its way for ${releaseMinutes} minutes, longer than all steps together.`,
        },
      },
      {
        alert: "ReleaseFailed",
        expr: inPhase(model, "Degraded|Error|InvalidSpec"),
        for: "1m",
        labels: { severity: "warning", category: "release" },
        annotations: {
          summary: `The release of {{ $labels.model }} was rolled back`,
          description: `The rollout {{ $labels.namespace }}/{{ $labels.model }} failed; the stable version has all traffic.`,
        },
      },
    ],
  };
}

/** Longest time that a rule of ours holds a warning back, minutes: a Prometheus that begins anew may forget how long it has waited. */
const HELD = 1_440;
/** Steps in which a longer time is looked through, minutes. */
const STEP = 30;

/** A condition that has held for some minutes; for days, as that of an A/B test: at nearly all times of these days, and now. */
function lasting(condition: string, minutes: number): { expr: string; for: string } {
  if (minutes <= HELD) {
    return { expr: condition, for: `${minutes}m` };
  }
  const times = Math.floor((0.99 * minutes) / STEP);
  return { expr: `count_over_time((${condition})[${minutes}m:${STEP}m]) >= ${times} and on (${MODEL}) ${condition}`, for: "15m" };
}

/** A Rollout has the name of its model. Each phase is a series of its own, which ends when another one begins. */
function inPhase({ name, namespace }: MonitoredModel, phases: string): string {
  const rollout = (phase: string) => `rollout_info{namespace="${namespace}", name="${name}", phase${phase}}`;
  const present = `${latest(rollout(`=~"${phases}"`))} unless on (namespace, name) ${rollout(`!~"${phases}"`)}`;
  return `max by (${MODEL}) (label_replace(${present}, "model", "$1", "name", "(.+)")) > 0`;
}
