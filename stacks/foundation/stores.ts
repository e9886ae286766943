import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "#components/keys/key";
import { FLOW_LOGS_PREFIX } from "#components/network/network";
import { ObjectStore, type ObjectStoreArgs } from "#components/storage/object-store";
import type { Context } from "../context.ts";
import { prefixOf, trailOf } from "../names.ts";
import type { Keys } from "./keys.ts";

/** The stores of an environment. */
export interface Stores {
  /** Training data: `raw/`, `validated/`, `new-data/` (arrivals start a training run), `snapshots/` (production inputs), `scores/` (predictions for tables). */
  data: ObjectStore;
  /** What training runs leave, under the tracking server's own paths. */
  artifacts: ObjectStore;
  /** Promoted models, which serving loads. */
  models: ObjectStore;
  /** Log of predictions: what was asked about people, and what was answered. */
  predictions: ObjectStore;
  /** Access logs and flow logs. */
  logs: ObjectStore;
  /** Files of the audit trail, and nothing else. */
  audit: ObjectStore;
}

/** Key prefix of the audit trail in its store. */
export const TRAIL_PREFIX = "trail";

/** Folder of the model store that receives promoted models, `<folder>/<model>/<version>`. */
export const MODELS_FOLDER = "models";

/**
 * Production inputs are kept for three months to reproduce a problem: three calendar months can have 92 days, and the first day
 * counts from midnight. One day more where objects are locked for as long.
 */
const INPUT_DAYS = 93;

export function storesOf(context: Context, { data: key, logs: logKey }: Keys, opts: pulumi.ComponentResourceOptions): Stores {
  const { protection, network } = context.profile;
  const { account, region } = context.settings;
  const forceDestroy = !protection.deletion;
  const bucketPrefix = (purpose: string) => `${prefixOf(context)}-${purpose}`;

  const deliveries = [
    ...(protection.deletion ? [{ log: "access" as const, prefix: "access", account, region }] : []),
    ...(network.flowLogs ? [{ log: "flow" as const, prefix: FLOW_LOGS_PREFIX, account, region }] : []),
  ];
  const logs = new ObjectStore(
    "logs",
    {
      bucketPrefix: bucketPrefix("logs"),
      // S3 writes access logs into a bucket under a key of its own only (S3 user guide, "Enabling server access logging").
      ...(deliveries.length === 0 && { kmsKeyArn: logKey.keyArn }),
      lifecycle: [{ prefix: "", expireAfterDays: protection.logDays }],
      noncurrentDays: 7,
      deliveries,
      forceDestroy,
    },
    opts,
  );
  type Own = Pick<ObjectStoreArgs, "lifecycle" | "noncurrentDays" | "emitEvents" | "lockDays" | "classification">;
  const store = (purpose: string, args: Own) =>
    new ObjectStore(
      purpose,
      {
        ...args,
        bucketPrefix: bucketPrefix(purpose),
        kmsKeyArn: key.keyArn,
        forceDestroy,
        // Who read what is recorded where what is read may not be lost.
        ...(protection.deletion && { accessLogs: { bucketName: logs.bucketName, prefix: `access/${purpose}` } }),
      },
      opts,
    );
  const lock = protection.lockDays === undefined ? {} : { lockDays: protection.lockDays };
  return {
    data: store("data", {
      emitEvents: true,
      noncurrentDays: 7,
      lifecycle: [
        { prefix: "raw/", transition: { afterDays: 30, to: "STANDARD_IA" } },
        { prefix: "validated/", transition: { afterDays: 30, to: "STANDARD_IA" } },
        { prefix: "snapshots/", expireAfterDays: INPUT_DAYS },
        { prefix: "scores/", expireAfterDays: INPUT_DAYS },
      ],
    }),
    artifacts: store("artifacts", {
      noncurrentDays: protection.deletion ? 30 : 7,
      lifecycle: [{ prefix: "", transition: { afterDays: 30, to: "INTELLIGENT_TIERING" } }],
    }),
    models: store("models", { ...lock }),
    predictions: store("predictions", {
      ...lock,
      classification: "pii",
      noncurrentDays: 7,
      lifecycle: [{ prefix: "", expireAfterDays: Math.max(INPUT_DAYS, (protection.lockDays ?? 0) + 1) }],
    }),
    logs,
    audit: auditStore(context, logKey, opts),
  };
}

/** Apart from the other logs: S3 delivers no access logs into a bucket with a lock. */
function auditStore(context: Context, { keyArn }: EncryptionKey, opts: pulumi.ComponentResourceOptions): ObjectStore {
  const { deletion, logDays } = context.profile.protection;
  const { account, region } = context.settings;
  return new ObjectStore(
    "audit",
    {
      bucketPrefix: `${prefixOf(context)}-audit`,
      kmsKeyArn: keyArn,
      ...(deletion && { lockDays: logDays, lockMode: "compliance" as const }),
      lifecycle: [{ prefix: "", expireAfterDays: logDays + 1 }],
      noncurrentDays: 7,
      deliveries: [{ log: "trail", prefix: TRAIL_PREFIX, trail: trailOf(context), account, region }],
      forceDestroy: !deletion,
    },
    opts,
  );
}
