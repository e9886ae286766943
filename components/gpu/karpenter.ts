import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { releaseOf } from "../chart.ts";
import { NodeRole } from "../cluster/node-role.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { account } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import { ON_SYSTEM_NODES } from "../placement.ts";
import { anyText, fields, flag, input, mapOf, optional, text } from "../shape.ts";
import { CHARTS } from "../versions.ts";
import { InterruptionQueue } from "./interruption-queue.ts";
import { karpenterStatements } from "./karpenter-policy.ts";

export interface KarpenterArgs {
  /** Name of the EKS cluster. Plain, because IAM conditions carry it in their keys. */
  clusterName: string;

  /** AWS account of the cluster, 12 digits. */
  account: string;

  /** AWS region of the cluster. */
  region: string;

  /** Labels by which Prometheus picks up a ServiceMonitor; its CRD must exist then. @default - no ServiceMonitor */
  monitorLabels?: Record<string, string>;

  /** Key with which volumes of nodes are encrypted: Karpenter may use it for that, through EC2. The pools name it too. @default - none */
  volumeKeyArn?: pulumi.Input<string>;

  /** Start no nodes in a zone from which EKS has shifted traffic away. @default false */
  zonalShift?: boolean;
}

/** The chart's own names; Pod Identity and the pools' deletion order stand on them. */
const NAMESPACE = "kube-system";
const SERVICE_ACCOUNT = "karpenter";

const { nodeSelector, tolerations } = ON_SYSTEM_NODES;

/**
 * Karpenter: starts nodes when pods wait for them and ends them when no pod needs them. It runs on the system nodes, never on its
 * own; while it is down nothing is started and nothing is ended.
 *
 * What must outlive it (system nodes, add-ons) goes into `dependsOn`; pools depend on it.
 *
 * @throws {pulumi.ResourceError} when the account is not 12 digits.
 */
export class Karpenter extends Component {
  static override readonly shape = fields<KarpenterArgs>({
    clusterName: text,
    account,
    region: text,
    monitorLabels: optional(mapOf(anyText)),
    volumeKeyArn: optional(input(text)),
    zonalShift: optional(flag),
  });

  /** Name of the role of the nodes that it starts, for `NodePool`. */
  readonly nodeRoleName: pulumi.Output<string>;

  constructor(name: string, args: KarpenterArgs, opts?: ComponentOptions) {
    super("gpu:Karpenter", name, args, opts);

    const child = { parent: this };
    const nodeRole = new NodeRole(`${name}-node`, child);
    const entry = new aws.eks.AccessEntry(
      `${name}-node-entry`,
      { clusterName: args.clusterName, principalArn: nodeRole.roleArn, type: "EC2_LINUX" },
      child,
    );
    const queue = new InterruptionQueue(`${name}-interruptions`, child);
    const role = new PodRole(
      `${name}-controller`,
      {
        clusterName: args.clusterName,
        namespace: NAMESPACE,
        serviceAccount: SERVICE_ACCOUNT,
        statements: karpenterStatements({ ...args, nodeRoleArn: nodeRole.roleArn, queueArn: queue.queueArn }),
      },
      child,
    );
    const crds = new k8s.helm.v3.Release(
      `${name}-crds`,
      releaseOf(CHARTS.karpenterCrds, { name: "karpenter-crd", namespace: NAMESPACE, values: KEPT_CRDS }),
      child,
    );
    new k8s.helm.v3.Release(
      name,
      {
        ...releaseOf(CHARTS.karpenter, { name: "karpenter", namespace: NAMESPACE, values: chartValues(args, queue.queueName) }),
        // They came with their own chart, which upgrades them; Helm never upgrades those of this one.
        skipCrds: true,
      },
      { ...child, dependsOn: [crds, role, entry] },
    );

    this.nodeRoleName = nodeRole.roleName;
    this.registerOutputs({ nodeRoleName: this.nodeRoleName });
  }
}

/** With the CRDs every node pool would go, and with a pool its nodes. */
const KEPT_CRDS = { additionalAnnotations: { "helm.sh/resource-policy": "keep" } };

function chartValues({ clusterName, zonalShift, monitorLabels }: KarpenterArgs, interruptionQueue: pulumi.Output<string>) {
  return {
    replicas: 2,
    serviceAccount: { name: SERVICE_ACCOUNT },
    nodeSelector: { "kubernetes.io/os": "linux", ...nodeSelector },
    tolerations,
    // As much memory as it may ever use is reserved: a controller that is evicted leaves empty nodes running.
    controller: { resources: { requests: { cpu: "250m", memory: "768Mi" }, limits: { memory: "768Mi" } } },
    serviceMonitor: { enabled: monitorLabels !== undefined, additionalLabels: monitorLabels ?? {} },
    settings: {
      clusterName,
      interruptionQueue,
      enableZonalShift: zonalShift ?? false,
      // Alpha in 1.14: replaces a node whose GPU the monitoring agent reports as broken.
      featureGates: { nodeRepair: true },
    },
  };
}
