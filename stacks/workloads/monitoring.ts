import type { ComponentOptions } from "#components/component";
import { ModelMonitoring } from "#components/monitoring/model-monitoring";
import { modelsNamespace } from "#components/teams/team";
import type { Context } from "../context.ts";
import type { PlatformOutputs } from "../contracts.ts";
import { runbooksOf } from "../names.ts";
import type { ReleasedModel } from "./fitting.ts";
import { limitsOf } from "./limits.ts";
import type { HowReleased } from "./strategies.ts";

/** What watches a model: its alerts, by its own limits, and its dashboard. */
export function monitorModel(
  model: ReleasedModel,
  context: Context,
  { platform, ...times }: Pick<HowReleased, "takesSeconds" | "testSeconds"> & { platform: PlatformOutputs },
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
      quality: model.maxAccuracyLoss !== undefined,
      runbookBaseUrl: runbooksOf(context),
      releaseMinutes: releaseMinutes(times),
    },
    opts,
  );
}

/** The times of a release, half as much again for measurements that wait for requests, and ten minutes for loading models. */
const releaseMinutes = ({ takesSeconds, testSeconds = 0 }: Pick<HowReleased, "takesSeconds" | "testSeconds">): number =>
  Math.ceil((1.5 * takesSeconds + testSeconds) / 60) + 10;
