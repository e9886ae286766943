import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import type { Placement } from "../placement.ts";
import { placement } from "../placement.ts";
import { domainName, fields, input, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";
import { alertRouting } from "./alert-routing.ts";
import { CLIENT_SECRET, clientSecretSpec, DASHBOARDS_ROLE, READ_DASHBOARDS, type SignOn, signOn } from "./grafana.ts";
import { FULL_NAME, NAMESPACE, prometheusValues, SERVICE_ACCOUNT } from "./prometheus-values.ts";
import { rulesPresent } from "./rules/meta.ts";
import { completeGroup, runbooks } from "./rules/rule-groups.ts";

export interface PrometheusStackArgs {
  /** Name of the environment; a label of everything that leaves Prometheus. */
  environment: string;

  /** Where the runbooks lie; alerts link to `<runbookBaseUrl>/<alert>.md`. */
  runbookBaseUrl: string;

  /** Address that is told of alerts, as Alertmanager's generic webhook. Secret. */
  webhook: pulumi.Input<string>;

  /** Name under which browsers reach Grafana, when a `GrafanaRoute` leads there. @default - by port-forward only */
  grafanaHost?: string;

  /** Single sign-on for Grafana, beside its own administrator. Wants `grafanaHost`, and the CRDs of External Secrets. @default - none */
  signOn?: SignOn;

  /** Replicas of Alertmanager. @default 1 */
  alertmanagerReplicas?: number;

  /**
   * Address that expects to hear from us every minute, and raises the alarm when it does not. Secret. Never `webhook`, which pages a person.
   * @default - nobody hears when monitoring itself is down
   */
  heartbeat?: pulumi.Input<string>;

  /** Replicas of Prometheus; each keeps everything. @default 1 */
  prometheusReplicas?: number;

  /** How long Prometheus remembers, days. Comparing this week with the last one takes 15. @default 35 */
  retentionDays?: number;

  /** Storage class of the volumes. @default "gp3" */
  storageClass?: pulumi.Input<string>;

  /** Volume of each Prometheus, GiB. @default 100 */
  storageGiB?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

/**
 * Prometheus, Alertmanager and Grafana (kube-prometheus-stack), set up so that alerts are delivered, weeks can be compared, and
 * every rule and monitor of the cluster is picked up wherever it lies, and every dashboard of its own namespace.
 *
 * Wants the Prometheus operator's CRDs to exist and cert-manager to be ready: it issues the certificate of the operator's admission
 * webhook.
 *
 * @throws {pulumi.ResourceError} when a count or a size is not a whole number of at least its minimum; 15 days of history, to compare weeks.
 */
export class PrometheusStack extends Component {
  static override readonly shape = fields<PrometheusStackArgs>({
    environment: text,
    runbookBaseUrl: runbooks,
    webhook: input(text),
    grafanaHost: optional(domainName),
    signOn: optional(signOn),
    alertmanagerReplicas: optional(wholeNumber({ min: 1 })),
    heartbeat: optional(input(text)),
    prometheusReplicas: optional(wholeNumber({ min: 1 })),
    retentionDays: optional(wholeNumber({ min: 15 })),
    storageClass: optional(input(text)),
    storageGiB: optional(wholeNumber({ min: 10 })),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;
  /** Service account of Prometheus, for whoever lets it read metrics. */
  readonly account = { namespace: NAMESPACE, serviceAccount: SERVICE_ACCOUNT };
  /** Address of Prometheus inside the cluster. */
  readonly prometheusUrl: pulumi.Output<string>;

  constructor(name: string, args: PrometheusStackArgs, opts?: ComponentOptions) {
    super("monitoring:PrometheusStack", name, args, opts);
    const { prometheusReplicas = 1, alertmanagerReplicas = 1, retentionDays = 35, storageGiB = 100, storageClass = "gp3" } = args;
    const { placement = {} } = args;
    checkGrafana(args, this);

    const child = { parent: this };
    // The node exporter looks at the host: its network, its processes, its file systems.
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf(NAMESPACE, "privileged"), child);
    this.namespace = namespace.metadata.name;

    const routes = new k8s.core.v1.Secret(
      `${name}-alert-routes`,
      {
        metadata: { name: "alertmanager-routes", namespace: this.namespace },
        stringData: { "alertmanager.yaml": alertRouting(args) },
      },
      child,
    );
    const password = new random.RandomPassword(`${name}-grafana-password`, { length: 32, special: false }, child);
    const admin = new k8s.core.v1.Secret(
      `${name}-grafana-admin`,
      {
        metadata: { name: "grafana-admin", namespace: this.namespace },
        stringData: { "admin-user": "admin", "admin-password": password.result },
      },
      child,
    );
    const clientSecret = (args.signOn === undefined ? [] : [args.signOn]).map(
      (signOn) =>
        new k8s.apiextensions.CustomResource(
          `${name}-sign-on`,
          {
            apiVersion: API.externalSecret,
            kind: "ExternalSecret",
            metadata: { name: CLIENT_SECRET.name, namespace: this.namespace },
            spec: clientSecretSpec(signOn),
          },
          child,
        ),
    );
    const dashboards = new k8s.rbac.v1.Role(
      `${name}-grafana-dashboards`,
      { metadata: { name: DASHBOARDS_ROLE, namespace: this.namespace }, rules: READ_DASHBOARDS },
      child,
    );
    new k8s.helm.v3.Release(
      `${name}-stack`,
      {
        ...releaseOf(CHARTS.prometheusStack, {
          name: FULL_NAME,
          namespace: this.namespace,
          values: prometheusValues({
            environment: args.environment,
            prometheusReplicas,
            alertmanagerReplicas,
            retentionDays,
            storageGiB,
            storageClass,
            placement,
            alertmanagerSecret: routes.metadata.name,
            grafanaSecret: admin.metadata.name,
            watching: [completeGroup(rulesPresent, args)],
            ...(args.grafanaHost !== undefined && { grafanaHost: args.grafanaHost }),
            ...(args.signOn && { signOn: args.signOn }),
          }),
        }),
        timeout: 900,
      },
      { ...child, dependsOn: [dashboards, ...clientSecret] },
    );

    this.prometheusUrl = pulumi.interpolate`http://${FULL_NAME}-prometheus.${this.namespace}.svc.cluster.local:9090`;
    this.registerOutputs({ namespace: this.namespace, prometheusUrl: this.prometheusUrl });
  }
}

function checkGrafana({ grafanaHost, signOn }: PrometheusStackArgs, stack: pulumi.Resource): void {
  check.that(
    signOn === undefined || grafanaHost !== undefined,
    "grafanaHost",
    "set where 'signOn' is: the provider sends people back there",
    grafanaHost,
    stack,
  );
}
