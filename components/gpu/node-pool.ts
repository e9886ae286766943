import type { IEC2NodeClass } from "@kubernetes-models/karpenter/karpenter.k8s.aws/v1/EC2NodeClass";
import type { INodePool } from "@kubernetes-models/karpenter/karpenter.sh/v1/NodePool";
import * as k8s from "@pulumi/kubernetes";
import { Component, type ComponentOptions } from "../component.ts";
import { allocatable } from "../instances/allocatable.ts";
import { instanceOf } from "../instances/instance.ts";
import { GPU_INSTANCES } from "../instances/table.ts";
import { GPU, LABELS } from "../labels.ts";
import { API, NODE_IMAGE } from "../versions.ts";
import { type CpuPoolArgs, type GpuPoolArgs, type NodePoolArgs, nodePool } from "./node-pool-args.ts";
import { checkPool } from "./node-pool-rules.ts";

/** A pool as others see it: what a pod must carry to land there, and how much there can be. */
export interface PoolReference {
  /** Name of the pool and of its Kueue flavor. */
  flavor: string;
  nodeLabels: Record<string, string>;
  /** Most GPUs at one time; 0 in a pool without GPUs. */
  gpus: number;
  /** Of one node, whole numbers: what kubelet and the node's own pods leave for others. */
  cpus: number;
  memoryGiB: number;
  gpusPerNode: number;
}

/**
 * Nodes that come when pods ask for them and go when they are empty, up to a hard number of GPUs or, without GPUs, of processors.
 *
 * `name` is also the name of its objects in the cluster and the value of the nodes' pool label. The component must depend on
 * `Karpenter`, so that a pool that is deleted still has someone to end its nodes.
 *
 * @throws {pulumi.ResourceError} when an argument breaks its rule; each sentence names the argument, the rule and the value.
 */
export class NodePool extends Component {
  static override readonly shape = nodePool;

  readonly reference: PoolReference;

  constructor(name: string, args: NodePoolArgs, opts?: ComponentOptions) {
    super("gpu:NodePool", name, args, opts);
    checkPool(name, args, this);

    const child = { parent: this };
    const metadata = { name };
    const reference = poolReference(name, args);
    const nodeClass = new k8s.apiextensions.CustomResource(
      `${name}-class`,
      { apiVersion: API.karpenterAws, kind: "EC2NodeClass", metadata, spec: nodeClassSpec(args) },
      child,
    );
    new k8s.apiextensions.CustomResource(
      name,
      { apiVersion: API.karpenter, kind: "NodePool", metadata, spec: nodePoolSpec(reference, args) },
      { ...child, dependsOn: nodeClass },
    );

    this.reference = reference;
    this.registerOutputs({ reference });
  }
}

const poolReference = (name: string, args: NodePoolArgs): PoolReference =>
  args.use === "general" ? cpuReference(name, args) : gpuReference(name, args);

/** What the DaemonSets of a node ask for at most; a test holds it against the plans. */
export const NODE_PODS = { cpuMillis: 500, memoryMiB: 1_024 } as const;

/** What a node of a type has for pods that are not its own. */
function roomOn(type: string): Pick<PoolReference, "cpus" | "memoryGiB"> {
  const { cpuMillis, memoryMiB } = allocatable(type)!;
  return {
    cpus: Math.floor((cpuMillis - NODE_PODS.cpuMillis) / 1_000),
    memoryGiB: Math.floor((memoryMiB - NODE_PODS.memoryMiB) / 1_024),
  };
}

const cpuReference = (name: string, { instanceTypes }: CpuPoolArgs): PoolReference => ({
  flavor: name,
  nodeLabels: { [LABELS.pool]: name },
  gpus: 0,
  ...roomOn(instanceTypes[0]!),
  gpusPerNode: 0,
});

function gpuReference(name: string, { instanceType, maxGpus }: GpuPoolArgs): PoolReference {
  const { gpus, gpuModel } = GPU_INSTANCES[instanceType];
  return {
    flavor: name,
    nodeLabels: { [LABELS.pool]: name, [LABELS.accelerator]: gpuModel },
    gpus: maxGpus,
    ...roomOn(instanceType),
    gpusPerNode: gpus,
  };
}

