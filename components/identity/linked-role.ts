import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, oneOf } from "../shape.ts";

/**
 * Services whose role nothing makes by itself when they are called through their API.
 *
 * EKS, its node groups, Auto Scaling, RDS and Elastic Load Balancing make theirs at the first call, with the right
 * `iam:CreateServiceLinkedRole` of the caller. EC2 makes the role for Spot at the first request in the console only (EC2 user guide,
 * "Service-linked role for Spot Instance requests").
 */
const SERVICES = ["spot.amazonaws.com"] as const;

export interface LinkedRoleArgs {
  /** Service that takes the role. */
  service: (typeof SERVICES)[number];
}

/**
 * The role through which an AWS service acts in the account. An account has one, for everybody in it: `destroy` leaves it where it is,
 * because others may use it by then.
 *
 * IAM refuses a second one (`has been taken in this account`): leave this component out where the account has the role.
 *
 * @throws {pulumi.ResourceError} when the service makes its role by itself.
 */
export class LinkedRole extends Component {
  static override readonly shape = fields<LinkedRoleArgs>({
    service: oneOf(...SERVICES),
  });

  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: LinkedRoleArgs, opts?: ComponentOptions) {
    super("identity:LinkedRole", name, args, opts);

    const role = new aws.iam.ServiceLinkedRole(name, { awsServiceName: args.service }, { parent: this, retainOnDelete: true });

    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: role.arn });
  }
}
