import * as pulumi from "@pulumi/pulumi";
import type { DatabaseInstance } from "../database/instance.ts";
import { byKind } from "../shape.ts";
import { DATABASE, ROOT_CERTIFICATE, registryUri } from "./database.ts";

/**
 * Where values lie that are served.
 *
 * - `postgres`: in the database of the registry.
 * - `dynamodb`: in tables of the account named `<project>.<feature view>`, which Feast makes; they grow without a server, and answer in
 *   tens of milliseconds.
 */
export type OnlineStore = { kind: "postgres" } | { kind: "dynamodb" };

export const onlineStore = byKind<OnlineStore, "kind">("kind", { postgres: {}, dynamodb: {} });

/** ConfigMap with the settings of Feast, and their key. */
export const SETTINGS_CONFIG = "feast-settings";
export const SETTINGS_FILE = "feature_store.yaml";

/** Connections of a process: of the registry, and of each of the two pools of the online store. */
const REGISTRY_POOL = { pool_size: 1, max_overflow: 2 };
const ONLINE_POOL = 3;

/** What the feature store may take of the instance's connections: the tracking server takes at most 80 %, people need a few. */
const SHARE = 0.18;

interface Described {
  project: string;
  region: string;
  database: DatabaseInstance;
  online: OnlineStore;
}

/** Settings of Feast. JSON is YAML. The stores are our own (images/feature-server/feature_store); no secret is among the values. */
export function settingsOf({ project, region, database, online }: Described): pulumi.Output<string> {
  return pulumi.jsonStringify({
    project,
    provider: "local",
    registry: {
      registry_type: "sql",
      path: registryUri(database),
      // A new definition is served, and a materialization is seen, after at most this time.
      cache_ttl_seconds: 60,
      sqlalchemy_config_kwargs: { ...REGISTRY_POOL, pool_pre_ping: true, pool_recycle: 1_800 },
    },
    offline_store: { type: "feature_store.offline.WholeFileOfflineStore" },
    online_store:
      online.kind === "dynamodb"
        ? { type: "feature_store.online.ExpiringDynamoDBOnlineStore", region }
        : {
            type: "feature_store.online.ServicePostgresOnlineStore",
            service: DATABASE,
            host: database.host,
            port: database.port,
            database: DATABASE,
            sslmode: "verify-full",
            sslrootcert_path: ROOT_CERTIFICATE,
            max_conn: ONLINE_POOL,
          },
    entity_key_serialization_version: 3,
  });
}

/**
 * Most database connections that the feature store can hold at one time: the replicas with the one more of a rollout, and both jobs.
 *
 * @param replicas of the server
 */
export function mostConnections(replicas: number, online: OnlineStore): number {
  const registry = REGISTRY_POOL.pool_size + REGISTRY_POOL.max_overflow;
  const [server, job] = online.kind === "postgres" ? [registry + 2 * ONLINE_POOL, registry + ONLINE_POOL] : [registry, registry];
  return (replicas + 1) * server + 2 * job;
}

/** Connections that an instance leaves for the feature store. */
export const connectionsWithin = (maxConnections: number): number => Math.floor(SHARE * maxConnections);
