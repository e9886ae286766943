import * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL } from "#components/naming";
import { isByLoad } from "#components/serving/autoscaling";
import { RUNS_ON } from "#components/serving/runtimes/runtime";
import { CANARY_DEFAULTS } from "#components/serving/strategies/canary";
import { faultInAbTest, faultInBlueGreen, faultInPace, faultInShadow } from "#components/serving/strategies/release-pace";
import { mostServers } from "#components/serving/strategies/scarce-gpus";
import type { Fault } from "#components/shape";
import { given, inDays } from "#components/validation";
import type { FoundationOutputs, PlatformOutputs } from "../contracts.ts";
import { problem } from "../inputs/check.ts";
import type { Profile } from "../inputs/environments/profile.ts";
import { FILES } from "../inputs/files.ts";
import type { ServedModel, ServedModels } from "../inputs/models.ts";
import { isGentle, paceOf, RAMP } from "../inputs/pace.ts";
import type { Release } from "../inputs/release.ts";
import type { ModelRelease } from "../inputs/releases/schema.ts";
import { checkModels, checkTeams } from "../inputs/served.ts";
import type { TeamSpec, Teams } from "../inputs/teams.ts";
import { DOMAIN, IMAGES, PAGES } from "../names.ts";
import { shown, suggestion } from "../wording.ts";
import { repeatedNames, sharedAddresses } from "./collisions.ts";
import { sharedStreams } from "./stream-places.ts";

/** A model and the version of it that the release names. */
export interface ReleasedModel extends ServedModel {
  name: string;
  released: ModelRelease;
}

/** Names of the models that the release has no version of: they are not served in its environment. */
export const notReleased = (release: Release, models: ServedModels): string[] =>
  Object.keys(models).filter((name) => !Object.hasOwn(release.models, name));

/**
 * The models that the release names, with their versions, once release, models and teams fit together. Asks no other layer.
 * A model without a version is left out, mistakes and all: it concerns the environments that it is released in.
 *
 * @throws {pulumi.RunError} listing every misfit at once.
 */
export function fitted(release: Release, models: ServedModels, teams: Teams, profile: Profile): ReleasedModel[] {
  checkTeams(teams);
  checkModels(models, Object.keys(release.models));
  const served = Object.entries(models).flatMap(([name, model]) => {
    const released = Object.hasOwn(release.models, name) ? release.models[name] : undefined;
    return released ? [{ ...model, name, released }] : [];
  });
  refuse([
    ...Object.keys(release.models)
      .filter((name) => !Object.hasOwn(models, name))
      .map(
        (name) =>
          `${FILES.pointer(profile.name)}: models.${name} must be a model of ${FILES.models} (${Object.keys(models).join(", ")}), got '${name}'${suggestion(name, Object.keys(models)) || ": add it there, or run the environment without it"}`,
      ),
    ...served
      .filter(({ team }) => !Object.hasOwn(teams, team))
      .map(
        ({ name, team }) =>
          `${FILES.models}: ${name}.team must be a team of ${FILES.teams} (${Object.keys(teams).join(", ")}), got '${team}'${suggestion(team, Object.keys(teams))}`,
      ),
    ...unreachableHosts(served),
    ...sharedAddresses(served),
    ...repeatedNames(served, teams),
    ...sharedStreams(served),
    ...otherRuntimes(served, profile),
    ...unscaled(served, profile),
    ...invalidPaces(served, profile),
    ...invalidShares(teams),
  ]);
  return served;
}

/** @throws {pulumi.RunError} when an image has no registry, or the model servers at their most need more GPUs than their pool has. */
export function refuseWithoutGround(
  models: readonly ReleasedModel[],
  teams: Teams,
  { name: environment, serving }: Profile,
  { registries }: FoundationOutputs,
  { gpu }: PlatformOutputs,
): void {
  // The platform's own images keep no contract of a model server.
  const repositories = Object.keys(registries).filter((each) => !(IMAGES.platform as readonly string[]).includes(each));
  const needed = models.length * serving.maxReplicas * serving.gpus;
  refuse([
    ...models.flatMap(({ name, released }) =>
      (["image", "fetcher"] as const).flatMap((key) => {
        const { repository } = released[key] ?? {};
        return repository === undefined || repositories.includes(repository)
          ? []
          : [
              `${FILES.modelRelease(name, released.version)}: ${key}.repository must be a repository of foundation-${environment} for model servers (${repositories.join(", ")}), got '${repository}'${suggestion(repository, repositories)}`,
            ];
      }),
    ),
    ...(needed > gpu.inference.gpus
      ? [
          `${FILES.profile(environment)}: serving.maxReplicas × serving.gpus must fit the inference pool's ${gpu.inference.gpus} GPUs for all models together, got ${needed}: raise gpu.inference.maxGpus, or serve with less`,
        ]
      : smallShares(models, teams, serving, gpu.inference.gpus)),
  ]);
}

