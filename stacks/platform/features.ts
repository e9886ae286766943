import type { Cluster } from "#components/cluster/cluster";
import type { ComponentOptions } from "#components/component";
import { FeatureStore } from "#components/features/feature-store";
import { LABELS } from "#components/labels";
import type { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { ON_SYSTEM_NODES } from "#components/placement";
import type { ExternalSecrets } from "#components/secrets/external-secrets";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import { authorityIn } from "./authority.ts";

/** Folder of the data store with the rows of features: a folder below it is a source of `features/`. */
const FEATURES_FOLDER = "features/";

interface Neighbours {
  cluster: Cluster;
  secrets: ExternalSecrets;
  monitoring: PrometheusStack;
}

/** Feast, on the tracking server's instance of PostgreSQL. @param image digest in the account's registry. */
export function featuresOf(
  { profile, settings }: Context,
  image: string,
  { network, keys, stores, database, registries }: FoundationOutputs,
  { cluster, secrets, monitoring }: Neighbours,
  opts: ComponentOptions,
): FeatureStore {
  return new FeatureStore(
    "features",
    {
      account: settings.account,
      clientLabels: { [LABELS.features]: "client" },
      clusterName: cluster.clusterName,
      database: { ...database, certificateAuthority: authorityIn(settings.region, profile.name) },
      image: `${registries["feature-server"]}@${image}`,
      monitoringNamespace: monitoring.namespace,
      offline: {
        bucketName: stores.data.name,
        bucketArn: stores.data.arn,
        kmsKeyArn: keys.data,
        prefix: FEATURES_FOLDER,
      },
      project: profile.name,
      region: settings.region,
      secretStore: secrets.storeName,
      vpcCidr: network.vpcCidr,
      replicas: profile.features.replicas,
      placement: ON_SYSTEM_NODES,
    },
    opts,
  );
}
