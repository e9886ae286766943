import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "#components/cluster/cluster";
import { LABELS } from "#components/labels";
import type { IngressGateway } from "#components/mesh/gateway";
import type { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { NAMESPACE as MONITORING_NAMESPACE } from "#components/monitoring/prometheus-values";
import { ExternalSecrets } from "#components/secrets/external-secrets";
import { TrackingServer } from "#components/tracking/tracking-server";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import { PAGES } from "../names.ts";

type Options = pulumi.ComponentResourceOptions;

const TRACKING_NAMESPACE = "mlflow";

/** What brings the database's password into the cluster, and past Pulumi's state. */
export function secretsOf(
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
      namespaces: [TRACKING_NAMESPACE, ...(settings.signOn ? [MONITORING_NAMESPACE] : [])],
      region: settings.region,
      secretArns: [database.secretArn, ...(settings.signOn ? [settings.signOn.secretArn] : [])],
      replicas: profile.cluster.system.min > 2 ? 2 : 1,
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
  { profile, settings }: Context,
  { network, keys, stores, database }: FoundationOutputs,
  { cluster, secrets, monitoring, gateway }: Neighbours,
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
      route: { host: PAGES.tracking, gateway: { namespace: gateway.namespace, name: gateway.gatewayName } },
      clientLabels: { [LABELS.tracking]: "client" },
      replicas: profile.tracking.replicas,
      maxReplicas: profile.tracking.maxReplicas,
    },
    opts,
  );
}
