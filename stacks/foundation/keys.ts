import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "#components/iam";
import { EncryptionKey } from "#components/keys/key";
import { autoScaling, cloudTrail, cloudWatchLogs } from "#components/keys/services";
import type { Context } from "../context.ts";
import { prefixOf, trailOf } from "../names.ts";

/** The keys of an environment, one a purpose. */
export interface Keys {
  cluster: EncryptionKey;
  data: EncryptionKey;
  database: EncryptionKey;
  logs: EncryptionKey;
}

export function keysOf(context: Context, opts: pulumi.ComponentResourceOptions): Keys {
  const { account, region } = context.settings;
  const key = (purpose: string, description: string, services: readonly Statement[] = []) =>
    new EncryptionKey(
      `${purpose}-key`,
      {
        account,
        alias: `${prefixOf(context)}-${purpose}`,
        description,
        deletionDays: context.profile.protection.keyDeletionDays,
        services,
      },
      opts,
    );
  return {
    cluster: key("cluster", "Kubernetes secrets and volumes of nodes", autoScaling(account)),
    data: key("data", "Data, artifacts, models, predictions and images"),
    database: key("database", "PostgreSQL of the tracking server, with its master password"),
    logs: key("logs", "Log groups of CloudWatch and the audit trail", [
      cloudWatchLogs(account, region),
      cloudTrail(account, region, trailOf(context)),
    ]),
  };
}
