import type { ComponentOptions } from "#components/component";
import { ModelMonitoring } from "#components/monitoring/model-monitoring";
import { modelsNamespace } from "#components/teams/team";
import type { Context } from "../context.ts";
import type { PlatformOutputs } from "../contracts.ts";
import type { ModelPace } from "../inputs/pace.ts";
import { runbooksOf } from "../names.ts";
import type { ReleasedModel } from "./fitting.ts";
import { limitsOf } from "./limits.ts";

/** What watches a model: its alerts, by its own limits, and its dashboard. */
export function monitorModel(
  model: ReleasedModel,
  context: Context,
  { pace, platform }: { pace: ModelPace; platform: PlatformOutputs },
  opts: ComponentOptions,
): ModelMonitoring {
  return new ModelMonitoring(
    `${model.name}-monitoring`,
    {
      environment: context.profile.name,
      model: model.name,
      namespace: modelsNamespace(model.team),
      dashboardNamespace: platform.monitoring.namespace,
      team: model.team,
      limits: limitsOf(model),
      runbookBaseUrl: runbooksOf(context),
      releaseMinutes: releaseMinutes(pace),
    },
    opts,
  );
}

/** Every share and the soak, half as much again for measurements that wait for requests, and ten minutes for loading models. */
const releaseMinutes = ({ weights, stepSeconds, soakSeconds }: ModelPace): number =>
  Math.ceil((1.5 * ((weights.length - 1) * stepSeconds + soakSeconds)) / 60) + 10;
