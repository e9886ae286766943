import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { ROLE_ARN, ROLE_ARN_RULE, roleArn } from "../iam.ts";
import { fields, input, listOf, mapOf, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { PLAN_GROUP } from "./cluster-reader.ts";

export interface ClusterAccessArgs {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** ARNs of the IAM roles whose people administer the cluster. */
  admins: readonly string[];

  /** ARN of the role that runs `pulumi up`; without an entry of its own the Kubernetes provider would be locked out. */
  deployRole: string;

  /** ARN of the role that runs `pulumi preview`. It belongs to the group `millrace-plan`, to which `ClusterReader` gives its rights. */
  planRole: string;

  /** ARN of a role for an emergency, which administers the cluster while it can be taken (`BreakGlass`). @default - none */
  emergency?: string;

  /** Kubernetes groups, each with the ARNs of the IAM roles whose people belong to it. What a group may do, role bindings say. @default - none */
  groups?: Readonly<Record<string, readonly string[]>>;
}

/** EKS user guide, "Review access policy permissions". */
const ADMINISTRATION = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

/**
 * Who may do what in the cluster. Only the roles that are named here have rights: neither the cluster's creator nor a config map gives any.
 *
 * @throws {pulumi.ResourceError} when there is no administrator, something is not a role's ARN, or one role is named twice.
 */
export class ClusterAccess extends Component {
  static override readonly shape = fields<ClusterAccessArgs>({
    clusterName: input(text),
    admins: listOf(text),
    deployRole: roleArn,
    planRole: roleArn,
    emergency: optional(roleArn),
    groups: optional(mapOf(listOf(text))),
  });

  constructor(name: string, args: ClusterAccessArgs, opts?: ComponentOptions) {
    super("cluster:ClusterAccess", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    for (const { role, principalArn } of administrators(args)) {
      const entry = new aws.eks.AccessEntry(
        `${name}-${role}`,
        { clusterName: args.clusterName, principalArn, type: "STANDARD" },
        child,
      );
      new aws.eks.AccessPolicyAssociation(
        `${name}-${role}-policy`,
        {
          clusterName: args.clusterName,
          principalArn: entry.principalArn,
          policyArn: ADMINISTRATION,
          accessScope: { type: "cluster" },
        },
        child,
      );
    }
    new aws.eks.AccessEntry(
      `${name}-plan`,
      { clusterName: args.clusterName, principalArn: args.planRole, kubernetesGroups: [PLAN_GROUP], type: "STANDARD" },
      child,
    );
    for (const { principalArn, kubernetesGroups } of memberships(args)) {
      new aws.eks.AccessEntry(
        `${name}-member-${roleName(principalArn)}`,
        { clusterName: args.clusterName, principalArn, kubernetesGroups, type: "STANDARD" },
        child,
      );
    }
    this.registerOutputs({});
  }
}

const administrators = ({ admins, deployRole, emergency }: ClusterAccessArgs) => [
  { role: "deploy", principalArn: deployRole },
  ...(emergency === undefined ? [] : [{ role: "emergency", principalArn: emergency }]),
  ...admins.map((arn) => ({ role: `admin-${roleName(arn)}`, principalArn: arn })),
];

/** By role, because EKS keeps one entry for each principal: a role that belongs to two groups has one entry with both. */
function memberships({ groups = {} }: ClusterAccessArgs): { principalArn: string; kubernetesGroups: string[] }[] {
  const roles = [...new Set(Object.values(groups).flat())];
  const groupsOf = (role: string): string[] => Object.keys(groups).filter((group) => groups[group]?.includes(role));
  return roles.map((role) => ({ principalArn: role, kubernetesGroups: groupsOf(role) }));
}

const roleName = (arn: string): string => arn.split("/").at(-1) ?? arn;

function validate(args: ClusterAccessArgs, access: pulumi.Resource): void {
  const { admins, deployRole, planRole, emergency, groups = {} } = args;
  const members = memberships(args).map(({ principalArn }) => principalArn);
  check.length("admins", admins, { min: 1 }, access);
  for (const [argument, arn] of [...admins.map((admin) => ["admins", admin]), ...members.map((member) => ["groups", member])]) {
    check.matches(argument as string, arn, ROLE_ARN, ROLE_ARN_RULE, access);
  }
  for (const group of Object.keys(groups)) {
    // EKS API reference, CreateAccessEntry.
    check.that(
      !/^(system|eks|aws|amazon|iam):/.test(group),
      "groups",
      "names that do not begin with system:, eks:, aws:, amazon: or iam:",
      group,
      access,
    );
  }
  // EKS keeps one entry a principal and refuses a second one.
  check.distinct("roles", [...admins, deployRole, planRole, ...(emergency === undefined ? [] : [emergency]), ...members], access);
  check.distinct("names of the admins' roles", admins.map(roleName), access);
  check.distinct("names of the groups' roles", members.map(roleName), access);
}
