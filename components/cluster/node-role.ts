import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { serviceTrust } from "../iam.ts";
import { shorten } from "../naming.ts";

/** What a node itself must do: join the cluster and pull images. The network plug-in has a role of its own, by Pod Identity. */
const POLICIES = {
  worker: "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
  pull: "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
} as const;

/**
 * The IAM role of EC2 instances that are nodes: as little as they need, because a pod that breaks out has it
 * (EKS best practices, "Restrict access to the instance profile assigned to the worker node").
 */
export class NodeRole extends Component {
  readonly roleArn: pulumi.Output<string>;
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, opts?: ComponentOptions) {
    super("cluster:NodeRole", name, {}, opts);

    const child = { parent: this };
    const role = new aws.iam.Role(
      name,
      { namePrefix: shorten("iam role", `${name}-`, 26), assumeRolePolicy: serviceTrust("ec2.amazonaws.com") },
      child,
    );
    for (const [use, policyArn] of Object.entries(POLICIES)) {
      new aws.iam.RolePolicyAttachment(`${name}-${use}`, { role: role.name, policyArn }, child);
    }

    this.roleArn = role.arn;
    this.roleName = role.name;
    this.registerOutputs({ roleArn: role.arn, roleName: role.name });
  }
}
