import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import type { DatabaseInstance } from "../database/instance.ts";
import { generatorSpec, masterSpec, passwordSpec } from "../database/passwords.ts";
import { DENY_ALL } from "../egress.ts";
import { account } from "../iam.ts";
import { PodRole } from "../identity/pod-role.ts";
import type { Placement } from "../placement.ts";
import { placement } from "../placement.ts";
import { anyText, fields, input, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { API } from "../versions.ts";
import { ACCESS_CONFIG, ACCESS_FILE, accessTable, type TrackingAccess, trackingAccess } from "./access.ts";
import { COLLECTION, collectionSpec } from "./collection.ts";
import { AUTHORITY_CONFIG, AUTHORITY_FILE, MASTER_FILE, PASSWORD_FILE, trackingDatabase } from "./database.ts";
import { autoscalerSpec, routeSpec, serviceSpec, type TrackingRoute, trackingRoute, URI } from "./exposure.ts";
import { monitorSpec } from "./metrics.ts";
import { IMAGE, MIGRATION_SECONDS, migrationName, migrationSpec } from "./migration.ts";
import { trafficSpec } from "./network-policy.ts";
import { artifactStatements } from "./permissions.ts";
import { labelsOf, NAME } from "./pod.ts";
import { GENERATOR, KEYS_SECRET, keysSpec } from "./secrets.ts";
import { budgetSpec, serverSpec } from "./server.ts";
import { validate } from "./validation.ts";

export interface TrackingServerArgs {
  /** Who may do what: the rights of roles, and whose tokens are good. */
  access: TrackingAccess;

  /** AWS account that owns the artifact store, 12 digits. */
  account: pulumi.Input<string>;

  /** Bucket of the artifacts; the server uses its folder `mlflow/` alone. */
  artifactStore: { name: pulumi.Input<string>; arn: pulumi.Input<string> };

  /** Labels of the namespaces whose pods may call the server. */
  clientLabels: Record<string, string>;

  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** PostgreSQL that holds runs and models. */
  database: DatabaseInstance;

  /** Key that encrypts the artifact store. */
  dataKeyArn: pulumi.Input<string>;

  /** MLflow image: a whole version with its drivers, and its digest, `<repository>:v3.17.0-full@sha256:<64 hexadecimal digits>`. */
  image: string;

  /** Namespace of Prometheus. */
  monitoringNamespace: pulumi.Input<string>;

  /** Region of the artifact store. */
  region: pulumi.Input<string>;

  /** Name of the ClusterSecretStore that reads the database's secret. */
  secretStore: pulumi.Input<string>;

  /** IPv4 range in which the database lies. */
  vpcCidr: pulumi.Input<string>;

  /** Most replicas; above `replicas`, an autoscaler sets their number by the CPU. @default `replicas` */
  maxReplicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;

  /** Replicas, at least. Two and more are spread over zones and nodes, and drained one at a time. @default 1 */
  replicas?: number;

  /** Way in through the ingress gateway. @default - reached from inside the cluster only */
  route?: TrackingRoute;

  /** Processes of a replica that answer requests. @default 2 */
  workers?: number;
}

/**
 * MLflow: the tracking server and model registry of an environment. People, jobs and pipelines sign in with tokens, and may do what the
 * table of rights says (docs/decisions/tracking-rights.md).
 *
 * Wants the CRDs of External Secrets (with the store), of the Prometheus operator and, with a route, of Istio to exist. Another
 * version is another migration: the server is ended, the tables are changed, the server comes back
 * (docs/decisions/tracking-migration.md). No secret value is an input of anything here (docs/decisions/tracking-secrets.md).
 *
 * @throws {pulumi.ResourceError} when a number is not a whole one in its range, the replicas could open 80 % of the database's
 *   connections or more, the image has no whole version or no digest, no client is named, an issuer gives a role that has no rights, or a certificate or a host is invalid.
 */
export class TrackingServer extends Component {
  static override readonly shape = fields<TrackingServerArgs>({
    access: trackingAccess,
    account: input(account),
    artifactStore: fields<TrackingServerArgs["artifactStore"]>({ name: input(text), arn: input(text) }),
    clientLabels: mapOf(anyText),
    clusterName: input(text),
    database: trackingDatabase,
    dataKeyArn: input(text),
    image: matching(IMAGE, "an MLflow image of a whole version with its drivers and its digest (…:v3.17.0-full@sha256:…)"),
    monitoringNamespace: input(text),
    region: input(text),
    secretStore: input(text),
    vpcCidr: input(text),
    maxReplicas: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
    replicas: optional(wholeNumber({ min: 1 })),
    route: optional(trackingRoute),
    workers: optional(wholeNumber({ min: 1, max: 16 })),
  });

  /** Address inside the cluster, for `MLFLOW_TRACKING_URI`. */
  readonly uri: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;

  constructor(name: string, args: TrackingServerArgs, opts?: ComponentOptions) {
    super("tracking:TrackingServer", name, args, opts);
    const { replicas = 1, maxReplicas = replicas, workers = 2, image, database, route, placement = {} } = args;
    validate({ ...args, replicas, maxReplicas, workers }, this);

    const child = { parent: this };
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: NAME, labels } }, child);
    this.namespace = namespace.metadata.name;
    const metadata = (object: string) => ({ name: object, namespace: this.namespace });
    const custom = (role: string, apiVersion: string, kind: string, object: string, spec: object) =>
      new k8s.apiextensions.CustomResource(`${name}-${role}`, { apiVersion, kind, metadata: metadata(object), spec }, child);
    const traffic = { ...args, databasePort: database.port, ...(route && { gatewayNamespace: route.gateway.namespace }) };
    new k8s.networking.v1.NetworkPolicy(`${name}-deny`, { metadata: metadata("default-deny"), spec: DENY_ALL }, child);
    new k8s.networking.v1.NetworkPolicy(`${name}-traffic`, { metadata: metadata(NAME), spec: trafficSpec(traffic) }, child);

    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: metadata(NAME), automountServiceAccountToken: false },
      child,
    );
    const role = new PodRole(
      `${name}-role`,
      {
        clusterName: args.clusterName,
        namespace: this.namespace,
        serviceAccount: account.metadata.name,
        statements: artifactStatements(args.artifactStore, args.dataKeyArn, args.region),
      },
      child,
    );

    custom("generator", API.generator, "Password", GENERATOR, generatorSpec);
    const keys = custom("keys", API.externalSecret, "ExternalSecret", KEYS_SECRET, keysSpec);
    const passwordOf = passwordSpec(PASSWORD_FILE, GENERATOR);
    const password = custom("password", API.externalSecret, "ExternalSecret", PASSWORD_FILE.secret, passwordOf);
    const masterOf = masterSpec(MASTER_FILE, args.secretStore, database.secretArn);
    const master = custom("master", API.externalSecret, "ExternalSecret", MASTER_FILE.secret, masterOf);
    const access = new k8s.core.v1.ConfigMap(
      `${name}-access`,
      { metadata: metadata(ACCESS_CONFIG), data: { [ACCESS_FILE]: accessTable(args.access) } },
      child,
    );
    const authority = new k8s.core.v1.ConfigMap(
      `${name}-authority`,
      { metadata: metadata(AUTHORITY_CONFIG), data: { [AUTHORITY_FILE]: database.certificateAuthority } },
      child,
    );

    const migration = new k8s.batch.v1.Job(
      `${name}-migration`,
      { metadata: metadata(migrationName(image)), spec: migrationSpec(image, database, placement) },
      {
        ...child,
        dependsOn: [account, password, master, authority],
        deleteBeforeReplace: true,
        customTimeouts: { create: `${MIGRATION_SECONDS}s` },
      },
    );
    // Whatever writes is gone before another migration begins, and comes back when it has succeeded: `replaceWith` also waits for it.
    const writer = { ...child, replaceWith: [migration], deleteBeforeReplace: true };
    const spread = maxReplicas > 1;
    const scaled = maxReplicas > replicas;
    const server = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata: { ...metadata(NAME), labels: labelsOf("server") },
        spec: serverSpec({
          ...args,
          image,
          workers,
          placement,
          spread,
          ...(!scaled && { fixedReplicas: replicas }),
          ...(route && { host: route.host }),
        }),
      },
      { ...writer, dependsOn: [access, keys, role.association] },
    );
    new k8s.batch.v1.CronJob(
      `${name}-collection`,
      { metadata: metadata(COLLECTION), spec: collectionSpec(image, database, URI, placement) },
      { ...writer, dependsOn: keys },
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
    if (scaled) {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        `${name}-autoscaler`,
        { metadata: metadata(NAME), spec: autoscalerSpec(replicas, maxReplicas) },
        { ...child, dependsOn: server },
      );
    }
    custom("monitor", API.monitoring, "ServiceMonitor", NAME, monitorSpec);
    if (route) {
      custom("route", API.gateway, "VirtualService", NAME, routeSpec(route));
    }

    this.serviceName = service.metadata.name;
    this.uri = pulumi.interpolate`http://${this.serviceName}.${this.namespace}.svc.cluster.local`;
    this.registerOutputs({ uri: this.uri, namespace: this.namespace, serviceName: this.serviceName });
  }
}
