import type { Cluster } from "#components/cluster/cluster";
import type { ComponentOptions } from "#components/component";
import { NAME as FEATURES_NAMESPACE } from "#components/features/pod";
import { LABELS } from "#components/labels";
import type { IngressGateway } from "#components/mesh/gateway";
import type { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { NAMESPACE as MONITORING_NAMESPACE } from "#components/monitoring/prometheus-values";
import { ON_SYSTEM_NODES } from "#components/placement";
import { ExternalSecrets } from "#components/secrets/external-secrets";
import { TrackingServer } from "#components/tracking/tracking-server";
import { MLFLOW } from "#components/versions";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import { PAGES } from "../names.ts";
import { authorityIn } from "./authority.ts";
import { trackingAccess } from "./tracking-access.ts";

const TRACKING_NAMESPACE = "mlflow";

/** What brings the database's password into the cluster, and past Pulumi's state. */
export function secretsOf(
  { settings, profile }: Context,
  { keys, database }: FoundationOutputs,
  cluster: Cluster,
  opts: ComponentOptions,
): ExternalSecrets {
  return new ExternalSecrets(
    "external-secrets",
    {
      clusterName: cluster.clusterName,
      kmsKeyArn: keys.database,
      namespaces: [
        TRACKING_NAMESPACE,
        ...(settings.featuresImage ? [FEATURES_NAMESPACE] : []),
        ...(settings.signOn ? [MONITORING_NAMESPACE] : []),
      ],
      region: settings.region,
      secretArns: [database.secretArn, ...(settings.signOn ? [settings.signOn.secretArn] : [])],
      replicas: profile.cluster.replicas.controllers,
      placement: ON_SYSTEM_NODES,
      monitorLabels: {},
    },
    opts,
  );
}

interface Neighbours {
  cluster: Cluster;
  secrets: ExternalSecrets;
  monitoring: PrometheusStack;
  gateway: IngressGateway;
}

/** MLflow. */
export function trackingOf(
  context: Context,
  { network, keys, stores, database, registries }: FoundationOutputs,
  { cluster, secrets, monitoring, gateway }: Neighbours,
  opts: ComponentOptions,
): TrackingServer {
  const { profile, settings } = context;
  return new TrackingServer(
    "tracking",
    {
      access: trackingAccess(context, cluster),
      account: settings.account,
      region: settings.region,
      clusterName: cluster.clusterName,
      artifactStore: stores.artifacts,
      dataKeyArn: keys.data,
      database: { ...database, certificateAuthority: authorityIn(settings.region, profile.name) },
      image: `${registries["mlflow"]}:${MLFLOW.tag}@${settings.trackingImage}`,
      secretStore: secrets.storeName,
      vpcCidr: network.vpcCidr,
      monitoringNamespace: monitoring.namespace,
      route: { host: PAGES.tracking, gateway: { namespace: gateway.namespace, name: gateway.gatewayName } },
      clientLabels: { [LABELS.tracking]: "client" },
      replicas: profile.tracking.replicas,
      maxReplicas: profile.tracking.maxReplicas,
      placement: ON_SYSTEM_NODES,
    },
    opts,
  );
}