/** Its fields are those of the custom resource; their values may be outputs, which the schema's types do not know. */
function nodeClassSpec(args: NodePoolArgs): { [K in keyof IEC2NodeClass["spec"]]?: unknown } {
  // The first of several types of one size: a number of pods that each of them takes.
  const { nvmeGB, maxPods } = instanceOf(args.use === "general" ? args.instanceTypes[0]! : args.instanceType)!;
  return {
    amiSelectorTerms: [{ alias: NODE_IMAGE }],
    role: args.nodeRoleName,
    // Karpenter counts an address for each pod, and knows nothing of prefixes.
    kubelet: { maxPods },
    subnetSelectorTerms: args.subnetIds.map((id) => ({ id })),
    securityGroupSelectorTerms: [{ id: args.securityGroupId }],
    ...(args.capacityReservationIds && { capacityReservationSelectorTerms: args.capacityReservationIds.map((id) => ({ id })) }),
    // One hop: a pod cannot reach the metadata service and take the node's role (EKS best practices, "Identity and Access Management").
    metadataOptions: {
      httpEndpoint: "enabled",
      httpProtocolIPv6: "disabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: `${args.diskGiB}Gi`,
          encrypted: true,
          deleteOnTermination: true,
          ...(args.volumeKeyArn !== undefined && { kmsKeyID: args.volumeKeyArn }),
        },
      },
    ],
    // Local disks hold images and scratch space: a 20 GB image unpacks in a fraction of the time.
    ...(nvmeGB > 0 && { instanceStorePolicy: "RAID0" }),
    tags: args.tags,
  };
}

function nodePoolSpec({ flavor, nodeLabels }: PoolReference, args: NodePoolArgs): INodePool["spec"] {
  return {
    limits: args.use === "general" ? { cpu: String(args.maxCpus) } : { [GPU]: String(args.maxGpus) },
    disruption: {
      consolidationPolicy: args.consolidation.when === "underused" ? "WhenEmptyOrUnderutilized" : "WhenEmpty",
      consolidateAfter: args.consolidation.when === "never" ? "Never" : `${args.consolidation.afterSeconds}s`,
      budgets: budgets(args),
    },
    template: {
      metadata: { labels: { ...nodeLabels, ...(args.use !== "general" && { [LABELS.gpuPresent]: "true" }) } },
      spec: {
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: flavor },
        // The value is EKS's own form; tolerations ask for the key alone, as charts write it without.
        ...(args.use !== "general" && { taints: [{ key: GPU, value: "true", effect: "NoSchedule" as const }] }),
        expireAfter: `${args.expireAfterHours}h`,
        terminationGracePeriod: `${args.terminationGraceHours}h`,
        requirements: requirements(args),
      },
    },
  };
}

/**
 * All empty nodes may go at once: Karpenter's default of 10 % takes them one by one (measured with 1.14.1: a job on four nodes
 * cost 392 GPU seconds instead of 219). A node that drifted is replaced under its pods, which training does not survive.
 */
function budgets({ use, consolidation }: NodePoolArgs) {
  const replace = use === "training" ? "0" : "1";
  return [
    { nodes: "100%", reasons: ["Empty" as const] },
    { nodes: replace, reasons: ["Drifted" as const] },
    { nodes: consolidation.when === "underused" ? "1" : "0", reasons: ["Underutilized" as const] },
  ];
}

function requirements(args: NodePoolArgs) {
  const { capacity, zones } = args;
  const types = args.use === "general" ? args.instanceTypes : [args.instanceType];
  const is = (key: string, values: readonly string[]) => ({ key, operator: "In" as const, values: [...values] });
  return [
    is("node.kubernetes.io/instance-type", types),
    is("karpenter.sh/capacity-type", capacity),
    ...(zones ? [is("topology.kubernetes.io/zone", zones)] : []),
  ];
}
