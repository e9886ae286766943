import { CANARY_DEFAULTS } from "#components/serving/strategies/canary";
import { models, type ServedModel } from "#stacks/inputs/models";
import { versionsOf } from "#stacks/inputs/releases/read";
import { type TeamSpec, type Teams, teams } from "#stacks/inputs/teams";

/** The model that is released under load: the first one of `stacks/inputs/models.ts`. */
export const MODEL = "fraud";

/** Shares that a new version of a model gets, percent. */
export const weightsOf = (model: string): readonly number[] => models[model]?.canary?.weights ?? CANARY_DEFAULTS.weights;

/** Versions that have no release yet. */
export function nextVersions(): { good: string; bad: string } {
  const now = Number(versionsOf(MODEL).at(-1) ?? 0);
  return { good: String(now + 1), bad: String(now + 2) };
}

/** Part of the GPUs that the rehearsal takes from the repository's teams and gives to the second one, 0 to 1. */
const SECOND_SHARE = 0.5;

/** The repository's teams, with room for one more. */
export const roomyTeams = (): Teams =>
  Object.fromEntries(
    Object.entries(teams).map(([name, team]) => [name, { ...team, gpuShare: team.gpuShare * (1 - SECOND_SHARE) }]),
  );

/** A team that the rehearsal adds: what a person would write in `stacks/inputs/teams.ts`. */
export const SECOND_TEAM = {
  name: "second",
  spec: {
    groups: { dataScientists: "second-data-scientists", mlEngineers: "second-ml-engineers" },
    gpuShare: SECOND_SHARE,
  },
} as const satisfies { name: string; spec: TeamSpec };

/** Its model: what a person would write in `stacks/inputs/models.ts`. */
export const SECOND_MODEL = {
  name: "second-model",
  spec: { team: SECOND_TEAM.name, host: "second.models.internal" },
} as const satisfies { name: string; spec: ServedModel };
