import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { ACTIONS, type ActionName, may, ROLE_NAMES, ROLES, type RoleName } from "#stacks/inputs/roles";

/** The page `docs/access.md`, from the table of rights. */
export const accessPage = (): string =>
  `${[
    "# Who may do what",
    "",
    "`npm run access` writes this page from the table in `stacks/inputs/roles.ts`. The IAM policies of people, the rights in the cluster,",
    "and the roles of MLflow and Grafana follow from the same table. Why it is as it is: [decisions/access.md](decisions/access.md).",
    "",
    "## Roles",
    "",
    ...table(
      ["role", "who"],
      ROLE_NAMES.map((role) => [role, ROLES[role]]),
    ),
    "",
    "## Rights",
    "",
    "`all` stands for every environment, `–` for nobody.",
    ...Object.entries(ACTIONS).flatMap(([plane, actions]) => [
      "",
      `### ${plane}`,
      "",
      ...rightsIn(actions),
      "",
      ...meaningOf(actions),
    ]),
    "",
    "## How people get their rights",
    "",
    "- **AWS.** The foundation makes a managed policy for each role of people, `millrace-<env>-people-<role>`. Attach it by its name to a",
    "  permission set of IAM Identity Center, or to the role itself. The tag `team` of the role or session says whose folders it reaches.",
    "- **Kubernetes.** `owners.roles` and `owners.groups` of the stack config name the IAM roles; access entries and bindings follow.",
    "- **Grafana.** The claim `groups` of single sign-on: `millrace-platform-engineers` are Admins, `millrace-sre` are Editors, all others",
    "  are Viewers. `signOn.role` of the stack config replaces this.",
    "- **MLflow.** The claim `groups` of a token of the provider in `trackingSignOn` of the stack config: the groups of the teams, and the three",
    "  above. Jobs and the pipeline sign in with tokens of their own: [decisions/tracking-rights.md](decisions/tracking-rights.md).",
    "",
    "## Emergency access",
    "",
    "One person gets the cluster for some hours by a dated entry in the three stack config files of the environment:",
    "",
    "```yaml",
    "millrace:breakGlass:",
    "  for: sre # the role from which the person comes: platform-engineer or sre",
    "  person: ada@example.com # name of their session in IAM Identity Center",
    '  reason: "INC-7: no rollout ends"',
    '  from: "2026-12-01T14:00:00Z"',
    '  until: "2026-12-01T18:00:00Z" # 2 to 8 hours later',
    "  topic: arn:aws:sns:eu-north-1:333333333333:security # is told of each use; its policy lets events.amazonaws.com publish",
    "```",
    "",
    "A person with the rights of an administrator runs `pulumi up` of the foundation and then of the platform. The person of the entry takes",
    "the role by the endpoint of STS in the region (`AWS_STS_REGIONAL_ENDPOINTS=regional`, the default of today's tools):",
    "",
    "```sh",
    "aws sts assume-role --role-arn arn:aws:iam::333333333333:role/millrace-prod-break-glass --role-session-name ada@example.com",
    "```",
    "",
    "It ends by itself: no session begins in the last hour, and none is longer than an hour. The next `up` refuses the ended entry until it is",
    "removed. The trail, the topic, the log of the Kubernetes API and the history of the config files say who, when and why.",
  ].join("\n")}\n`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);

const rightsIn = (actions: object): string[] =>
  table(
    ["", ...ROLE_NAMES],
    (Object.keys(actions) as ActionName[]).map((action) => [action, ...ROLE_NAMES.map((role) => where(role, action))]),
  );

function where(role: RoleName, action: ActionName): string {
  const environments = ENVIRONMENTS.filter((environment) => may(role, action, environment));
  return environments.length === ENVIRONMENTS.length ? "all" : environments.join(", ") || "–";
}

const meaningOf = (actions: object): string[] => Object.entries(actions).map(([action, meaning]) => `- ${action}: ${meaning}`);
