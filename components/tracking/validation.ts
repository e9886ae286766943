import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseInstance } from "../database/instance.ts";
import { check } from "../validation.ts";
import type { TrackingAccess } from "./access.ts";
import { replicasWithin } from "./connections.ts";

/** Arguments of the tracking server whose rules concern each other, defaults filled in. */
interface Checked {
  access: TrackingAccess;
  clientLabels: Record<string, string>;
  database: DatabaseInstance;
  maxReplicas: number;
  replicas: number;
  workers: number;
}

/** @throws {pulumi.ResourceError} naming the first argument that breaks its rule. */
export function validate(args: Checked, server: pulumi.Resource): void {
  const { clientLabels, database, maxReplicas, replicas, workers } = args;
  check.that(replicas <= maxReplicas, "replicas", `at most 'maxReplicas' (${maxReplicas})`, replicas, server);
  const most = replicasWithin(database.maxConnections, workers);
  check.that(
    maxReplicas <= most,
    "maxReplicas",
    `at most ${Math.max(most, 0)}, as ${workers} workers each stay below 80 % of the database's ${database.maxConnections} connections` +
      " (take fewer replicas or workers, or a larger database)",
    maxReplicas,
    server,
  );
  check.that(
    Object.keys(clientLabels).length > 0,
    "clientLabels",
    "at least one label: without any, every namespace could call the server",
    JSON.stringify(clientLabels),
    server,
  );
  checkAccess(args.access, server);
}

/** Every role that an issuer gives is one that the table has. */
function checkAccess({ rights, issuers }: TrackingAccess, server: pulumi.Resource): void {
  issuers.forEach(({ members }, at) => {
    for (const [value, { role }] of Object.entries(members)) {
      const argument = `access.issuers[${at}].members['${value}'].role`;
      check.that(Object.hasOwn(rights, role), argument, `one of ${Object.keys(rights).join(", ")}`, role, server);
    }
  });
}
