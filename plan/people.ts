import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import type { Teams } from "#stacks/inputs/teams";

/**
 * Teams whose groups have nobody in them: the cluster has their namespaces, and no person may enter.
 *
 * @param owners `millrace:owners` of the stack config, as the engine hands it to the program
 */
export function teamsWithoutPeople(teams: Teams, owners: string | undefined, environment: EnvironmentName): string[] {
  const { groups = {} } = JSON.parse(owners ?? "{}") as { groups?: Record<string, string[]> };
  return Object.entries(teams).flatMap(([team, spec]) => {
    const empty = Object.values(spec.groups).filter((group: string) => (groups[group] ?? []).length === 0);
    const file = FILES.config("*", environment);
    return empty.length === 0
      ? []
      : [
          `${file}: millrace:owners.groups has nobody in ${empty.join(", ")}: these people of team ${team} cannot use the cluster`,
        ];
  });
}
