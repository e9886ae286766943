import { overlap, pathOf } from "#components/serving/exposure";
import { servingNames, splitsOf } from "#components/serving/names";
import { declaredContract } from "#components/serving/runtimes/runtime";
import { streamName } from "#components/serving/streams/workload";
import { modelsNamespace } from "#components/teams/team";
import { clusterQueuesOf } from "#components/training/team-queue";
import { FILES } from "../inputs/files.ts";
import type { ServedModel } from "../inputs/models.ts";
import type { Teams } from "../inputs/teams.ts";

type NamedModel = Pick<ServedModel, "team" | "host" | "path" | "grpc" | "shadow" | "runtime" | "stream"> & { name: string };

/** A name that an object gets from a team or a model, among all others of its kind. */
interface Claim {
  /** Kind of the object and where it stands: names of two scopes cannot collide. */
  scope: string;
  name: string;
  /** Who claims it, as a refusal names it. */
  file: string;
  of: string;
}

/** Teams and models of which two objects would have one name: `a` with `b-c` and `a-b` with `c` are the same once they are joined. */
export function repeatedNames(models: readonly NamedModel[], teams: Teams): string[] {
  const owners = new Map<string, Claim>();
  return [...Object.keys(teams).flatMap(ofTeam), ...models.flatMap(ofModel)].flatMap((claim) => {
    const { scope, name, file, of } = claim;
    const key = `${scope} ${name}`;
    const other = owners.get(key);
    owners.set(key, other ?? claim);
    return other && other.of !== of
      ? [`${file}: ${of} must have another name, got '${of}': its ${scope} '${name}' would be that of '${other.of}' too`]
      : [];
  });
}

const ofTeam = (team: string): Claim[] =>
  Object.values(clusterQueuesOf(team)).map((name) => ({ scope: "ClusterQueue", name, file: FILES.teams, of: team }));

/** The root's route names also the filter of sticky users and the dashboard, which stand beside those of other teams. */
function ofModel({ name: model, team, grpc = false, shadow, stream }: NamedModel): Claim[] {
  const names = servingNames(model, modelsNamespace(team), { grpc });
  const { name, namespace, rootRoute, comparer } = names;
  const claim = { file: FILES.models, of: model };
  return [
    ...[name, ...(shadow === undefined ? [] : [comparer]), ...(stream === undefined ? [] : [streamName(model)])].map((each) => ({
      ...claim,
      scope: `account of ${namespace}`,
      name: each,
    })),
    ...[name, ...splitsOf(names).map(({ virtualService }) => virtualService)].map((each) => ({
      ...claim,
      scope: `VirtualService of ${namespace}`,
      name: each,
    })),
    { ...claim, scope: "route in the gateway", name: rootRoute },
  ];
}

/** Two models under one host would take each other's requests where a path of one is a path of the other, or lies below it. */
export function sharedAddresses(models: readonly NamedModel[]): string[] {
  return models.flatMap((model, at) => {
    const [other, path, theirs] =
      models
        .slice(0, at)
        .filter(({ host }) => host === model.host)
        .flatMap((each) => sharedPaths(model, each))[0] ?? [];
    return other === undefined ? [] : [`${FILES.models}: ${model.name}.${apart(model, other, path, theirs)}`];
  });
}

type Shared = [other: NamedModel, path: string, theirs: string];

const sharedPaths = (model: NamedModel, other: NamedModel): Shared[] =>
  pathsOf(model).flatMap((path) =>
    pathsOf(other)
      .filter((theirs) => overlap(path, theirs))
      .map((theirs): Shared => [other, path, theirs]),
  );

/** A client of gRPC cannot set a path: its methods are paths under the host. */
function pathsOf(model: NamedModel): [own: string, ...methods: string[]] {
  const { name, path, grpc: asked = false, runtime = { kind: "image" } } = model;
  const contract = declaredContract(runtime, { name, grpc: asked });
  return [path ?? contract.path, ...(contract.grpc?.methods ?? []).map(pathOf)];
}

const apart = (model: NamedModel, { name }: NamedModel, path: string | undefined, theirs: string | undefined): string =>
  path === pathsOf(model)[0]
    ? `path must be apart from the path of '${name}' on the same host, '${theirs}', got '${path}': take a path that does not lie below the other, or another host`
    : `grpc must be left out beside '${name}' on the same host, whose '${theirs}' takes the same requests: take another host`;
