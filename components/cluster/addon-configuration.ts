import { onGpuNodes } from "../gpu/gpu-nodes.ts";
import { ON_SYSTEM_NODES, sized } from "../placement.ts";
import type { AddonName } from "../versions.ts";

/** On the system nodes; the add-ons' own priority, `system-cluster-critical`, stays. */
const { nodeSelector, tolerations } = ON_SYSTEM_NODES;
const onSystemNodes = { nodeSelector, tolerations };

/** Side-car of the EBS driver: the driver's own default (kubernetes-sigs/aws-ebs-csi-driver, chart). */
const sidecar = { resources: sized("10m", "40Mi", "256Mi") };

/**
 * `configurationValues` of each add-on. Requests are near those of the add-ons' own charts. They are stated, because the planner adds
 * them up and an upgrade must not change them in silence. `aws eks describe-addon-configuration` decides which keys a version takes.
 */
export const ADDON_CONFIGURATION: Record<AddonName, object> = {
  "eks-pod-identity-agent": { resources: sized("10m", "32Mi", "128Mi") },
  "kube-proxy": { resources: sized("50m", "64Mi", "256Mi") },
  "vpc-cni": {
    // Without it NetworkPolicy objects are accepted and do nothing (EKS user guide, "Limit pod traffic with network policies").
    enableNetworkPolicy: "true",
    // Addresses by the /28: 110 pods fit a node that would hold 29 (EKS best practices, "Prefix Mode for Linux").
    env: { ENABLE_PREFIX_DELEGATION: "true" },
    init: { resources: sized("25m", "32Mi", "128Mi") },
    resources: sized("25m", "64Mi", "256Mi"),
    nodeAgent: { resources: sized("25m", "64Mi", "256Mi") },
  },
  coredns: { ...onSystemNodes, replicaCount: 2, resources: sized("100m", "70Mi", "170Mi") },
  "aws-ebs-csi-driver": {
    controller: { ...onSystemNodes, replicaCount: 2, ...sidecar },
    node: sidecar,
    sidecars: {
      provisioner: sidecar,
      attacher: sidecar,
      snapshotter: sidecar,
      resizer: sidecar,
      livenessProbe: sidecar,
      nodeDriverRegistrar: sidecar,
    },
  },
  "metrics-server": { ...onSystemNodes, replicas: 2, resources: sized("50m", "128Mi", "256Mi") },
  "eks-node-monitoring-agent": {
    monitoringAgent: { resources: sized("10m", "30Mi", "100Mi") },
    // Without it no agent runs on GPU nodes, `AcceleratedHardwareReady` stays false, and node repair ends each of them after ten minutes.
    dcgmAgent: { tolerations: onGpuNodes.tolerations, resources: sized("50m", "128Mi", "512Mi") },
  },
};
