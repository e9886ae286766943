import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ClusterAccess } from "#components/cluster/access-entries";
import { Addons } from "#components/cluster/addons";
import { Cluster } from "#components/cluster/cluster";
import { SystemNodes } from "#components/cluster/system-nodes";
import { isPrivate } from "#components/network/cidr";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import { breakGlassOf, prefixOf, tagsOf } from "../names.ts";

/** Control plane, who may use it, and the nodes that everything else runs on. */
export function clusterOf(context: Context, { network, keys, roles, database }: FoundationOutputs, cloud: aws.Provider) {
  const opts: pulumi.ComponentResourceOptions = { providers: [cloud] };
  const { profile, settings } = context;
  const { cluster: size, protection } = profile;
  const name = prefixOf(context);
  const cluster = new Cluster(
    "cluster",
    {
      clusterName: name,
      subnetIds: network.intraSubnetIds,
      secretsKeyArn: keys.cluster,
      endpoint: size.endpoint === "private" ? { access: "private" } : { access: "public", cidrs: settings.owners.networks },
      apiClients: { groups: network.apiClients, cidrs: settings.owners.networks.filter(isPrivate) },
      logs: size.logs,
      zonalShift: size.zonalShift,
      deletionProtection: protection.deletion,
    },
    { ...opts, protect: protection.deletion },
  );
  const access = new ClusterAccess(
    "access",
    {
      clusterName: cluster.clusterName,
      admins: settings.owners.roles,
      deployRole: roles.deploy,
      planRole: roles.plan,
      groups: settings.owners.groups,
      ...(settings.breakGlass && { emergency: `arn:aws:iam::${settings.account}:role/${breakGlassOf(context)}` }),
    },
    opts,
  );
  const before = new Addons("addons-before-nodes", { clusterName: cluster.clusterName, phase: "before-nodes" }, opts);
  const nodes = new SystemNodes(
    "system-nodes",
    {
      clusterName: cluster.clusterName,
      // No more zones than nodes: a node that is replaced comes back in its zone, where its volumes are.
      subnetIds: network.privateSubnetIds.slice(0, size.system.min),
      instanceType: size.system.instanceType,
      minNodes: size.system.min,
      maxNodes: size.system.max,
      diskGiB: size.system.diskGiB,
      volumeKeyArn: keys.cluster,
      tags: tagsOf("platform", context),
    },
    { ...opts, dependsOn: before },
  );
  const after = new Addons(
    "addons-after-nodes",
    { clusterName: cluster.clusterName, phase: "after-nodes" },
    { ...opts, dependsOn: nodes },
  );
  // Pods have the cluster's own group: the database lets them in, and nobody else.
  new aws.vpc.SecurityGroupIngressRule(
    "database-from-cluster",
    {
      securityGroupId: database.securityGroupId,
      referencedSecurityGroupId: cluster.securityGroupId,
      ipProtocol: "tcp",
      fromPort: database.port,
      toPort: database.port,
      description: "PostgreSQL from the pods of the cluster",
    },
    { provider: cloud },
  );
  return { cluster, nodes, ready: [access, after] };
}

/** Volumes are encrypted gp3 unless a claim says otherwise, and lie in the zone of their pod. */
export function defaultStorage(opts: pulumi.CustomResourceOptions): k8s.storage.v1.StorageClass {
  return new k8s.storage.v1.StorageClass(
    "gp3",
    {
      metadata: { name: "gp3", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
    },
    opts,
  );
}
