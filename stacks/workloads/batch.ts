import type { ComponentOptions } from "#components/component";
import { BatchInference } from "#components/serving/batch-inference";
import { jobsNamespace, type Team } from "#components/teams/team";
import { CPU_QUEUE } from "#components/training/queue-names";
import { type Batch, SCORES } from "../inputs/batch.ts";
import type { ReleasedModel } from "./fitting.ts";
import { type Ground, storeOf, versionOf } from "./ground.ts";

/** Predictions for a table of the team, at set times, by the version that is released. */
export function declareBatch(
  model: ReleasedModel,
  { table, schedule, ...terms }: Batch,
  { ground, team }: { ground: Ground; team: Team },
  opts: ComponentOptions,
): BatchInference {
  const { foundation, platform } = ground;
  const data = {
    bucketName: foundation.stores.data.name,
    bucketArn: foundation.stores.data.arn,
    kmsKeyArn: foundation.keys.data,
  };
  return new BatchInference(
    model.name,
    {
      ...terms,
      namespace: jobsNamespace(model.team),
      modelName: model.name,
      model: versionOf(model, ground),
      store: storeOf(ground),
      clusterName: platform.cluster.name,
      input: { ...data, prefix: `validated/${model.team}/${table}/` },
      output: { ...data, prefix: `${SCORES}/${model.team}/${model.name}/` },
      schedule,
      nodeLabels: platform.cpu.nodeLabels,
      queue: CPU_QUEUE,
    },
    { ...opts, dependsOn: team.jobs },
  );
}
