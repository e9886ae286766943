import * as pulumi from "@pulumi/pulumi";
import { AuditTrail } from "#components/audit/trail";
import { ClusterLogs } from "#components/cluster/cluster-logs";
import { MonthlyBudget } from "#components/cost/budget";
import { Postgres } from "#components/database/postgres";
import type { EncryptionKey } from "#components/keys/key";
import { Network } from "#components/network/network";
import { zonesOf } from "#components/network/zones";
import { ImageRepository } from "#components/registry/image-repository";
import type { ObjectStore } from "#components/storage/object-store";
import type { Context } from "../context.ts";
import type { FoundationOutputs, Promised } from "../contracts.ts";
import { profiles } from "../inputs/environments/index.ts";
import { FILES } from "../inputs/files.ts";
import { IMAGES, prefixOf, trackingDatabaseOf, trailOf } from "../names.ts";
import { awsProvider, guardedProvider } from "../providers.ts";
import { ciOf } from "./ci.ts";
import { keysOf } from "./keys.ts";
import { breakGlassRole, peopleOf } from "./people.ts";
import { apiClientsOf, modelsZone } from "./reach.ts";
import { storesOf, TRAIL_PREFIX } from "./stores.ts";

/**
 * What everything else stands on: network, keys, stores, the audit trail, the tracking database, the cluster's log group, image
 * repositories, CI's roles and the budget.
 *
 * @throws {pulumi.RunError} when the region's zones are unknown, or fewer than the profile asks for.
 */
export async function foundation(context: Context): Promise<Promised<FoundationOutputs>> {
  const { profile, settings } = context;
  const zones = zonesFor(context);
  const cloud = awsProvider("foundation", context);
  const opts: pulumi.ComponentResourceOptions = { providers: [cloud] };
  const kept: pulumi.ComponentResourceOptions = profile.protection.deletion
    ? { ...opts, protect: true, retainOnDelete: true }
    : opts;
  const prefix = prefixOf(context);

  const keys = keysOf(context, kept);
  const stores = storesOf(context, keys, kept);
  new AuditTrail(
    "audit-trail",
    {
      trailName: trailOf(context),
      bucketName: stores.audit.bucketName,
      prefix: TRAIL_PREFIX,
      kmsKeyArn: keys.logs.keyArn,
      writes: [stores.artifacts.bucketArn, stores.models.bucketArn],
      accesses: [stores.predictions.bucketArn],
    },
    kept,
  );
  const network = new Network(
    "network",
    {
      cidr: profile.network.cidr,
      region: settings.region,
      zones,
      account: settings.account,
      clusterName: prefix,
      natGateways: profile.network.natGateways,
      interfaceEndpoints: profile.network.interfaceEndpoints,
      reservedCidrs: Object.values(profiles)
        .filter(({ name }) => name !== profile.name)
        .map((other) => other.network.cidr),
      ...(profile.network.flowLogs && { flowLogsBucketArn: stores.logs.bucketArn }),
    },
    opts,
  );
  const database = new Postgres(
    "tracking-database",
    {
      ...profile.database,
      identifier: trackingDatabaseOf(profile.name),
      vpcId: network.vpcId,
      subnetIds: network.intraSubnetIds,
      kmsKeyArn: keys.database.keyArn,
      logs: { kmsKeyArn: keys.logs.keyArn, days: profile.protection.logDays },
      deletionProtection: profile.protection.deletion,
    },
    kept,
  );
  // Here and not with the cluster, which it must outlive.
  new ClusterLogs("cluster-logs", { clusterName: prefix, kmsKeyArn: keys.logs.keyArn, days: profile.protection.logDays }, opts);
  const registries = [...IMAGES.models, ...IMAGES.platform].map(
    (image) => [image, imagesOf(image, context, keys.data, opts)] as const,
  );
  const guarded = guardedProvider("foundation", context);
  const repositories = registries.map(([, { repositoryArn }]) => repositoryArn);
  const roles = ciOf(context, { stores, keys, repositories, guarded });
  peopleOf(context, { stores, keys, guarded });
  breakGlassRole(context, guarded);
  new MonthlyBudget("budget", { limit: profile.monthlyBudget, contacts: [settings.contact] }, opts);

  const apiClients = apiClientsOf(context, network, keys, opts);
  const zone = modelsZone(context, network, guarded);

  return {
    network: {
      vpcId: network.vpcId,
      vpcCidr: profile.network.cidr,
      zones,
      privateSubnetIds: network.privateSubnetIds,
      intraSubnetIds: network.intraSubnetIds,
      privateRouteTableIds: network.privateRouteTableIds,
      zoneId: zone.zoneId,
      apiClients,
    },
    keys: { cluster: keys.cluster.keyArn, data: keys.data.keyArn, database: keys.database.keyArn, logs: keys.logs.keyArn },
    stores: {
      data: reference(stores.data),
      artifacts: reference(stores.artifacts),
      models: reference(stores.models),
      predictions: reference(stores.predictions),
      logs: reference(stores.logs),
    },
    database: {
      host: database.host,
      port: database.port,
      name: database.databaseName,
      user: database.userName,
      secretArn: database.secretArn,
      securityGroupId: database.securityGroupId,
      maxConnections: database.maxConnections,
    },
    registries: Object.fromEntries(registries.map(([image, { repositoryUrl }]) => [image, repositoryUrl])),
    roles,
  };
}

function zonesFor({ profile, settings: { region } }: Context): string[] {
  const file = FILES.profile(profile.name);
  // A profile names no region without zones.
  const known = zonesOf(region)!;
  const { zones } = profile.network;
  if (!Number.isInteger(zones) || zones > known.length) {
    throw new pulumi.RunError(
      `${file}: network.zones must be a whole number of at most ${known.length} in ${region}, got '${zones}'`,
    );
  }
  return known.slice(0, zones);
}

function imagesOf(image: string, context: Context, key: EncryptionKey, opts: pulumi.ComponentResourceOptions): ImageRepository {
  const { deletion } = context.profile.protection;
  return new ImageRepository(
    `${image}-images`,
    { repository: `${prefixOf(context)}/${image}`, kmsKeyArn: key.keyArn, forceDelete: !deletion },
    { ...opts, ...(deletion && { protect: true }) },
  );
}

const reference = ({ bucketName, bucketArn }: ObjectStore) => ({ name: bucketName, arn: bucketArn });
