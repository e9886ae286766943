import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { logDays } from "../logs.ts";
import { fields, input, text } from "../shape.ts";
import { checkClusterName, clusterName } from "./cluster-name.ts";

export interface ClusterLogsArgs {
  /** Name of the cluster that will write the logs. */
  clusterName: string;

  /** Key that encrypts the logs; its policy must let CloudWatch Logs use it. */
  kmsKeyArn: pulumi.Input<string>;

  /** Days for which the logs are kept; one of those that CloudWatch offers. */
  days: number;
}

/**
 * The log group of a cluster's control plane. EKS makes it by itself when it is not there: without a key and for ever.
 *
 * It is a component of its own because it must live longer than the cluster. A control plane that is being deleted still writes, and
 * EKS's service-linked role makes the group again if it is gone by then (terraform-aws-modules/terraform-aws-eks, issues 2446 and 2763; a
 * denial in the cluster's own role does not help). The next cluster of this name would find the name taken. So put it into a stack that
 * is destroyed after the cluster's.
 *
 * @throws {pulumi.ResourceError} when the name is invalid, or the days of retention are not offered.
 */
export class ClusterLogs extends Component {
  static override readonly shape = fields<ClusterLogsArgs>({
    clusterName,
    kmsKeyArn: input(text),
    days: logDays,
  });

  constructor(name: string, args: ClusterLogsArgs, opts?: ComponentOptions) {
    super("cluster:ClusterLogs", name, args, opts);
    checkClusterName(args.clusterName, this);

    new aws.cloudwatch.LogGroup(
      `${name}-group`,
      { name: `/aws/eks/${args.clusterName}/cluster`, retentionInDays: args.days, kmsKeyId: args.kmsKeyArn },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
