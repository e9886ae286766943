import type * as pulumi from "@pulumi/pulumi";
import { DNS_NAME, DNS_NAME_RULE } from "../naming.ts";
import { check } from "../validation.ts";
import { replicasWithin } from "./connections.ts";
import type { TrackingDatabase } from "./database.ts";
import type { TrackingRoute } from "./exposure.ts";
import { IMAGE } from "./migration.ts";

/** Arguments of the tracking server that have a rule, defaults filled in. */
interface Checked {
  clientLabels: Record<string, string>;
  database: TrackingDatabase;
  image: string;
  maxReplicas: number;
  replicas: number;
  route?: TrackingRoute;
  workers: number;
}

/** @throws {pulumi.ResourceError} naming the first argument that breaks its rule. */
export function validate(args: Checked, server: pulumi.Resource): void {
  const { clientLabels, database, image, maxReplicas, replicas, route, workers } = args;
  check.wholeNumber("replicas", replicas, { min: 1 }, server);
  check.wholeNumber("maxReplicas", maxReplicas, { min: 1 }, server);
  check.that(replicas <= maxReplicas, "replicas", `at most 'maxReplicas' (${maxReplicas})`, replicas, server);
  check.wholeNumber("workers", workers, { min: 1, max: 16 }, server);
  check.wholeNumber("database.maxConnections", database.maxConnections, { min: 1 }, server);
  const most = replicasWithin(database.maxConnections, workers);
  check.that(
    maxReplicas <= most,
    "maxReplicas",
    `at most ${Math.max(most, 0)}, as ${workers} workers each stay below 80 % of the database's ${database.maxConnections} connections` +
      " (take fewer replicas or workers, or a larger database)",
    maxReplicas,
    server,
  );
  check.matches(
    "image",
    image,
    IMAGE,
    "an MLflow image of a whole version with its drivers and its digest (…:v3.17.0-full@sha256:…)",
    server,
  );
  check.that(
    Object.keys(clientLabels).length > 0,
    "clientLabels",
    "at least one label: without any, every namespace could call the server",
    JSON.stringify(clientLabels),
    server,
  );
  check.matches(
    "database.certificateAuthority",
    database.certificateAuthority,
    /^-----BEGIN CERTIFICATE-----\s/,
    "certificates in PEM",
    server,
  );
  // PostgreSQL folds names that are not quoted.
  check.matches(
    "database.user",
    database.user,
    /^(?!mlflow$)/i,
    "the master user, not mlflow, which is the server's own",
    server,
  );
  check.matches("route.host", route?.host, DNS_NAME, DNS_NAME_RULE, server);
}
