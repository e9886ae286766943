import * as pulumi from "@pulumi/pulumi";

export interface AlertRoutingArgs {
  /** Address that is told of alerts, as Alertmanager's generic webhook. Secret. */
  webhook: pulumi.Input<string>;

  /** Address that expects to hear from us, and raises the alarm when it does not. Secret. Never `webhook`. @default - nobody hears the heartbeat */
  heartbeat?: pulumi.Input<string>;
}

/**
 * Labels that must agree for one alert to silence another: everything by which an alert names its object, so that a critical one about a
 * node, a volume or a feature leaves the warning about the next one alone. A label that neither alert has counts as equal.
 */
export const SAME_SUBJECT: readonly string[] = [
  "alertname environment cluster namespace team",
  "model model_version feature feature_view window kpi app",
  "controller job instance integration pod container horizontalpodautoscaler",
  "node gpu UUID xid device mountpoint persistentvolumeclaim",
].flatMap((labels) => labels.split(" "));

/** Alerts that follow from another one of the same model. */
const CONSEQUENCES = "ModelLatencyHigh|ModelErrorRateHigh";

/**
 * Alertmanager's whole configuration. Its chart's own delivers nothing (the receiver is `null`), and silences the warning on one
 * feature while another one of the namespace is critical.
 *
 * @returns JSON, which Alertmanager reads as the YAML that it is; secret, because it carries the addresses.
 */
export function alertRouting({ webhook, heartbeat }: AlertRoutingArgs): pulumi.Output<string> {
  const hooks = [
    { name: "people", webhook_configs: [{ url: webhook, send_resolved: true }] },
    ...(heartbeat === undefined ? [] : [{ name: "heartbeat", webhook_configs: [{ url: heartbeat, send_resolved: false }] }]),
  ];
  return pulumi.secret(
    pulumi.jsonStringify({
      global: { resolve_timeout: "5m" },
      route: routeWith(heartbeat === undefined ? "nobody" : "heartbeat"),
      inhibit_rules: INHIBITIONS,
      receivers: [{ name: "nobody" }, ...hooks],
    }),
  );
}

const routeWith = (watchdog: "heartbeat" | "nobody") => ({
  // What no route below knows is heard all the same.
  receiver: "people",
  group_by: ["alertname", "category", "namespace", "environment", "model"],
  group_wait: "30s",
  group_interval: "5m",
  repeat_interval: "4h",
  routes: [
    // Always fires. Who receives it must raise the alarm when it stays away: that is when monitoring itself is down.
    {
      receiver: watchdog,
      matchers: ['alertname = "Watchdog"'],
      group_wait: "0s",
      group_interval: "1m",
      repeat_interval: "1m",
    },
    { receiver: "nobody", matchers: ['alertname = "InfoInhibitor"'] },
    { receiver: "people", matchers: ['severity = "critical"'], group_wait: "10s", repeat_interval: "1h" },
    { receiver: "nobody", matchers: ['severity =~ "info|none"'] },
  ],
});

const INHIBITIONS = [
  { source_matchers: ['severity = "critical"'], target_matchers: ['severity =~ "warning|info"'], equal: SAME_SUBJECT },
  { source_matchers: ['severity = "warning"'], target_matchers: ['severity = "info"'], equal: SAME_SUBJECT },
  {
    source_matchers: ['alertname =~ "ModelTrafficLost|ServingMetricsMissing"'],
    target_matchers: [`alertname =~ "${CONSEQUENCES}"`],
    equal: ["namespace", "environment", "model"],
  },
  { source_matchers: ['alertname = "InfoInhibitor"'], target_matchers: ['severity = "info"'], equal: ["namespace"] },
];
