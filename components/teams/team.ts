import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { type Destination, destination } from "../egress.ts";
import { LABELS } from "../labels.ts";
import { SHORT_LABEL, SHORT_LABEL_RULE } from "../naming.ts";
import { anyText, fields, input, listOf, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { FencedNamespace } from "./fenced-namespace.ts";
import { JobsIdentity } from "./jobs-identity.ts";
import { type TeamStores, teamStores } from "./team-files.ts";
import { operatingModels, type RoleRule, readingModels, training } from "./team-roles.ts";

export interface TeamArgs {
  /** What the Kubernetes groups of people may do in the team's namespaces, as the cluster's access entries name them. */
  people: TeamPeople;

  /** Most GPUs that the team's jobs may hold at one time, borrowed ones included. */
  trainingGpus: number;

  /** Most GPUs that the team's model servers may hold at one time. */
  servingGpus: number;

  /** Most model servers, of both versions while a release runs. @default 200 */
  servers?: number;

  /** What jobs may call in other namespaces, for example the tracking server; one entry a namespace. @default - nothing */
  jobsReach?: readonly Destination[];

  /** Labels of the namespace for jobs, by which others let jobs in. @default - that of clients of the tracking server alone */
  jobsLabels?: Readonly<Record<string, string>>;

  /** What jobs are in AWS: the cluster and the stores of which they get the team's folders. @default - jobs reach no store */
  identity?: { clusterName: pulumi.Input<string>; stores: TeamStores };
}

/** Kubernetes groups, by what they may do. A role that no group has is not made. */
export interface TeamPeople {
  /** Run jobs in the namespace for jobs. */
  train: readonly string[];
  /** Look at models and their releases. */
  observe: readonly string[];
  /** Look at them, and promote and abort releases. */
  operate: readonly string[];
}

/** EKS refuses access entries for groups that Kubernetes keeps for itself. */
export const group = matching(
  /^(?!(system|eks|aws|amazon|iam):)[\w:.-]+$/,
  "a group outside system:, eks:, aws:, amazon: and iam:",
);

/**
 * A team's place in the cluster: one namespace for jobs, which queue for GPUs, and one for model servers, which must not; and what
 * people may do in each. The component's name is the team's name.
 *
 * @throws {pulumi.ResourceError} when the name leaves no room for its namespaces, or a group both observes and operates.
 */
export class Team extends Component {
  static override readonly shape = fields<TeamArgs>({
    people: fields<TeamPeople>({ train: listOf(group), observe: listOf(group), operate: listOf(group) }),
    trainingGpus: wholeNumber({ min: 0 }),
    servingGpus: wholeNumber({ min: 0 }),
    servers: optional(wholeNumber({ min: 1 })),
    jobsReach: optional(listOf(destination)),
    jobsLabels: optional(mapOf(anyText)),
    identity: optional(fields<NonNullable<TeamArgs["identity"]>>({ clusterName: input(text), stores: teamStores })),
  });

  /** Namespace for jobs, `team-<name>`. */
  readonly jobs: k8s.core.v1.Namespace;
  /** Namespace for model servers, `models-<name>`. */
  readonly models: k8s.core.v1.Namespace;

  constructor(name: string, args: TeamArgs, opts?: ComponentOptions) {
    super("teams:Team", name, args, opts);
    validate(name, args, this);

    const child = { parent: this };
    const { train, observe, operate } = args.people;
    const jobs = new FencedNamespace(
      `${name}-jobs`,
      {
        namespace: jobsNamespace(name),
        labels: { [LABELS.team]: name, [LABELS.tracking]: "client", ...args.jobsLabels },
        gpus: args.trainingGpus,
        reaches: args.jobsReach ?? [],
      },
      child,
    );
    const models = new FencedNamespace(
      `${name}-models`,
      {
        namespace: modelsNamespace(name),
        labels: { [LABELS.serves]: name },
        gpus: args.servingGpus,
        ...(args.servers !== undefined && { pods: args.servers }),
      },
      child,
    );
    const grant = (role: string, namespace: k8s.core.v1.Namespace, rules: RoleRule[], groups: readonly string[]) =>
      groups.length > 0 && allow(`${name}-${role}`, { role, namespace: namespace.metadata.name, rules, groups }, child);
    grant("train", jobs.namespace, training(), train);
    grant("observe", models.namespace, readingModels(), observe);
    grant("operate", models.namespace, operatingModels(), operate);

    if (args.identity) {
      new JobsIdentity(`${name}-identity`, { ...args.identity, team: name, namespace: jobs.namespace.metadata.name }, child);
    }

    this.jobs = jobs.namespace;
    this.models = models.namespace;
    this.registerOutputs({ jobs: jobs.namespace.metadata.name, models: models.namespace.metadata.name });
  }
}

export const jobsNamespace = (team: string): string => `team-${team}`;
export const modelsNamespace = (team: string): string => `models-${team}`;

function validate(name: string, { people: { train, observe, operate } }: TeamArgs, on: pulumi.Resource): void {
  check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, on);
  check.distinct("people.train", train, on);
  // Who operates observes.
  check.distinct("people.observe and people.operate", [...observe, ...operate], on);
}

interface Grant {
  role: string;
  namespace: pulumi.Output<string>;
  rules: RoleRule[];
  groups: readonly string[];
}

function allow(name: string, { role, namespace, rules, groups }: Grant, opts: pulumi.CustomResourceOptions): void {
  const metadata = { name: role, namespace };
  const made = new k8s.rbac.v1.Role(name, { metadata, rules }, opts);
  new k8s.rbac.v1.RoleBinding(
    `${name}-binding`,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
      subjects: groups.map((group) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group })),
    },
    { ...opts, dependsOn: made },
  );
}
