import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { cron } from "../cron.ts";
import type { DatabaseInstance } from "../database/instance.ts";
import { generatorSpec, masterSpec, passwordSpec } from "../database/passwords.ts";
import { DENY_ALL } from "../egress.ts";
import { account } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import { type Placement, placement } from "../placement.ts";
import { bucketArn } from "../serving/model.ts";
import { type Table, uriOf } from "../serving/table.ts";
import { anyText, fields, input, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API } from "../versions.ts";
import { AUTHORITY_CONFIG, AUTHORITY_FILE, featureDatabase, fileOf, MASTER_FILE, type User } from "./database.ts";
import { APPLY_SECONDS, applyName, applySpec, materializationSpec } from "./jobs.ts";
import { jobsTraffic, serverTraffic } from "./network-policy.ts";
import { jobsStatements, serverStatements } from "./permissions.ts";
import { IMAGE, JOBS, labelsOf, NAME } from "./pod.ts";
import { budgetSpec, monitorSpec, serverSpec, serviceSpec } from "./server.ts";
import {
  connectionsWithin,
  mostConnections,
  type OnlineStore,
  onlineStore,
  SETTINGS_CONFIG,
  SETTINGS_FILE,
  settingsOf,
} from "./settings.ts";

export interface FeatureStoreArgs {
  /** AWS account, 12 digits. */
  account: pulumi.Input<string>;

  /** Labels of the namespaces whose pods may call the server. */
  clientLabels: Record<string, string>;

  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** PostgreSQL of the registry and, unless `online` says otherwise, of the values that are served. */
  database: DatabaseInstance;

  /** Image of the feature server with the definitions of the project, by digest: `<repository>@sha256:<64 hexadecimal digits>`. */
  image: string;

  /** Namespace of Prometheus. */
  monitoringNamespace: pulumi.Input<string>;

  /** Where the rows of features lie: Parquet files, a folder a source. */
  offline: Table;

  /** Project of Feast, an environment each: beginning of the names of all tables. */
  project: string;

  /** Region of bucket and tables. */
  region: string;

  /** Name of the ClusterSecretStore that reads the database's secret. */
  secretStore: pulumi.Input<string>;

  /** IPv4 range in which the database lies. */
  vpcCidr: pulumi.Input<string>;

  /** Where values lie that are served. @default { kind: "postgres" } */
  online?: OnlineStore;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;

  /** Replicas of the server. Two and more are spread over zones and nodes, and drained one at a time. @default 2 */
  replicas?: number;

  /** When new values are brought, in UTC: a cron schedule of five fields. @default "17 * * * *" */
  schedule?: string;
}

/** Makes the passwords of both users. */
const GENERATOR = "feast-passwords";

/**
 * Feast: features that are defined once, for training and for serving. A job applies the definitions of the image, a schedule brings new
 * values into the online store, and a server reads them (docs/guides/features.md).
 *
 * Wants the CRDs of External Secrets (with the store) and of the Prometheus operator to exist. Another image is another job, and then other
 * servers. No secret value is an input of anything here.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it, or the replicas could open more of the database's
 *   connections than the tracking server leaves.
 */
export class FeatureStore extends Component {
  static override readonly shape = fields<FeatureStoreArgs>({
    account: input(account),
    clientLabels: mapOf(anyText),
    clusterName: input(text),
    database: featureDatabase,
    image: matching(IMAGE, "an image by its digest (…/feature-server@sha256:…)"),
    monitoringNamespace: input(text),
    offline: fields<Table>({
      bucketName: input(text),
      bucketArn: input(bucketArn),
      kmsKeyArn: input(text),
      prefix: matching(/^([\w.=-]+\/)+$/, "a folder that ends with a slash, such as features/"),
    }),
    project: matching(
      /^[a-z][a-z0-9_]{0,19}$/,
      "a lower-case letter, then at most 19 lower-case letters, digits and underscores",
    ),
    region: text,
    secretStore: input(text),
    vpcCidr: input(text),
    online: optional(onlineStore),
    placement: optional(placement),
    replicas: optional(wholeNumber({ min: 1, max: 50 })),
    schedule: optional(cron),
  });

