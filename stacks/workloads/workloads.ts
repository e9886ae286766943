import { setImmediate } from "node:timers/promises";
import type { ComponentOptions } from "#components/component";
import { NAME as FEATURES, PORT as FEATURES_PORT } from "#components/features/pod";
import { LABELS } from "#components/labels";
import { PUSH_PORT, PUSHGATEWAY_PODS } from "#components/monitoring/pushgateway";
import type { Compute } from "#components/serving/compute";
import { ModelServing, type ServingArgs } from "#components/serving/model-serving";
import type { Served } from "#components/serving/runtimes/runtime";
import { quickReturn } from "#components/serving/strategies/quick-return";
import type { Strategy } from "#components/serving/strategies/strategy";
import { STREAM_DEFAULTS } from "#components/serving/streams/workload";
import { modelsNamespace, Team } from "#components/teams/team";
import { PORT as TRACKING_PORT } from "#components/tracking/configuration";
import { TeamQueue } from "#components/training/team-queue";
import type { Context } from "../context.ts";
import { outputsOf, type PlatformOutputs, type WorkloadsOutputs } from "../contracts.ts";
import type { Profile } from "../inputs/environments/profile.ts";
import { mirrorOf } from "../inputs/mirror.ts";
import { type ServedModels, models as servedModels } from "../inputs/models.ts";
import { readPace } from "../inputs/pace.ts";
import { type Release, readRelease } from "../inputs/release.ts";
import { may } from "../inputs/roles.ts";
import { readStableVersions } from "../inputs/stable-versions.ts";
import { teams as allTeams, type TeamSpec, type Teams } from "../inputs/teams.ts";
import { awsProvider, kubernetesProvider } from "../providers.ts";
import { peopleOf } from "../rights.ts";
import { refuseElsewhere } from "../same-account.ts";
import { declareBatch } from "./batch.ts";
import { fitted, type ReleasedModel, refuseWithoutGround, servingGpus } from "./fitting.ts";
import { type Ground, imageOf, storeOf, versionOf } from "./ground.ts";
import { stated } from "./limits.ts";
import { monitorModel } from "./monitoring.ts";
import { howReleased } from "./strategies.ts";
import { declareStream } from "./stream.ts";
import { refuseWithoutBrokers } from "./stream-places.ts";

/** What the teams, the models and the release say. */
export interface WorkloadsInputs {
  models: ServedModels;
  teams: Teams;
  release: Release;
}

/**
 * Teams with their part of the GPUs, and the models that they serve, in the versions that the release names.
 *
 * @param given what to use in place of models.ts, of teams.ts, and of the release that the environment's pointer names.
 * @throws {pulumi.RunError} when release, models and teams do not fit together, or need more GPUs than there are.
 */
export async function workloads(context: Context, given: Partial<WorkloadsInputs> = {}): Promise<WorkloadsOutputs> {
  const { profile, settings } = context;
  const { release = readRelease(profile.name), models: served = servedModels, teams: owners = allTeams } = given;
  const models = fitted(release, served, owners, profile);
  refuseWithoutBrokers(models, context);
  const paceOf = readPace(profile);
  const hasBeenStable = readStableVersions(profile.name, Object.keys(served));
  const foundation = await outputsOf("foundation", profile.name);
  refuseElsewhere(foundation, context);
  const platform = await outputsOf("platform", profile.name);
  refuseWithoutGround(models, owners, profile, foundation, platform);

  const aws = awsProvider("workloads", context);
  const kubernetes = kubernetesProvider(platform.cluster, settings.region);
  const ground: Ground = {
    profile,
    region: settings.region,
    foundation,
    platform,
    features: settings.featuresImage !== undefined,
  };
  const common: ComponentOptions = { providers: { aws, kubernetes }, ...mirrorOf(settings) };
  const outputs: WorkloadsOutputs = { models: {} };
  for (const [name, spec] of Object.entries(owners)) {
    const owned = models.filter((model) => model.team === name);
    const team = declareTeam(name, spec, owned, ground, common);
    const opts = { ...common, dependsOn: team.models };
    for (const model of owned) {
      const { strategy, pace, ...times } = howReleased(model, paceOf);
      const takesOver = hasBeenStable(model.name, model.released) ? quickReturn(strategy) : strategy;
      const { modelLoadSeconds: loadSeconds, scrapeSeconds } = pace;
      const serving = declareModel(model, { ...ground, strategy: takesOver, loadSeconds, scrapeSeconds }, opts);
      monitorModel(model, context, { ...times, platform }, opts);
      if (model.batch !== undefined) {
        declareBatch(model, model.batch, { ground, team }, common);
      }
      if (model.stream !== undefined) {
        declareStream(model, model.stream, { context, ground, loadSeconds, scrapeSeconds }, opts);
      }
      outputs.models[model.name] = { version: serving.version, host: serving.host, namespace: serving.namespace };
      // Requests leave while the next model is declared; a thousand models at once would all be held in memory.
      await setImmediate();
    }
  }
  return outputs;
}

