import * as pulumi from "@pulumi/pulumi";
import { PLAN_GROUP } from "#components/cluster/cluster-reader";
import { measure } from "#components/serving/autoscaling";
import { declaredRuntime } from "#components/serving/runtimes/runtime";
import { sticky } from "#components/serving/sticky";
import { abTestPace, blueGreenPace, releasePace, shadowTerms } from "#components/serving/strategies/release-pace";
import {
  anyNumber,
  anyText,
  closed,
  fields,
  flag,
  hasHiddenKeys,
  number,
  optional,
  type Rule,
  shortLabel,
  text,
} from "#components/shape";
import { group } from "#components/teams/team";
import { shown } from "../wording.ts";
import { batchRule } from "./batch.ts";
import { problemsIn } from "./check.ts";
import { FILES } from "./files.ts";
import type { ServedModel } from "./models.ts";
import { PEOPLE_GROUPS } from "./roles.ts";
import { streamRule } from "./stream.ts";
import type { TeamGroups, TeamSpec, Teams } from "./teams.ts";

const TEAM: Rule<TeamSpec, false> = closed(
  fields<TeamSpec>({
    groups: closed(fields<TeamGroups>({ dataScientists: group, mlEngineers: group })),
    gpuShare: number({ min: 0, max: 1 }),
  }),
);

/** What a model must be. Ranges that the components of serving have are left to them. */
const MODEL: Rule<ServedModel, false> = closed(
  fields<ServedModel>({
    team: text,
    host: text,
    path: optional(anyText),
    grpc: optional(flag),
    latencyTargetMs: optional(anyNumber),
    maxErrorShare: optional(anyNumber),
    maxSlowShare: optional(anyNumber),
    maxPsi: optional(anyNumber),
    maxAccuracyLoss: optional(anyNumber),
    maxInFlight: optional(anyNumber),
    scaling: optional(measure),
    canary: releasePace,
    blueGreen: blueGreenPace,
    shadow: shadowTerms,
    abTest: abTestPace,
    runtime: optional(declaredRuntime),
    batch: batchRule,
    stream: streamRule,
    sticky: optional(closed(sticky)),
  }),
);

/**
 * @throws {pulumi.RunError} when the teams are not what their type says, or two of them have the same people, listing every fault at once:
 * file, key, rule, value.
 */
export function checkTeams(teams: unknown): asserts teams is Teams {
  refuse(FILES.teams, problemsOfTable(teams, TEAM));
  refuse(FILES.teams, sharedGroups(teams as Teams));
}

/** A group gives rights in the namespaces of its team: as a group of another one, or of CI, it gives them to strangers. */
function sharedGroups(teams: Teams): string[] {
  const owners = new Map([
    [PLAN_GROUP, { team: "", place: "CI" }],
    ...Object.entries(PEOPLE_GROUPS).map(([role, group]) => [group, { team: "", place: `the role ${role}` }] as const),
  ]);
  return Object.entries(teams).flatMap(([team, { groups }]) => [
    ...(groups.dataScientists === groups.mlEngineers ? [`${team}.groups must be distinct, got '${groups.mlEngineers}'`] : []),
    ...Object.entries(groups).flatMap(([role, group]: [string, string]) => {
      const own = { team, place: `${team}.groups.${role}` };
      const owner = owners.get(group) ?? own;
      owners.set(group, owner);
      return owner.team === team
        ? []
        : [
            `${own.place} must be a group of its own, got '${group}', which is that of ${owner.place}: give the team a group of its own people`,
          ];
    }),
  ]);
}

/**
 * Only the models that an environment serves are held against their type: another one concerns the environments that it is released in.
 *
 * @throws {pulumi.RunError} when a model is not what its type says, listing every fault at once: file, key, rule, value.
 */
export function checkModels(models: unknown, served: readonly string[]): void {
  refuse(FILES.models, problemsOfTable(models, MODEL, served));
}

function refuse(file: string, problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
}

function problemsOfTable(table: unknown, rule: Rule<never>, only?: readonly string[]): string[] {
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    return [`the whole must be an object, got ${shown(table)}`];
  }
  if (hasHiddenKeys(table)) {
    return [`a name must be ${shortLabel.must}, got '__proto__'`];
  }
  return Object.entries(table)
    .filter(([name]) => only?.includes(name) ?? true)
    .flatMap(([name, value]) => [
      ...(shortLabel.fits(name) ? [] : [`a name must be ${shortLabel.must}, got '${name}'`]),
      ...problemsIn(value, rule, name),
    ]);
}
