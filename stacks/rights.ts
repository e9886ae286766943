import type { TeamPeople } from "#components/teams/team";
import type { EnvironmentName } from "./inputs/environments/profile.ts";
import { type ActionName, may, PEOPLE_GROUPS, ROLE_NAMES, type RoleName, rolesThatMay } from "./inputs/roles.ts";
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

/** What MLflow lets a role do, in its own words; it has none for single aliases: whoever may edit a model could set each. */
export interface TrackingRights {
  experiments: Permission;
  registeredModels: Permission;
  /** Aliases that the role may set and delete. */
  aliases: readonly string[];
}
type Permission = "NO_PERMISSIONS" | "READ" | "EDIT" | "MANAGE";

/** MLflow's permissions of each role in the environment's own registry. No role is anything by default. */
export function trackingRights(environment: EnvironmentName): Record<RoleName, TrackingRights> {
  const of = (role: RoleName): TrackingRights => {
    const can = (action: ActionName): boolean => may(role, action, environment);
    const aliases = ALIASES.filter((alias) => can(`set-${alias}`));
    const most = (edits: boolean): Permission =>
      can("administer-tracking") ? "MANAGE" : edits ? "EDIT" : can("read-registry") ? "READ" : "NO_PERMISSIONS";
    return {
      experiments: most(can("track-runs")),
      registeredModels: most(can("register-candidates") || aliases.length > 0),
      aliases,
    };
  };
  return Object.fromEntries(ROLE_NAMES.map((role) => [role, of(role)])) as Record<RoleName, TrackingRights>;
}

const ALIASES = ["candidate", "champion"] as const;

/** Group of the platform's engineers in the claims of single sign-on; in the cluster they are known by the roles in `owners.roles`. */
const SIGN_ON_GROUPS = { ...PEOPLE_GROUPS, "platform-engineer": "millrace-platform-engineers" } as const;

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