  /** Address inside the cluster. */
  readonly uri: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: FeatureStoreArgs, opts?: ComponentOptions) {
    super("features:FeatureStore", name, args, opts);
    const { image, database, replicas = 2, online = { kind: "postgres" }, placement = {}, schedule = "17 * * * *" } = args;
    validate(args, replicas, online, this);

    const child = { parent: this };
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: NAME, labels } }, child);
    this.namespace = namespace.metadata.name;
    const metadata = (object: string) => ({ name: object, namespace: this.namespace });
    const custom = (role: string, apiVersion: string, kind: string, object: string, spec: object) =>
      new k8s.apiextensions.CustomResource(`${name}-${role}`, { apiVersion, kind, metadata: metadata(object), spec }, child);
    const config = (role: string, object: string, data: Record<string, pulumi.Input<string>>) =>
      new k8s.core.v1.ConfigMap(`${name}-${role}`, { metadata: metadata(object), data }, child);
    const policy = (role: string, object: string, spec: k8s.types.input.networking.v1.NetworkPolicySpec) =>
      new k8s.networking.v1.NetworkPolicy(`${name}-${role}`, { metadata: metadata(object), spec }, child);
    const identity = (role: string, object: string) =>
      new k8s.core.v1.ServiceAccount(
        `${name}-${role}`,
        { metadata: metadata(object), automountServiceAccountToken: false },
        child,
      );
    const roleOf = (role: string, of: k8s.core.v1.ServiceAccount, statements: ReturnType<typeof jobsStatements>) =>
      new PodRole(
        `${name}-${role}`,
        { clusterName: args.clusterName, namespace: this.namespace, serviceAccount: of.metadata.name, statements },
        child,
      );

    const traffic = { ...args, databasePort: database.port, online };
    policy("deny", "default-deny", DENY_ALL);
    policy("server-traffic", NAME, serverTraffic(traffic));
    policy("jobs-traffic", JOBS, jobsTraffic(traffic));

    const granted = { ...args, online };
    const account = identity("account", NAME);
    const reading = serverStatements(granted);
    const serverRole = reading.length > 0 ? [roleOf("role", account, reading).association] : [];
    const jobsRole = roleOf("jobs-role", identity("jobs-account", JOBS), jobsStatements(granted));

    custom("generator", API.generator, "Password", GENERATOR, generatorSpec);
    const password = (role: string, user: User) =>
      custom(role, API.externalSecret, "ExternalSecret", fileOf(user).secret, passwordSpec(fileOf(user), GENERATOR));
    const owner = password("owner", "feast");
    const reader = password("reader", "feast_reader");
    const masterOf = masterSpec(MASTER_FILE, args.secretStore, database.secretArn);
    const master = custom("master", API.externalSecret, "ExternalSecret", MASTER_FILE.secret, masterOf);
    const authority = config("authority", AUTHORITY_CONFIG, { [AUTHORITY_FILE]: database.certificateAuthority });
    const settings = settingsOf({ ...args, online });
    const settingsMap = config("settings", SETTINGS_CONFIG, { [SETTINGS_FILE]: settings });

    const rows = uriOf(args.offline).apply((uri) => uri.replace(/\/$/, ""));
    const job = { image, placement, database, rows };
    const files = [authority, settingsMap];
    const applied = new k8s.batch.v1.Job(
      `${name}-apply`,
      { metadata: metadata(applyName(image)), spec: applySpec(job) },
      {
        ...child,
        dependsOn: [owner, reader, master, jobsRole.association, ...files],
        deleteBeforeReplace: true,
        customTimeouts: { create: `${APPLY_SECONDS}s` },
      },
    );
    new k8s.batch.v1.CronJob(
      `${name}-materialization`,
      { metadata: metadata("feast-materialization"), spec: materializationSpec(job, schedule) },
      { ...child, dependsOn: applied },
    );
    const server = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata: { ...metadata(NAME), labels: labelsOf("server") },
        spec: serverSpec({ image, placement, replicas, settings }),
      },
      { ...child, dependsOn: [applied, ...serverRole] },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        // The server's pods are ready: Pulumi would wait ten seconds more, for endpoints that change no longer.
        metadata: { ...metadata(NAME), labels: labelsOf("server"), annotations: { "pulumi.com/skipAwait": "true" } },
        spec: serviceSpec,
      },
      { ...child, dependsOn: server },
    );
    if (replicas > 1) {
      new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata: metadata(NAME), spec: budgetSpec }, child);
    }
    custom("monitor", API.monitoring, "ServiceMonitor", NAME, monitorSpec);

    this.uri = pulumi.interpolate`http://${service.metadata.name}.${this.namespace}.svc.cluster.local`;
    this.registerOutputs({ uri: this.uri, namespace: this.namespace });
  }
}

/** @throws {pulumi.ResourceError} naming the first argument that breaks its rule. */
function validate(
  { clientLabels, database }: FeatureStoreArgs,
  replicas: number,
  online: OnlineStore,
  on: pulumi.Resource,
): void {
  const most = connectionsWithin(database.maxConnections);
  check.that(
    mostConnections(replicas, online) <= most,
    "replicas",
    `so few that they and the jobs stay within ${most} connections, which the tracking server leaves of the database's` +
      ` ${database.maxConnections} (take fewer, or a larger database)`,
    replicas,
    on,
  );
  check.that(
    Object.keys(clientLabels).length > 0,
    "clientLabels",
    "at least one label: without any, every namespace could call the server",
    JSON.stringify(clientLabels),
    on,
  );
}