/** GPUs of a team's model servers, of those in the pool: the quota of their namespace. */
export const servingGpus = ({ gpuShare }: Pick<TeamSpec, "gpuShare">, gpus: number): number => Math.floor(gpuShare * gpus);

/** A release has both versions at once: without GPUs for the second one it waits for ever at its last share. */
function smallShares(models: readonly ReleasedModel[], teams: Teams, serving: Profile["serving"], gpus: number): string[] {
  const { minReplicas, gpus: each } = serving;
  return Object.entries(teams).flatMap(([name, team]) => {
    const owned = models.filter((model) => model.team === name);
    // One release at a time: the one that needs most beside the models at rest.
    const more = Math.max(0, ...owned.map((model) => serversInRelease(model, minReplicas) - minReplicas));
    const needed = (owned.length * minReplicas + more) * each;
    const has = servingGpus(team, gpus);
    const why =
      more === minReplicas
        ? `a release has both versions at serving.minReplicas × serving.gpus (${minReplicas} × ${each})`
        : `a release has at most ${minReplicas + more} servers of both versions with ${each} GPU each`;
    return needed > has
      ? [
          `${FILES.teams}: ${name}.gpuShare must give its model servers at least ${needed} of the inference pool's ${gpus} GPUs, got '${team.gpuShare}', which is ${has}: ${why}`,
        ]
      : [];
  });
}

/** Servers that both versions of a model have together at most during a release, of so many at rest. */
const serversInRelease = ({ canary }: ReleasedModel, servers: number): number =>
  canary?.scarceGpus === true ? mostServers(servers, canary.weights ?? CANARY_DEFAULTS.weights) : 2 * servers;

/** A release brings the files of one kind of program, and some programs run on GPUs alone, or on none. */
function otherRuntimes(models: readonly ReleasedModel[], { name: environment, serving }: Profile): string[] {
  const has = serving.gpus > 0 ? "gpu" : "cpu";
  return models.flatMap(({ name, batch, stream, canary, runtime: { kind } = { kind: "image" }, released }) => {
    const alone = RUNS_ON[kind] ?? has;
    return [
      ...(kind === released.runtime
        ? []
        : [
            `${FILES.models}: ${name}.runtime.kind must be '${released.runtime}', as ${FILES.modelRelease(name, released.version)} says, got '${kind}'`,
          ]),
      ...(batch === undefined || kind === "image"
        ? []
        : [
            `${FILES.models}: ${name}.batch must be left out beside the runtime '${kind}': our own image predicts for tables, with models of MLflow`,
          ]),
      ...(stream === undefined || kind === "image"
        ? []
        : [
            `${FILES.models}: ${name}.stream must be left out beside the runtime '${kind}': our own image predicts for streams, with models of MLflow`,
          ]),
      ...(alone === has
        ? []
        : [
            `${FILES.profile(environment)}: serving.gpus must be ${alone === "gpu" ? "at least 1" : "0"} for '${name}', whose runtime '${kind}' runs on ${alone === "gpu" ? "GPUs" : "CPUs"} alone, got '${serving.gpus}'`,
          ]),
      ...(canary?.scarceGpus !== true || has === "gpu"
        ? []
        : [
            `${FILES.models}: ${name}.canary.scarceGpus must be left out where the servers have no GPUs (serving.gpus of ${environment} is 0), got 'true': an abort would no longer be instant, and no GPU would be saved`,
          ]),
    ];
  });
}

/** An environment without KEDA scales by CPU alone. */
function unscaled(models: readonly ReleasedModel[], { name: environment, serving: { byLoad } }: Profile): string[] {
  return models.flatMap(({ name, scaling }) =>
    scaling === undefined || !isByLoad(scaling) || byLoad
      ? []
      : [
          `${FILES.profile(environment)}: serving.byLoad must be true for '${name}', which scales by '${scaling.by}' in ${FILES.models}, got ${shown(byLoad)}: set it and bring the platform up, or scale by 'cpu'`,
        ],
  );
}

