import { aws, configured, on, option, type StackMutant } from "./mutant.ts";

const CLUSTER = aws("platform", "eks/cluster:Cluster", "cluster");
const NODES = aws("platform", "eks/nodeGroup:NodeGroup", "system-nodes");
const TEMPLATE = aws("platform", "ec2/launchTemplate:LaunchTemplate", "system-nodes-template");
const addon = (name: string) => aws("platform", "eks/addon:Addon", name);
const AGENT = addon("addons-after-nodes-eks-node-monitoring-agent");
const DNS = addon("addons-after-nodes-coredns");
const STORAGE = on("platform", "kubernetes:storage.k8s.io/v1:StorageClass", "gp3");

/** The cluster, its own nodes and its add-ons. */
export const CLUSTERS: readonly StackMutant[] = [
  CLUSTER.bad("an API for two halves of the internet", ({ vpcConfig }) => {
    Object.assign(vpcConfig, { endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] });
  }),
  CLUSTER.bad("an API for everybody, by default", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = true;
  }),
  CLUSTER.bad("an API for everybody, as text", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = "true";
  }),
  CLUSTER.bad("an API that nodes reach over the internet", ({ vpcConfig }) => {
    vpcConfig.endpointPrivateAccess = "false";
  }),
  CLUSTER.bad("an API without a record of who did what", (inputs) => {
    inputs["enabledClusterLogTypes"] = ["api", "scheduler"];
  }),
  CLUSTER.bad("a cluster without logs", (inputs) => {
    delete inputs["enabledClusterLogTypes"];
  }),
  CLUSTER.bad("a cluster whose secrets lie under the key of AWS", (inputs) => {
    delete inputs["encryptionConfig"];
  }),
  CLUSTER.bad("a cluster that encrypts nothing", ({ encryptionConfig }) => {
    encryptionConfig.resources = [];
  }),
  CLUSTER.bad("a cluster whose maker is administrator for ever", ({ accessConfig }) => {
    accessConfig.bootstrapClusterCreatorAdminPermissions = "true";
  }),
  CLUSTER.bad("a cluster whose access a ConfigMap decides", ({ accessConfig }) => {
    accessConfig.authenticationMode = "CONFIG_MAP";
  }),
  CLUSTER.bad("a cluster that may be deleted", (inputs) => {
    inputs["deletionProtection"] = "false";
  }),
  CLUSTER.bad("a cluster that a slip deletes", option({ protect: false })),
  CLUSTER.bad("a cluster of a version without support", (inputs) => {
    inputs["version"] = "1.29";
  }),
  CLUSTER.bad("a cluster of a version that AWS chooses", (inputs) => {
    delete inputs["version"];
  }),
  CLUSTER.bad("a cluster that pays for old versions", ({ upgradePolicy }) => {
    upgradePolicy.supportType = "EXTENDED";
  }),
  NODES.bad("one node for the whole system", ({ scalingConfig }) => {
    Object.assign(scalingConfig, { desiredSize: 1, minSize: 1, maxSize: 1 });
  }),
  NODES.bad("nodes of the system in one zone", (inputs) => {
    inputs["subnetIds"] = inputs["subnetIds"].slice(0, 1);
  }),
  NODES.bad("nodes of the system that AWS takes back", (inputs) => {
    inputs["capacityType"] = "SPOT";
  }),
  NODES.bad("nodes that do not hold the system", (inputs) => {
    inputs["instanceTypes"] = ["t3.small"];
  }),
  NODES.bad("nodes of the system for everybody", (inputs) => {
    delete inputs["taints"];
  }),
  NODES.bad("nodes of the system with the taint of something else", ({ taints }) => {
    taints[0].key = "example.com/system";
  }),
  NODES.bad("nodes that all change at once", (inputs) => {
    inputs["updateConfig"] = { maxUnavailablePercentage: 100 };
  }),
  NODES.bad("nodes that are not repaired", ({ nodeRepairConfig }) => {
    nodeRepairConfig.enabled = false;
  }),
  NODES.bad("nodes of an older version than their cluster", (inputs) => {
    Object.assign(inputs, { version: "1.33", releaseVersion: "1.33.1-20250601" });
  }),
  NODES.bad("nodes with the image of 2018", (inputs) => {
    inputs["amiType"] = "AL2_x86_64";
  }),
  NODES.bad("nodes that people reach with a key", (inputs) => {
    inputs["remoteAccess"] = { ec2SshKey: "ops" };
  }),
  NODES.bad("nodes without a template", (inputs) => {
    delete inputs["launchTemplate"];
  }),
  TEMPLATE.bad("nodes with the old metadata service, by default", (inputs) => {
    delete inputs["metadataOptions"];
  }),
  TEMPLATE.bad("nodes with an open disk", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.encrypted = false;
  }),
  TEMPLATE.bad("nodes with a disk under the key of AWS", (inputs) => {
    delete inputs["blockDeviceMappings"][0].ebs.kmsKeyId;
  }),
  TEMPLATE.bad("nodes that start with a secret", (inputs) => {
    inputs["userData"] = Buffer.from("#!/bin/bash\nexport DB_PASSWORD=q7Rk9sLw2mXvB4tZ\n").toString("base64");
  }),
  TEMPLATE.bad("disks that nobody pays for", (inputs) => {
    inputs["tagSpecifications"] = inputs["tagSpecifications"].filter(({ resourceType }: any) => resourceType === "instance");
  }),
  AGENT.bad(
    "an agent that does not run on GPU nodes",
    configured((values) => {
      delete values.dcgmAgent.tolerations;
    }),
  ),
  DNS.bad(
    "one server of names",
    configured((values) => {
      values.replicaCount = 1;
    }),
  ),
  DNS.bad("an add-on of a version that AWS chooses", (inputs) => {
    delete inputs["addonVersion"];
  }),
  DNS.bad("an add-on of another version than its cluster", (inputs) => {
    inputs["addonVersion"] = "v1.9.3-eksbuild.2";
  }),
  addon("addons-before-nodes-eks-pod-identity-agent").removed("no agent that gives pods their identity"),
  addon("addons-after-nodes-metrics-server").removed("no measure for scalers"),
  STORAGE.bad("volumes in the clear", ({ parameters }) => {
    parameters.encrypted = "false";
  }),
  STORAGE.bad("volumes in the clear, by default", ({ parameters }) => {
    delete parameters.encrypted;
  }),
  STORAGE.bad("volumes that are made in any zone", (inputs) => {
    inputs["volumeBindingMode"] = "Immediate";
  }),

  CLUSTER.harmless("logs of a cluster in another order", (inputs) => inputs["enabledClusterLogTypes"].reverse()),
  CLUSTER.harmless("a cluster that is protected, as text", (inputs) => {
    inputs["deletionProtection"] = "true";
  }),
  CLUSTER.harmless("one more tag of a cluster", (inputs) => {
    inputs["tags"] = { purpose: "models" };
  }),
  CLUSTER.harmless("a cluster that does not say that it is not public, and is not", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = "false";
  }),
  CLUSTER.harmless("a cluster with one more group", ({ vpcConfig }) => {
    vpcConfig.securityGroupIds = ["sg-301b80c8c6ee1348a"];
  }),
  NODES.harmless("more nodes of the system", ({ scalingConfig }) => {
    Object.assign(scalingConfig, { desiredSize: 4, minSize: 4, maxSize: 8 });
  }),
  NODES.harmless("nodes that are tagged once more", (inputs) => {
    inputs["tags"] = { purpose: "system" };
  }),
  NODES.harmless("nodes that change by a third", (inputs) => {
    inputs["updateConfig"] = { maxUnavailablePercentage: 33 };
  }),
  TEMPLATE.harmless("nodes with a larger disk", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.volumeSize = 200;
  }),
  TEMPLATE.harmless("nodes with a closed disk, as a boolean", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.encrypted = true;
  }),
  DNS.harmless(
    "three servers of names",
    configured((values) => {
      values.replicaCount = 3;
    }),
  ),
  STORAGE.harmless("volumes under a key of ours", ({ parameters }) => {
    parameters.kmsKeyId = "arn:aws:kms:eu-north-1:333333333333:key/7dd548f8-e56f-4977-5739-e7543cf7ae27";
  }),
  STORAGE.harmless("volumes that are faster", ({ parameters }) => {
    parameters.iops = "6000";
  }),
  addon("addons-after-nodes-coredns").removed("no server of names"),
  NODES.bad("nodes of the system that change as many as there are", (inputs) => {
    inputs["updateConfig"] = { maxUnavailable: 3 };
  }),
  NODES.harmless("nodes of the system that change two at a time", (inputs) => {
    inputs["updateConfig"] = { maxUnavailable: 2 };
  }),
  NODES.harmless("nodes of the system that AWS does not take back, said once more", (inputs) => {
    inputs["capacityType"] = "ON_DEMAND";
  }),
  NODES.harmless("nodes of the system with one more taint", ({ taints }) => {
    taints.push({ key: "example.com/system", value: "true", effect: "NO_SCHEDULE" });
  }),
  DNS.harmless("an add-on of the next build", (inputs) => {
    inputs["addonVersion"] = "v1.14.3-eksbuild.24";
  }),
  DNS.harmless(
    "servers of names that EKS scales",
    configured((values) => {
      values.autoScaling = { enabled: true, minReplicas: 2, maxReplicas: 6 };
    }),
  ),
  STORAGE.harmless("volumes that are encrypted, as a boolean", ({ parameters }) => {
    parameters.encrypted = true;
  }),
];
