import * as pulumi from "@pulumi/pulumi";
import { closed, fields, listOf, oneOf, optional, type Rule } from "#components/shape";
import { problemsIn } from "./check.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";

/** Who acts, and who that is. */
export const ROLES = {
  "data-scientist": "a team's people who train and register candidates: its group `dataScientists` in `stacks/inputs/teams.ts`",
  "ml-engineer": "a team's people who release and operate models: its group `mlEngineers` in `stacks/inputs/teams.ts`",
  "platform-engineer": "people who build the platform: the roles in `owners.roles` of the stack config",
  sre: "people who are paged: the group `millrace-sre` in `owners.groups` of the stack config",
  ci: "the pipeline, by OIDC: plans, deploys, publishes and promotes, with a role for each (`components/ci/`)",
  trainer: "a team's jobs on the cluster: the service account `jobs` of its namespace",
  auditor: "people who check, and change nothing: the group `millrace-auditors` in `owners.groups` of the stack config",
} as const;
export type RoleName = keyof typeof ROLES;

/** Kubernetes groups of people who work for all teams; the config key `owners.groups` says who is in them. */
export const PEOPLE_GROUPS = { sre: "millrace-sre", auditor: "millrace-auditors" } as const;

/** What can be done, by what enforces it. */
export const ACTIONS = {
  Kubernetes: {
    train: "run jobs in the team's namespace `team-<team>`, through the queue",
    "observe-models": "look at the team's models and releases in `models-<team>`, logs included",
    "operate-models": "that, and promote or abort a release",
    "read-cluster": "read every object but Secrets",
    "read-logs": "read the logs of every pod",
    "administer-cluster": "everything in the cluster",
  },
  AWS: {
    "reach-cluster": "find the cluster's address, and forward a port to it over the access host",
    "read-team-data": "read the team's folders of the data store, and what its runs left",
    "add-team-data": "put files under `new-data/<team>/`",
    "keep-run-files": "put files of runs under `teams/<team>/` of the artifact store",
    "read-models": "read the files of promoted models",
    "read-configuration": "read how everything is configured, never what it holds",
    "read-trail": "read the audit trail",
    "keep-keys": "enable, disable and rotate keys, without using any",
    "publish-models": "put model files and images, delete none",
    deploy: "make and change what the three layers declare, under boundaries",
    "take-emergency-access": "take the role for emergencies while a dated entry of the stack config is in force",
  },
  MLflow: {
    "read-registry": "see registered models, their versions and aliases",
    "track-runs": "make experiments and runs",
    "register-candidates": "register a model's version",
    "bring-versions": "register a version of another environment, whose record stands in its tags",
    "set-candidate": "set the alias `candidate`",
    "set-champion": "set the alias `champion`, which is what serves",
    "administer-tracking": "make users and give rights",
  },
  Grafana: {
    "view-dashboards": "Viewer",
    "edit-dashboards": "Editor: explore metrics, make silences",
    "administer-dashboards": "Admin",
  },
} as const;
type Plane = keyof typeof ACTIONS;
export type ActionName = { [P in Plane]: keyof (typeof ACTIONS)[P] }[Plane];

/** Environments in which a role may do something. What stands in no line may nobody do. */
export type Rights = Readonly<Record<RoleName, Readonly<Partial<Record<ActionName, readonly EnvironmentName[]>>>>>;

const EVERYWHERE = ENVIRONMENTS;
const BEFORE_PROD = ["dev", "staging"] as const;
const DEV = ["dev"] as const;