function declareTeam(
  name: string,
  { groups, gpuShare }: TeamSpec,
  models: readonly ReleasedModel[],
  { profile, region, features, foundation: { stores, keys }, platform: { cluster, cpu, gpu, tracking, monitoring } }: Ground,
  opts: ComponentOptions,
): Team {
  const team = new Team(
    name,
    {
      people: peopleOf(groups, profile.name),
      // The queue divides the pool; the namespace keeps what goes round the queue inside the pool.
      trainingGpus: gpu.training.gpus,
      servingGpus: servingGpus({ gpuShare }, gpu.inference.gpus),
      // Both versions at their largest, and one pod that is being replaced; and those that predict for streams.
      servers: Math.max(1, models.length) * (2 * profile.serving.maxReplicas + 1) + streamPods(models),
      jobsReach: [
        { namespace: tracking.namespace, ports: [TRACKING_PORT] },
        { namespace: monitoring.namespace, podLabels: PUSHGATEWAY_PODS, ports: [PUSH_PORT] },
        ...(features ? [{ namespace: FEATURES, ports: [FEATURES_PORT] }] : []),
      ],
      ...(features && { jobsLabels: { [LABELS.features]: "client" } }),
      ...(may("trainer", "read-team-data", profile.name) && {
        identity: {
          clusterName: cluster.name,
          stores: { dataArn: stores.data.arn, artifactsArn: stores.artifacts.arn, keyArn: keys.data, region },
        },
      }),
    },
    opts,
  );
  new TeamQueue(
    `${name}-queue`,
    {
      team: name,
      namespace: team.jobs.metadata.name,
      pool: gpu.training,
      gpus: Math.floor(gpuShare * gpu.training.gpus),
      cpu: { pool: cpu, cpus: Math.floor(gpuShare * profile.cpu.jobCpus) },
    },
    { ...opts, dependsOn: team.jobs },
  );
  return team;
}

const streamPods = (models: readonly ReleasedModel[]): number =>
  models.reduce((sum, { stream }) => sum + (stream === undefined ? 0 : (stream.pods ?? STREAM_DEFAULTS.pods)), 0);

function declareModel(
  model: ReleasedModel,
  { strategy, loadSeconds, scrapeSeconds, ...ground }: Ground & Released,
  opts: ComponentOptions,
): ModelServing {
  const { profile, platform } = ground;
  const { minReplicas, maxReplicas } = profile.serving;
  const { name, team, host, path, grpc, sticky } = model;
  const { fetcher } = model.released;
  return new ModelServing(
    name,
    {
      namespace: modelsNamespace(team),
      model: versionOf(model, ground),
      store: storeOf(ground),
      clusterName: platform.cluster.name,
      monitoring: { ...platform.monitoring, scrapeSeconds },
      // Which runtime runs on what was checked before.
      ...({
        exposure: { host, gateway: platform.gateway, ...stated({ path, grpc, sticky }) },
        compute: computeOf(profile, platform),
        runtime: { kind: "image", ...model.runtime, ...(fetcher && { fetcher: imageOf(fetcher, ground) }), loadSeconds },
      } as Served & Pick<ServingArgs, "exposure">),
      scaling: { ...model.scaling, minReplicas, maxReplicas },
      strategy,
    },
    opts,
  );
}

/** How this version of a model takes over. */
interface Released {
  strategy: Strategy;
  /** Longest time that it takes to load, seconds. */
  loadSeconds: number;
  /** Time between two scrapes of its servers, seconds. */
  scrapeSeconds: number;
}

const computeOf = ({ serving }: Profile, { cpu, gpu }: PlatformOutputs): Compute =>
  serving.gpus > 0
    ? { kind: "gpu", gpus: serving.gpus, nodeLabels: gpu.inference.nodeLabels }
    : { kind: "cpu", nodeLabels: cpu.nodeLabels };
