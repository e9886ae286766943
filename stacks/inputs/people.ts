import type { EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import type { Teams } from "./teams.ts";

/**
 * What a plan says about groups of teams that have nobody in them: a sentence for each team.
 *
 * @param groups people of each group, as `millrace:owners.groups` has them.
 */
export function teamsWithoutPeople(
  environment: EnvironmentName,
  teams: Teams,
  groups: Readonly<Record<string, readonly string[] | undefined>>,
): string[] {
  return Object.entries(teams).flatMap(([team, spec]) => {
    const empty = Object.values<string>({ ...spec.groups }).filter((group) => (groups[group] ?? []).length === 0);
    return empty.length === 0
      ? []
      : [
          `${FILES.config("*", environment)}: nobody is in ${empty.join(" and ")} of team '${team}': name the IAM roles of its people in millrace:owners.groups`,
        ];
  });
}