/** The certificate and the hosted zone hold for names directly below the domain, and some of them are pages of the platform. */
function unreachableHosts(models: readonly ReleasedModel[]): string[] {
  const taken: readonly string[] = Object.values(PAGES);
  return models.flatMap(({ name, host }) => {
    const label = host.endsWith(`.${DOMAIN}`) ? host.slice(0, -DOMAIN.length - 1) : "";
    if (!DNS_LABEL.test(label)) {
      return [
        `${FILES.models}: ${name}.host must be a name directly below ${DOMAIN}, such as ${name}.${DOMAIN}, got '${host}': no other name leads to the gateway`,
      ];
    }
    return taken.includes(host)
      ? [`${FILES.models}: ${name}.host must be a name that is not a page of the platform (${taken.join(", ")}), got '${host}'`]
      : [];
  });
}

/** The pace that a model states, with the environment's times for what it leaves out. */
function invalidPaces(models: readonly ReleasedModel[], profile: Profile): string[] {
  return models.flatMap((model) => {
    const { name, canary, blueGreen, abTest } = model;
    const ways = WAYS.filter((way) => model[way] !== undefined);
    // A shadow comes before a canary, whether the model states one or not.
    const [kind, other] = model.shadow !== undefined && canary === undefined ? [...ways, "shadow"] : ways;
    if (other !== undefined) {
      return [`${FILES.models}: ${name}.${other} must be left out beside ${name}.${kind}: a release is one of them`];
    }
    if (model.shadow !== undefined && canary?.scarceGpus === true) {
      return [
        `${FILES.models}: ${name}.canary.scarceGpus must be left out beside ${name}.shadow: both versions answer copies, and need their GPUs`,
      ];
    }
    if (model.grpc === true && blueGreen !== undefined) {
      const why = "it judges a version by its answers to copies, and the gateway does not know the status of those";
      return [`${FILES.models}: ${name}.blueGreen must be left out beside ${name}.grpc: ${why}`];
    }
    const times = paceOf(profile);
    const fault =
      faultInPace(`${name}.canary`, canary, times) ??
      steepShares(`${name}.canary`, canary?.weights) ??
      faultInBlueGreen(`${name}.blueGreen`, blueGreen, times) ??
      faultInShadow(`${name}.shadow`, model.shadow) ??
      faultInAbTest(`${name}.abTest`, abTest, times) ??
      unansweredTest(model, profile);
    return fault ? [`${FILES.models}: ${problem(fault)}`] : [];
  });
}

/** How a model can be released: one of them. */
const WAYS = ["canary", "blueGreen", "abTest"] as const satisfies readonly (keyof ServedModel)[];

const DAY = 86_400;

/** A test needs to know its users, and a Prometheus that remembers its beginning. */
function unansweredTest(model: ReleasedModel, profile: Profile): Fault | undefined {
  const { name, abTest, sticky } = model;
  if (abTest === undefined) {
    return undefined;
  }
  const compared = (["maxPsi", "maxAccuracyLoss"] as const).find((limit) => model[limit] !== undefined);
  if (abTest.audience !== undefined && compared !== undefined) {
    const must = `left out beside ${name}.abTest.audience: what is predicted for an audience, and how well, is not what is for everybody`;
    return { argument: `${name}.${compared}`, must, value: model[compared] };
  }
  if (sticky === undefined) {
    const must = `the header or the cookie that names the user beside ${name}.abTest, so that each user has one version`;
    return { argument: `${name}.sticky`, must, value: sticky };
  }
  const { retentionDays } = profile.monitoring;
  const { testSeconds } = { ...paceOf(profile), ...given(abTest) };
  const must = `at most ${retentionDays * DAY}, the ${inDays(retentionDays)} that the Prometheus of ${profile.name} remembers`;
  return testSeconds > retentionDays * DAY ? { argument: `${name}.abTest.testSeconds`, must, value: testSeconds } : undefined;
}

function steepShares(argument: string, weights: readonly number[] = []): Fault | undefined {
  const must = `shares that begin with at most ${RAMP.firstWeight} and rise by at most ${RAMP.step} at a time`;
  return isGentle(weights) ? undefined : { argument: `${argument}.weights`, must, value: weights };
}

/** Quotas above the pool would admit jobs that then wait for nodes which never come. */
function invalidShares(teams: Teams): string[] {
  const total = Object.values(teams).reduce((sum, { gpuShare }) => sum + gpuShare, 0);
  // 0.1 + 0.2 + 0.7 is more than 1 in binary.
  return total > 1 + 1e-9 ? [`${FILES.teams}: the GPU shares of all teams must add up to at most 1, got '${total}'`] : [];
}

function refuse(problems: string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
}
