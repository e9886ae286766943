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
        expr: inPhase(model, "Progressing|Paused"),
        for: `${releaseMinutes}m`,
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

/** A Rollout has the name of its model. Each phase is a series of its own, which ends when another one begins. */
function inPhase({ name, namespace }: MonitoredModel, phases: string): string {
  const rollout = (phase: string) => `rollout_info{namespace="${namespace}", name="${name}", phase${phase}}`;
  const present = `${latest(rollout(`=~"${phases}"`))} unless on (namespace, name) ${rollout(`!~"${phases}"`)}`;
  return `max by (${MODEL}) (label_replace(${present}, "model", "$1", "name", "(.+)")) > 0`;
}
