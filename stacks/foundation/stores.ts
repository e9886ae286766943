import type * as pulumi from "@pulumi/pulumi";
import { FLOW_LOGS_PREFIX } from "#components/network/network";
import { ObjectStore, type ObjectStoreArgs } from "#components/storage/object-store";
import type { Context } from "../layers.ts";
import type { Keys } from "./keys.ts";
import { prefixOf } from "./prefix.ts";

/** The stores of an environment. */
export interface Stores {
  /** Training data: `raw/`, `validated/`, `new-data/` (arrivals start a training run), `snapshots/` (production inputs). */
  data: ObjectStore;
  /** What training runs leave, under the tracking server's own paths. */
  artifacts: ObjectStore;
  /** Promoted models, which serving loads. */
  models: ObjectStore;
  /** Log of predictions. */
  predictions: ObjectStore;
  /** Access logs and flow logs. */
  logs: ObjectStore;
}

/**
 * Production inputs are kept for three months to reproduce a problem: three calendar months can have 92 days, and the first day
 * counts from midnight. One day more where objects are locked for as long.
 */
const INPUT_DAYS = 93;

export function storesOf(context: Context, { data: key }: Keys, opts: pulumi.ComponentResourceOptions): Stores {
  const { protection, network } = context.profile;
  const { account, region } = context.settings;
  const forceDestroy = !protection.deletion;
  const bucketPrefix = (purpose: string) => `${prefixOf(context)}-${purpose}`;

  // S3 writes access logs into a bucket under a key of its own only (S3 user guide, "Enabling server access logging").
  const logs = new ObjectStore(
    "logs",
    {
      bucketPrefix: bucketPrefix("logs"),
      lifecycle: [{ prefix: "", expireAfterDays: protection.logDays }],
      noncurrentDays: 7,
      deliveries: [
        ...(protection.deletion ? [{ log: "access" as const, prefix: "access", account, region }] : []),
        ...(network.flowLogs ? [{ log: "flow" as const, prefix: FLOW_LOGS_PREFIX, account, region }] : []),
      ],
      forceDestroy,
    },
    opts,
  );
  const store = (purpose: string, args: Pick<ObjectStoreArgs, "lifecycle" | "noncurrentDays" | "emitEvents" | "lockDays">) =>
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
      ],
    }),
    artifacts: store("artifacts", {
      noncurrentDays: protection.deletion ? 30 : 7,
      lifecycle: [{ prefix: "", transition: { afterDays: 30, to: "INTELLIGENT_TIERING" } }],
    }),
    models: store("models", { ...lock }),
    predictions: store("predictions", {
      ...lock,
      noncurrentDays: 7,
      lifecycle: [{ prefix: "", expireAfterDays: Math.max(INPUT_DAYS, (protection.lockDays ?? 0) + 1) }],
    }),
    logs,
  };
}