/** The one table of rights: IAM policies, access entries, RBAC, the roles of MLflow and Grafana, and `docs/access.md` follow from it. */
export const rights: Rights = {
  "data-scientist": {
    train: EVERYWHERE,
    "observe-models": EVERYWHERE,
    "reach-cluster": EVERYWHERE,
    "read-team-data": BEFORE_PROD,
    "add-team-data": BEFORE_PROD,
    "read-models": BEFORE_PROD,
    "read-registry": EVERYWHERE,
    "track-runs": BEFORE_PROD,
    "register-candidates": BEFORE_PROD,
    "set-candidate": BEFORE_PROD,
    "view-dashboards": EVERYWHERE,
  },
  "ml-engineer": {
    train: EVERYWHERE,
    "operate-models": EVERYWHERE,
    "reach-cluster": EVERYWHERE,
    "read-team-data": BEFORE_PROD,
    "add-team-data": BEFORE_PROD,
    "read-models": EVERYWHERE,
    "read-registry": EVERYWHERE,
    "track-runs": BEFORE_PROD,
    "register-candidates": BEFORE_PROD,
    "set-candidate": BEFORE_PROD,
    "set-champion": DEV,
    "view-dashboards": EVERYWHERE,
  },
  "platform-engineer": {
    "administer-cluster": EVERYWHERE,
    "reach-cluster": EVERYWHERE,
    "read-configuration": EVERYWHERE,
    "read-models": EVERYWHERE,
    "take-emergency-access": EVERYWHERE,
    "read-registry": EVERYWHERE,
    "administer-tracking": EVERYWHERE,
    "administer-dashboards": EVERYWHERE,
  },
  sre: {
    "operate-models": EVERYWHERE,
    "read-cluster": EVERYWHERE,
    "read-logs": EVERYWHERE,
    "reach-cluster": EVERYWHERE,
    "read-configuration": EVERYWHERE,
    "read-models": EVERYWHERE,
    "keep-keys": EVERYWHERE,
    "take-emergency-access": EVERYWHERE,
    "read-registry": EVERYWHERE,
    "edit-dashboards": EVERYWHERE,
  },
  ci: {
    "administer-cluster": EVERYWHERE,
    "read-configuration": EVERYWHERE,
    "publish-models": EVERYWHERE,
    deploy: EVERYWHERE,
    "read-registry": EVERYWHERE,
    "register-candidates": EVERYWHERE,
    "bring-versions": EVERYWHERE,
    "set-candidate": EVERYWHERE,
    "set-champion": EVERYWHERE,
  },
  trainer: {
    "read-team-data": EVERYWHERE,
    "keep-run-files": EVERYWHERE,
    "read-registry": EVERYWHERE,
    "track-runs": EVERYWHERE,
    "register-candidates": BEFORE_PROD,
    "set-candidate": BEFORE_PROD,
  },
  auditor: {
    "read-cluster": EVERYWHERE,
    "reach-cluster": EVERYWHERE,
    "read-configuration": EVERYWHERE,
    "read-models": EVERYWHERE,
    "read-trail": EVERYWHERE,
    "read-registry": EVERYWHERE,
    "view-dashboards": EVERYWHERE,
  },
};

export const ROLE_NAMES = Object.keys(ROLES) as RoleName[];

/** Whether the table lets a role do something in an environment. */
export const may = (role: RoleName, action: ActionName, environment: EnvironmentName, table = rights): boolean =>
  table[role][action]?.includes(environment) ?? false;

/** Roles that may do something in an environment, in the order of the table. */
export const rolesThatMay = (action: ActionName, environment: EnvironmentName, table = rights): RoleName[] =>
  ROLE_NAMES.filter((role) => may(role, action, environment, table));

const actionNames = Object.values(ACTIONS).flatMap((plane) => Object.keys(plane)) as ActionName[];

const where = listOf(oneOf(...ENVIRONMENTS), 1);
const TABLE: Rule<Rights> = closed(
  fields<Rights>(
    Object.fromEntries(
      ROLE_NAMES.map((role) => [
        role,
        closed(fields(Object.fromEntries(actionNames.map((action) => [action, optional(where)])) as never)),
      ]),
    ) as never,
  ),
);

/** Rights that no role may have together, with the reason. */
const APART: readonly (readonly [ActionName, ActionName, string])[] = [
  ["keep-keys", "read-team-data", "who keeps keys uses none"],
  ["keep-keys", "deploy", "who keeps keys uses none"],
  ["read-trail", "deploy", "who checks changes nothing"],
  ["read-trail", "operate-models", "who checks changes nothing"],
  ["take-emergency-access", "deploy", "a program has no emergencies"],
  ["take-emergency-access", "train", "who trains asks those who are on duty"],
];

/**
 * @throws {pulumi.RunError} when the table of rights is not what its type says, or gives one role what must be apart, listing every fault
 * at once: file, key, rule, value.
 */
export function checkRights(table: unknown): asserts table is Rights {
  const broken = problemsIn(table, TABLE);
  const problems = broken.length > 0 ? broken : [...twice(table as Rights), ...unseparated(table as Rights)];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILES.rights}: ${problem}`).join("\n"));
  }
}

const twice = (table: Rights): string[] =>
  ROLE_NAMES.flatMap((role) =>
    Object.entries(table[role]).flatMap(([action, environments]) =>
      new Set(environments).size === environments.length
        ? []
        : [`${role}.${action} must name each environment once, got '${environments.join(", ")}'`],
    ),
  );

/** Separation of duties (NIST SP 800-53, AC-5). */
const unseparated = (table: Rights): string[] => [
  ...rolesThatMay("set-champion", "prod", table)
    .filter((role) => role !== "ci")
    .map((role) => `${role}.set-champion must not contain prod: only the promotion (ci) decides what serves there`),
  ...ROLE_NAMES.flatMap((role) =>
    APART.flatMap(([one, other, why]) =>
      ENVIRONMENTS.filter((environment) => may(role, one, environment, table) && may(role, other, environment, table)).map(
        (environment) => `${role} must not have both ${one} and ${other} in ${environment}: ${why}`,
      ),
    ),
  ),
];
