import * as pulumi from "@pulumi/pulumi";
import { releasePace } from "#components/serving/strategies/release-pace";
import { anyNumber, anyText, closed, fields, number, optional, type Rule, shortLabel, text } from "#components/shape";
import type { TeamGroups } from "#components/teams/team";
import { hasHiddenKeys, problemsIn } from "./check.ts";
import { FILES } from "./files.ts";
import type { ServedModel } from "./models.ts";
import type { TeamSpec, Teams } from "./teams.ts";

const TEAM: Rule<TeamSpec, false> = closed(
  fields<TeamSpec>({
    groups: closed(fields<TeamGroups>({ dataScientists: text, mlEngineers: text })),
    gpuShare: number({ min: 0, max: 1 }),
  }),
);

/** What a model must be. Ranges that the components of serving have are left to them. */
const MODEL: Rule<ServedModel, false> = closed(
  fields<ServedModel>({
    team: text,
    host: text,
    path: optional(anyText),
    latencyTargetMs: optional(anyNumber),
    maxErrorShare: optional(anyNumber),
    maxSlowShare: optional(anyNumber),
    canary: releasePace,
    stickyHeader: optional(text),
  }),
);

/** @throws {pulumi.RunError} when the teams are not what their type says, listing every fault at once: file, key, rule, value. */
export function checkTeams(teams: unknown): asserts teams is Teams {
  refuse(FILES.teams, teams, TEAM);
}

/**
 * Only the models that an environment serves are held against their type: another one concerns the environments that it is released in.
 *
 * @throws {pulumi.RunError} when a model is not what its type says, listing every fault at once: file, key, rule, value.
 */
export function checkModels(models: unknown, served: readonly string[]): void {
  refuse(FILES.models, models, MODEL, served);
}

function refuse(file: string, table: unknown, rule: Rule<never>, only?: readonly string[]): void {
  const problems = problemsOfTable(table, rule, only);
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${file}: ${problem}`).join("\n"));
  }
}

function problemsOfTable(table: unknown, rule: Rule<never>, only: readonly string[] | undefined): string[] {
  if (typeof table !== "object" || table === null || Array.isArray(table)) {
    return [`the whole must be an object, got '${String(table)}'`];
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
