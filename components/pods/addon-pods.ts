import type { Toleration } from "../placement.ts";
import type { AddonName } from "../versions.ts";
import { type Values, type Workload, type WorkloadOf, workload } from "./workload.ts";

/** Tolerates every taint: what runs on each node, however the node is reserved. */
const EVERYWHERE: Toleration[] = [{ operator: "Exists" }];

const NODE_CRITICAL = { tolerations: EVERYWHERE, priorityClassName: "system-node-critical" };
const CLUSTER_CRITICAL = { priorityClassName: "system-cluster-critical" };

/**
 * The pods of each EKS add-on, and where in its configuration their requests stand. As the add-ons' charts are known (aws/amazon-vpc-cni-k8s,
 * kubernetes-sigs/aws-ebs-csi-driver, aws/eks-node-monitoring-agent, aws/eks-pod-identity-agent). Nothing here could read the schema of a
 * version: `aws eks describe-addon-configuration` shows it. Ask it before the first `pulumi up`.
 */
const RECORDED_ADDONS: Record<AddonName, (configuration: Values) => WorkloadOf[]> = {
  "vpc-cni": ({ resources, nodeAgent, init }) => [
    {
      kind: "DaemonSet",
      name: "aws-node",
      placed: NODE_CRITICAL,
      initContainers: { "aws-vpc-cni-init": init?.resources },
      containers: { "aws-node": resources, "aws-eks-nodeagent": nodeAgent?.resources },
    },
  ],
  "kube-proxy": ({ resources }) => [
    { kind: "DaemonSet", name: "kube-proxy", placed: NODE_CRITICAL, containers: { "kube-proxy": resources } },
  ],
  "eks-pod-identity-agent": ({ resources }) => [
    {
      kind: "DaemonSet",
      name: "eks-pod-identity-agent",
      placed: NODE_CRITICAL,
      containers: { "eks-pod-identity-agent": resources },
    },
  ],
  "eks-node-monitoring-agent": ({ monitoringAgent, dcgmAgent }) => [
    {
      kind: "DaemonSet",
      name: "eks-node-monitoring-agent",
      placed: NODE_CRITICAL,
      containers: { "eks-node-monitoring-agent": monitoringAgent?.resources },
    },
    {
      kind: "DaemonSet",
      name: "dcgm-server",
      placed: {
        ...CLUSTER_CRITICAL,
        nodeSelector: { "nvidia.com/gpu.present": "true" },
        tolerations: dcgmAgent?.tolerations ?? [],
      },
      containers: { "dcgm-server": dcgmAgent?.resources },
    },
  ],
  "aws-ebs-csi-driver": ({ controller = {}, node = {}, sidecars = {} }) => [
    {
      name: "ebs-csi-controller",
      replicas: controller.replicaCount ?? 2,
      placed: { ...CLUSTER_CRITICAL, tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }], ...controller },
      containers: {
        "ebs-plugin": controller.resources,
        "csi-provisioner": sidecars.provisioner?.resources,
        "csi-attacher": sidecars.attacher?.resources,
        "csi-snapshotter": sidecars.snapshotter?.resources,
        "csi-resizer": sidecars.resizer?.resources,
        "liveness-probe": sidecars.livenessProbe?.resources,
      },
    },
    {
      kind: "DaemonSet",
      name: "ebs-csi-node",
      placed: NODE_CRITICAL,
      containers: {
        "ebs-plugin": node.resources,
        "node-driver-registrar": sidecars.nodeDriverRegistrar?.resources,
        "liveness-probe": sidecars.livenessProbe?.resources,
      },
    },
  ],
  coredns: (configuration) => [
    {
      name: "coredns",
      replicas: configuration["replicaCount"] ?? 2,
      placed: { ...CLUSTER_CRITICAL, ...configuration },
      containers: { coredns: configuration["resources"] },
    },
  ],
  "metrics-server": (configuration) => [
    {
      name: "metrics-server",
      replicas: configuration["replicas"] ?? 2,
      placed: { ...CLUSTER_CRITICAL, ...configuration },
      containers: { "metrics-server": configuration["resources"] },
    },
  ],
};

/**
 * The pods of an add-on; `undefined` for one that is not in the table.
 *
 * @param configuration its `configurationValues`, read as JSON
 */
export function podsOfAddon(addonName: string, configuration: Values): Workload[] | undefined {
  return Object.hasOwn(RECORDED_ADDONS, addonName)
    ? RECORDED_ADDONS[addonName as AddonName](configuration).map((of) => workload("kube-system", of))
    : undefined;
}
