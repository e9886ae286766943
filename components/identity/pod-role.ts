import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, type Statement, statement } from "../iam.ts";
import { shorten } from "../naming.ts";
import { fields, input, listOf, optional, text } from "../shape.ts";
import { check } from "../validation.ts";

export interface PodRoleArgs {
  /** Name of the EKS cluster whose pods may take the role. */
  clusterName: pulumi.Input<string>;

  /** Namespace of the service account. */
  namespace: pulumi.Input<string>;

  /** Service account whose pods get the role's credentials. */
  serviceAccount: pulumi.Input<string>;

  /** What the pods may do; each statement names its actions and resources. */
  statements: readonly Statement[];

  /** Longest path of permissions the role can ever have. @default - no boundary */
  permissionsBoundary?: pulumi.Input<string>;
}

/**
 * An IAM role for the pods of one service account, by EKS Pod Identity: no annotation, no OIDC provider, and session tags that
 * name cluster, namespace and service account (EKS user guide, "Learn how EKS Pod Identity grants pods access to AWS services").
 *
 * @throws {pulumi.ResourceError} when no statement is given, or one allows every action.
 */
export class PodRole extends Component {
  static override readonly shape = fields<PodRoleArgs>({
    clusterName: input(text),
    namespace: input(text),
    serviceAccount: input(text),
    statements: listOf(statement),
    permissionsBoundary: optional(input(text)),
  });

  readonly roleArn: pulumi.Output<string>;
  readonly roleName: pulumi.Output<string>;
  /** Pods started before it exists get no credentials: what runs them depends on this component. */
  readonly association: aws.eks.PodIdentityAssociation;

  constructor(name: string, args: PodRoleArgs, opts?: ComponentOptions) {
    super("identity:PodRole", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: shorten("iam role", `${name}-`, 26),
        assumeRolePolicy: podTrust(),
        ...(args.permissionsBoundary !== undefined && { permissionsBoundary: args.permissionsBoundary }),
      },
      child,
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-permissions`,
      { role: role.id, policy: policyDocument(args.statements) },
      child,
    );
    this.association = new aws.eks.PodIdentityAssociation(
      `${name}-association`,
      { clusterName: args.clusterName, namespace: args.namespace, serviceAccount: args.serviceAccount, roleArn: role.arn },
      { ...child, dependsOn: policy },
    );

    this.roleArn = role.arn;
    this.roleName = role.name;
    this.registerOutputs({ roleArn: role.arn, roleName: role.name });
  }
}

function validate({ statements }: PodRoleArgs, role: pulumi.Resource): void {
  check.length("statements", statements, { min: 1 }, role);
  for (const { sid, effect, actions } of statements) {
    check.that(
      effect === "Deny" || !actions.includes("*"),
      `statements.${sid}.actions`,
      "named actions, not every one",
      "*",
      role,
    );
  }
}

/** Trust policy of a role that pods take through Pod Identity. `sts:TagSession` carries the session tags; without it the agent cannot assume the role (EKS user guide, "Create IAM role with trust policy"). */
export function podTrust(): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "PodsAssume",
      principals: { Service: "pods.eks.amazonaws.com" },
      actions: ["sts:AssumeRole", "sts:TagSession"],
      resources: [],
    },
  ]);
}
