import type { TeamPeople } from "#components/teams/team";
import type { EnvironmentName } from "./inputs/environments/profile.ts";
import { ACTIONS, type ActionName, may, PEOPLE_GROUPS, ROLE_NAMES, type RoleName, rolesThatMay } from "./inputs/roles.ts";
import type { TeamGroups } from "./inputs/teams.ts";

// What follows from the table of rights for Kubernetes, MLflow and Grafana. What follows for AWS: foundation/people.ts.

/** Groups that may do something in a team's namespaces: its own, and those of people who work for all teams. */
export function peopleOf(groups: TeamGroups, environment: EnvironmentName): TeamPeople {
  const groupOf: Partial<Record<RoleName, string>> = {
    "data-scientist": groups.dataScientists,
    "ml-engineer": groups.mlEngineers,
    ...PEOPLE_GROUPS,
  };
  const that = (action: ActionName): string[] => rolesThatMay(action, environment).flatMap((role) => groupOf[role] ?? []);
  return { train: that("train"), observe: that("observe-models"), operate: that("operate-models") };
}

/** Groups that read the whole cluster, Secrets excepted. */
export const readersOf = (environment: EnvironmentName): { role: RoleName; group: string; logs: boolean }[] =>
  Object.entries(PEOPLE_GROUPS)
    .map(([role, group]) => ({ role: role as RoleName, group }))
    .filter(({ role }) => may(role, "read-cluster", environment))
    .map(({ role, group }) => ({ role, group, logs: may(role, "read-logs", environment) }));

/** What each role may do on the environment's tracking server. No role is anything by default. */
export const trackingRights = (environment: EnvironmentName): Record<RoleName, ActionName[]> =>
  Object.fromEntries(ROLE_NAMES.map((role) => [role, TRACKING.filter((action) => may(role, action, environment))])) as Record<
    RoleName,
    ActionName[]
  >;

const TRACKING = Object.keys(ACTIONS.MLflow) as ActionName[];

/** Group of the platform's engineers in the claims of single sign-on; in the cluster they are known by the roles in `owners.roles`. */
export const SIGN_ON_GROUPS = { ...PEOPLE_GROUPS, "platform-engineer": "millrace-platform-engineers" } as const;

/**
 * JMESPath over the claim `groups` that gives Grafana's role, the strongest first; whoever is in none of the groups is a Viewer
 * (Grafana documentation, "Configure generic OAuth authentication", role mapping).
 */
export function dashboardRole(environment: EnvironmentName): string {
  const groups = Object.entries(SIGN_ON_GROUPS) as [RoleName, string][];
  const given = (action: ActionName, word: string): string[] =>
    groups
      .filter(([role]) => may(role, action, environment))
      // Without the empty list, a person without the claim would be refused instead of being a Viewer.
      .map(([, group]) => `contains(not_null(groups, \`[]\`), '${group}') && '${word}'`);
  return [...given("administer-dashboards", "Admin"), ...given("edit-dashboards", "Editor"), "'Viewer'"].join(" || ");
}
