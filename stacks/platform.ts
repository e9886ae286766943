import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { modelsNamespace } from "#components/access/team";
import { CertManager } from "#components/certificates/cert-manager";
import { ClusterAccess } from "#components/cluster/access-entries";
import { Addons } from "#components/cluster/addons";
import { Cluster } from "#components/cluster/cluster";
import { SystemNodes } from "#components/cluster/system-nodes";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import { DcgmExporter } from "#components/gpu/dcgm-exporter";
import { DevicePlugin } from "#components/gpu/device-plugin";
import { Karpenter } from "#components/gpu/karpenter";
import { NodePool } from "#components/gpu/node-pool";
import { LABELS } from "#components/labels";
import { IngressGateway } from "#components/mesh/gateway";
import { Mesh } from "#components/mesh/mesh";
import { Dashboards } from "#components/monitoring/dashboards";
import { MonitoringRules } from "#components/monitoring/monitoring-rules";
import { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { Pushgateway } from "#components/monitoring/pushgateway";
import { ExternalSecrets } from "#components/secrets/external-secrets";
import { TrackingServer } from "#components/tracking/tracking-server";
import { TrainingQueues } from "#components/training/queues";
import { type FoundationOutputs, outputsOf, type PlatformOutputs, type Promised } from "./contracts.ts";
import type { GpuPoolProfile } from "./environments/profile.ts";
import type { Context } from "./layers.ts";
import { models } from "./models.ts";
import { awsProvider, kubernetesProvider, tagsOf } from "./providers.ts";

type Options = pulumi.ComponentResourceOptions;

/** The cluster with everything that serves all teams: GPUs and their queues, mesh, delivery, monitoring, tracking. */
export async function platform(context: Context): Promise<Promised<PlatformOutputs>> {
  const { profile, settings } = context;
  const foundation = await outputsOf("foundation", profile.name);
  const cloud = awsProvider("platform", profile, settings);

  const { cluster, ready } = clusterOf(context, foundation, cloud);
  const kubernetes = kubernetesProvider(
    { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    settings.region,
    { dependsOn: ready },
  );
  const opts: Options = { providers: [cloud, kubernetes] };
  const storage = defaultStorage({ provider: kubernetes });

  const certificates = new CertManager("certificates", { replicas: profile.cluster.system.min > 2 ? 2 : 1 }, opts);
  const secrets = secretsOf(context, foundation, cluster, { ...opts, dependsOn: certificates });
  const monitoring = monitoringOf(context, { ...opts, dependsOn: [certificates, storage] });
  const monitored: Options = { ...opts, dependsOn: monitoring.crds };
  const gpu = gpuOf(context, foundation, cluster, monitored);
  const mesh = new Mesh("mesh", { minReplicas: profile.cluster.system.min }, monitored);
  const gateway = new IngressGateway("gateway", { minReplicas: profile.cluster.system.min }, { ...monitored, dependsOn: mesh });
  new ArgoRollouts("delivery", {}, { ...monitored, dependsOn: mesh });
  const tracking = trackingOf(
    context,
    foundation,
    { cluster, secrets, monitoring },
    { ...monitored, dependsOn: [secrets, monitoring.crds] },
  );

  return {
    cluster: { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    gateway: { namespace: gateway.namespace, name: gateway.gatewayName, selector: gateway.selector },
    monitoring: { namespace: monitoring.namespace, prometheusUrl: monitoring.prometheusUrl },
    tracking: { uri: tracking.uri, namespace: tracking.namespace },
    gpu,
  };
}

/** Control plane, who may use it, and the nodes that everything else runs on. */
function clusterOf({ profile, settings }: Context, { network, keys, roles, database }: FoundationOutputs, cloud: aws.Provider) {
  const opts: Options = { providers: [cloud] };
  const { cluster: size, protection } = profile;
  const name = `millrace-${profile.name}`;
  const cluster = new Cluster(
    "cluster",
    {
      clusterName: name,
      subnetIds: network.intraSubnetIds,
      secretsKeyArn: keys.cluster,
      logsKeyArn: keys.logs,
      logDays: protection.logDays,
      endpoint: size.endpoint === "private" ? { access: "private" } : { access: "public", cidrs: settings.owners.networks },
      logs: size.logs,
      zonalShift: size.zonalShift,
      deletionProtection: protection.deletion,
    },
    { ...opts, protect: protection.deletion },
  );
  const access = new ClusterAccess(
    "access",
    { clusterName: cluster.clusterName, admins: settings.owners.roles, deployRole: roles.deploy, planRole: roles.plan },
    opts,
  );
  const before = new Addons("addons-before-nodes", { clusterName: cluster.clusterName, phase: "before-nodes" }, opts);
  const nodes = new SystemNodes(
    "system-nodes",
    {
      clusterName: cluster.clusterName,
      subnetIds: network.privateSubnetIds,
      instanceType: size.system.instanceType,
      minNodes: size.system.min,
      maxNodes: size.system.max,
      diskGiB: size.system.diskGiB,
      volumeKeyArn: keys.cluster,
      tags: tagsOf("platform", profile, settings),
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
  return { cluster, ready: [access, after] };
}

/** Volumes are encrypted gp3 unless a claim says otherwise, and lie in the zone of their pod. */
function defaultStorage(opts: pulumi.CustomResourceOptions): k8s.storage.v1.StorageClass {
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

const TRACKING_NAMESPACE = "mlflow";

/** Service account of Prometheus, as its chart names it. */
const PROMETHEUS = { namespace: "monitoring", serviceAccount: "kube-prometheus-stack-prometheus" };

function secretsOf(
  { settings, profile }: Context,
  { keys, database }: FoundationOutputs,
  cluster: Cluster,
  opts: Options,
): ExternalSecrets {
  return new ExternalSecrets(
    "external-secrets",
    {
      clusterName: cluster.clusterName,
      kmsKeyArn: keys.database,
      namespaces: [TRACKING_NAMESPACE],
      region: settings.region,
      secretArns: [database.secretArn],
      replicas: profile.cluster.system.min > 2 ? 2 : 1,
    },
    opts,
  );
}

/** Where an alert's page lies. */
const runbooks = ({ settings }: Context): string => `https://github.com/${settings.owners.repository}/blob/main/docs/runbooks`;

function monitoringOf(context: Context, opts: Options): PrometheusStack {
  const { profile, settings } = context;
  const { prometheusReplicas, alertmanagerReplicas, retentionDays, storageGiB } = profile.monitoring;
  const stack = new PrometheusStack(
    "monitoring",
    {
      environment: profile.name,
      runbookBaseUrl: runbooks(context),
      webhook: settings.alertWebhook!,
      prometheusReplicas,
      alertmanagerReplicas,
      retentionDays,
      storageGiB,
    },
    opts,
  );
  new Pushgateway("pushgateway", { namespace: stack.namespace }, { ...opts, dependsOn: stack.crds });
  new MonitoringRules(
    "rules",
    {
      environment: profile.name,
      models: Object.entries(models).map(([name, { team }]) => ({ name, team, namespace: modelsNamespace(team) })),
      namespace: stack.namespace,
      runbookBaseUrl: runbooks(context),
      ...patienceOf(context),
    },
    { ...opts, dependsOn: stack.crds },
  );
  new Dashboards("dashboards", { namespace: stack.namespace }, opts);
  return stack;
}

/** How long things may take in this environment before somebody is told, minutes. */
function patienceOf({ profile: { gpu, serving } }: Context): { emptyGpuNodeMinutes: number; releaseMinutes: number } {
  const idle = Object.values(gpu).map(({ consolidation }) => (consolidation.when === "empty" ? consolidation.afterSeconds : 0));
  // Three shares, the soak, and half as much again for loading models and for measurements that have to wait for requests.
  const release = 1.5 * (3 * serving.stepSeconds + serving.soakSeconds);
  return { emptyGpuNodeMinutes: Math.max(...idle) / 60 + 5, releaseMinutes: Math.ceil(release / 60) + 10 };
}

/** Karpenter, a pool to train and one to serve, what makes their GPUs usable and visible, and the queues for training. */
function gpuOf(context: Context, { network }: FoundationOutputs, cluster: Cluster, opts: Options) {
  const { profile, settings } = context;
  const karpenter = new Karpenter(
    "karpenter",
    {
      clusterName: `millrace-${profile.name}`,
      account: settings.account,
      region: settings.region,
      monitorLabels: {},
      zonalShift: profile.cluster.zonalShift,
    },
    opts,
  );
  const pool = (use: "training" | "inference", size: GpuPoolProfile): NodePool =>
    new NodePool(
      use,
      {
        ...size,
        use,
        nodeRoleName: karpenter.nodeRoleName,
        subnetIds: network.privateSubnetIds,
        securityGroupId: cluster.securityGroupId,
        tags: tagsOf("platform", profile, settings),
      },
      { ...opts, dependsOn: karpenter },
    );
  const training = pool("training", profile.gpu.training);
  const inference = pool("inference", profile.gpu.inference);
  new DevicePlugin("device-plugin", opts);
  new DcgmExporter("dcgm-exporter", { monitorLabels: {} }, opts);
  new TrainingQueues("queues", { pools: [training.reference], prometheus: PROMETHEUS }, opts);
  return { training: training.reference, inference: inference.reference };
}

interface Neighbours {
  cluster: Cluster;
  secrets: ExternalSecrets;
  monitoring: PrometheusStack;
}

function trackingOf(
  { profile, settings }: Context,
  { network, keys, stores, database }: FoundationOutputs,
  { cluster, secrets, monitoring }: Neighbours,
  opts: Options,
): TrackingServer {
  return new TrackingServer(
    "tracking",
    {
      account: settings.account,
      region: settings.region,
      clusterName: cluster.clusterName,
      artifactStore: stores.artifacts,
      dataKeyArn: keys.data,
      database,
      secretStore: secrets.storeName,
      vpcCidr: network.vpcCidr,
      monitoringNamespace: monitoring.namespace,
      clientLabels: { [LABELS.tracking]: "client" },
      replicas: profile.tracking.replicas,
      maxReplicas: profile.tracking.maxReplicas,
    },
    opts,
  );
}
