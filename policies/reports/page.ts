import { ENVIRONMENTS, type Environment, isResourceRule, type Level, type Rule } from "../rule.ts";

/** Path of the page about a rule, below the repository. */
export const pageOf = ({ id }: Rule): string => `docs/policies.md#${id.toLowerCase()}`;

const LEVELS: Record<Level, string> = { off: "–", advisory: "advisory", mandatory: "mandatory" };
const FAMILIES: Record<string, string> = {
  EKS: "Cluster and nodes",
  S3: "Object stores",
  DB: "Databases",
  AWS: "Accounts and providers",
  IAM: "Identities",
  KMS: "Keys",
  SEC: "Secrets",
  NET: "Network",
  K8S: "Kubernetes objects",
  IMG: "Images",
  RUN: "Builds",
  MESH: "Mesh and routes",
  GPU: "GPUs and queues",
  COST: "Cost",
  RES: "Residency",
  PII: "Personal data",
  AUD: "Audit",
  REL: "Reliability",
  CAN: "Canary releases",
  OBS: "Monitoring and alerts",
  CTL: "Controllers",
};

/** The reference of all rules as one Markdown page. */
export function rulesPage(catalogue: readonly Rule[]): string {
  const families = [...Map.groupBy(catalogue, familyOf)].map(
    ([family, members]) => [FAMILIES[family] ?? family, members.toSorted((a, b) => a.id.localeCompare(b.id))] as const,
  );
  const rules = families.flatMap(([, members]) => members);
  return [
    "# Policies",
    "",
    "<!-- Written by `npm run policies` from `policies/catalogue.ts`: change the rules, not this page. -->",
    "",
    `${rules.length} rules. They are checked in \`millrace plan\`, in \`pulumi preview\` and \`up\` with \`--policy-pack policies\`, and in \`pulumi policy analyze\`. The API server also checks those marked *cluster*.`,
    "How to use them: [guides/policies.md](guides/policies.md). A rule is the file of its id: CAN-02 is `policies/rules/can/can-02.ts`.",
    "",
    families.map(([family]) => `[${family}](#${family.toLowerCase().replaceAll(" ", "-")})`).join(" · "),
    "",
    "| rule | requirement | severity | dev | staging | prod | cluster |",
    "|---|---|---|---|---|---|---|",
    ...rules.map(
      ({ id, title, severity, levels, admission }) =>
        `| [${id}](#${id.toLowerCase()}) | ${title} | ${severity} | ${ENVIRONMENTS.map((environment) => LEVELS[levels[environment]]).join(" | ")} | ${admission ? "✓" : ""} |`,
    ),
    ...families.flatMap(([family, members]) => ["", `## ${family}`, ...members.flatMap(section)]),
    "",
  ].join("\n");
}

const familyOf = ({ id }: Rule): string => id.split("-")[0]!;

function section(rule: Rule): string[] {
  const { id, title, severity, frameworks, remediation, peers = [], parameters, levels } = rule;
  return [
    "",
    `### ${id}`,
    "",
    `${title}.`,
    "",
    `- **Severity** ${severity}; ${ENVIRONMENTS.map((environment) => `${environment} ${LEVELS[levels[environment]]}`).join(", ")}`,
    `- **Checks** ${isResourceRule(rule) ? rule.types.map((type) => `\`${type}\``).join(", ") : "all resources of a stack together"}`,
    ...(frameworks.length > 0 ? [`- **Benchmarks** ${frameworks.join(", ")}`] : []),
    `- **Fix** ${remediation}`,
    ...(parameters ? [`- **Parameters** (prod) \`${JSON.stringify(parameters.prod)}\``] : []),
    `- **Code** [${codeOf(rule)}](../${codeOf(rule)})`,
    `- **Other tools** ${peers.length > 0 ? peers.join(", ") : "none that we know"}`,
  ];
}

const codeOf = (rule: Rule): string => `policies/rules/${familyOf(rule).toLowerCase()}/${rule.id.toLowerCase()}.ts`;

/** `--policy-pack-config` of an environment: the level and the parameters of every rule. */
export function packConfig(rules: readonly Rule[], environment: Environment): object {
  return Object.fromEntries(
    rules.map(({ id, levels, parameters }) => {
      const enforcementLevel = levels[environment] === "off" ? "disabled" : levels[environment];
      return [id, parameters ? { enforcementLevel, ...(parameters[environment] as object) } : enforcementLevel];
    }),
  );
}
