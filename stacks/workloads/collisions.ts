import { overlap } from "#components/serving/exposure";
import { servingNames } from "#components/serving/names";
import { PATH } from "#components/serving/runtimes/image";
import { modelsNamespace } from "#components/teams/team";
import { clusterQueuesOf } from "#components/training/team-queue";
import { FILES } from "../inputs/files.ts";
import type { ServedModel } from "../inputs/models.ts";
import type { Teams } from "../inputs/teams.ts";

type NamedModel = Pick<ServedModel, "team" | "host" | "path" | "shadow"> & { name: string };

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
function ofModel({ name: model, team, shadow }: NamedModel): Claim[] {
  const { name, namespace, split, rootRoute, comparer } = servingNames(model, modelsNamespace(team));
  const claim = { file: FILES.models, of: model };
  return [
    ...[name, ...(shadow === undefined ? [] : [comparer])].map((each) => ({
      ...claim,
      scope: `account of ${namespace}`,
      name: each,
    })),
    ...[name, split].map((each) => ({ ...claim, scope: `VirtualService of ${namespace}`, name: each })),
    { ...claim, scope: "route in the gateway", name: rootRoute },
  ];
}

/** Two models under one host of which one's path is the other's, or lies below it, would take each other's requests. */
export function sharedAddresses(models: readonly NamedModel[]): string[] {
  return models.flatMap(({ name, host, path = PATH }, at) => {
    const other = models.slice(0, at).find((each) => each.host === host && overlap(path, each.path ?? PATH));
    return other
      ? [
          `${FILES.models}: ${name}.path must be apart from the path of '${other.name}' on the same host, '${other.path ?? PATH}', got '${path}': take a path that does not lie below the other, or another host`,
        ]
      : [];
  });
}
