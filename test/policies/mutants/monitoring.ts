import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const MONITORING = "monitoring.coreos.com/v1";
const rules = (layer: "platform" | "workloads", name: string) => kubernetes(layer, `${MONITORING}:PrometheusRule`, name);
const MODEL = rules("workloads", "fraud-monitoring-rules");
const CONTROLLERS = rules("platform", "rules-controllers");
const GPUS = rules("platform", "rules-gpus");
const PODS = kubernetes("workloads", `${MONITORING}:PodMonitor`, "fraud-monitor");
const GATEWAY = kubernetes("platform", `${MONITORING}:PodMonitor`, "gateway-monitor");
const TRACKING = kubernetes("platform", `${MONITORING}:ServiceMonitor`, "tracking-monitor");
const STACK = kubernetes("platform", "helm.sh/v3:Release", "monitoring-stack");
const ROUTES = kubernetes("platform", "core/v1:Secret", "monitoring-alert-routes");

const every = ({ spec }: any): any[] => spec.groups.flatMap((group: any) => group.rules);
/** Changes every alert of a name. */
const alert = (name: string, edit: (rule: any) => void) => (inputs: any) => {
  const found = every(inputs).filter((rule) => rule.alert === name);
  if (found.length === 0) {
    throw new Error(`there is no alert '${name}'`);
  }
  for (const rule of found) {
    edit(rule);
  }
};
const without = (name: string) => (inputs: any) => {
  for (const group of inputs.spec.groups) {
    group.rules = group.rules.filter((rule: any) => rule.alert !== name);
  }
};

/** The rule about failed answers with another expression, bad at the alerts of the model. */
const errors = (what: string, rewrite: (expr: string) => string) =>
  MODEL.bad(
    `an alert about failed answers ${what}`,
    alert("ModelErrorRateHigh", (it) => {
      it.expr = changedBy(rewrite, it.expr);
    }),
  );
const errorsFine = (what: string, rewrite: (expr: string) => string) =>
  MODEL.harmless(
    `an alert about failed answers ${what}`,
    alert("ModelErrorRateHigh", (it) => {
      it.expr = changedBy(rewrite, it.expr);
    }),
  );
function changedBy(rewrite: (expr: string) => string, expr: string): string {
  const changed = rewrite(expr);
  if (changed === expr) {
    throw new Error(`the expression must change, got ${expr}: fix the mutant`);
  }
  return changed;
}

const dropped = ({ podMetricsEndpoints: [endpoint] }: any, regex: string): void => {
  endpoint.metricRelabelings = [...(endpoint.metricRelabelings ?? []), { action: "drop", regex, sourceLabels: ["__name__"] }];
};

const relabel = ({ podMetricsEndpoints: [endpoint] }: any, more: readonly object[]): void => {
  endpoint.metricRelabelings = [...(endpoint.metricRelabelings ?? []), ...more];
};
const PART = { action: "hashmod", sourceLabels: ["instance"], modulus: 2, targetLabel: "__tmp_part" };
const RELABELED: readonly (readonly [string, ...object[]])[] = [
  ["whose series lose the name of the model", { action: "labeldrop", regex: "model" }],
  ["whose series lose their version", { action: "labeldrop", regex: "model_.*|instance" }],
  ["whose series keep their names only", { action: "labelkeep", regex: "__name__" }],
  ["whose series lose their names", { action: "labelkeep", regex: "namespace|model|pod" }],
  ["whose series all have one name", { targetLabel: "__name__", replacement: "model_metric" }],
  ["whose series all come from one namespace", { action: "replace", targetLabel: "namespace", replacement: "models" }],
  ["whose versions are numbers", { ...PART, targetLabel: "model_version" }],
  ["of which half of the series is kept", PART, { action: "keep", sourceLabels: ["__tmp_part"], regex: "0" }],
  ["of which half of the series is dropped", PART, { action: "drop", sourceLabels: ["__tmp_part"], regex: "1" }],
];
const RELABELED_WELL: readonly (readonly [string, ...object[]])[] = [
  ["whose series lose the name of a container image", { action: "labeldrop", regex: "image|container_id" }],
  ["whose series get the name of the cluster", { targetLabel: "cluster", replacement: "prod" }],
  ["whose series get the number of their half", { ...PART, targetLabel: "half" }],
  [
    "one of whose series has another name",
    { sourceLabels: ["__name__"], regex: "go_(.*)", targetLabel: "__name__", replacement: "golang_$1" },
  ],
];

/** One more alert, and nothing else wrong with it. */
const another =
  (expr: string, labels: Record<string, string> = {}) =>
  ({ spec }: any): void =>
    spec.groups.push({
      name: "another",
      rules: [
        {
          alert: "Another",
          expr,
          for: "5m",
          labels: { severity: "warning", category: "business", environment: "prod", ...labels },
          annotations: { summary: "another", description: "another", runbook_url: "https://example.com/runbooks/Another.md" },
        },
      ],
    });

/** Alerts: what is measured, when somebody is called, and who. */
export const ALERTS: readonly StackMutant[] = [
  ...["ModelErrorRateHigh", "ModelLatencyHigh", "ModelTrafficLost"].map((name) =>
    MODEL.bad(
      `${name} that wakes up nobody`,
      alert(name, (it) => {
        it.labels.severity = "warning";
      }),
    ),
  ),
  MODEL.bad("a critical alert about failed answers that only informs", ({ spec }) => {
    every({ spec }).find((it) => it.alert === "ModelErrorRateHigh" && it.labels.severity === "critical").labels.severity = "info";
  }),
  MODEL.harmless(
    "an alert about memory that wakes somebody up",
    alert("ModelMemoryHigh", (it) => {
      it.labels.severity = "critical";
    }),
  ),
  MODEL.harmless(
    "an alert about failed answers that is always critical",
    alert("ModelErrorRateHigh", (it) => {
      it.labels.severity = "critical";
    }),
  ),
  MODEL.bad("no alert about slow answers", without("ModelLatencyHigh")),
  MODEL.bad("no alert about failed answers", without("ModelErrorRateHigh")),
  MODEL.bad("no alert about drift", without("DataDrift")),
  MODEL.bad(
    "an alert about slow answers after five hours",
    alert("ModelLatencyHigh", (it) => {
      it.for = "5h";
    }),
  ),
  MODEL.bad(
    "an alert about failed answers after a day",
    alert("ModelErrorRateHigh", (it) => {
      it.for = "1d";
    }),
  ),
  MODEL.bad(
    "an alert about slow answers with another limit",
    alert("ModelLatencyHigh", (it) => {
      it.expr = it.expr.replace("> 0.05", "> 0.95");
    }),
  ),
  MODEL.bad(
    "an alert about failed answers that can never fire",
    alert("ModelErrorRateHigh", (it) => {
      it.expr = "vector(0) > 1";
    }),
  ),
  MODEL.bad(
    "an alert about failed answers above everything",
    alert("ModelErrorRateHigh", (it) => {
      it.expr = it.expr.replace(/> 0\.0\d$/, "> 1");
    }),
  ),
  MODEL.bad(
    "an alert about lost requests that calls nobody",
    alert("ModelTrafficLost", (it) => {
      it.labels.severity = "info";
    }),
  ),
  MODEL.bad(
    "an alert without a severity",
    alert("ModelLatencyHigh", (it) => {
      delete it.labels.severity;
    }),
  ),
  MODEL.bad(
    "an alert about drift at twice its limit",
    alert("DataDrift", (it) => {
      it.expr = it.expr.replace("0.25", "2.5").replace("> 0.1", "> 1");
    }),
  ),
  MODEL.bad(
    "an alert about a worse model after a week",
    alert("ConceptDrift", (it) => {
      it.for = "1w";
    }),
  ),
  MODEL.bad(
    "an alert without a page",
    alert("ModelErrorRateHigh", (it) => {
      delete it.annotations.runbook_url;
    }),
  ),
  MODEL.bad("an alert that is read each hour", ({ spec }) => {
    spec.groups.find(({ name }: any) => name === "millrace-serving").interval = "1h";
  }),
  MODEL.bad("alerts about another model", ({ spec }) => {
    for (const rule of every({ spec })) {
      rule.expr = rule.expr.replaceAll('model="fraud"', 'model="frauds"');
    }
  }),
  MODEL.removed("a model without alerts"),
  CONTROLLERS.bad(
    "an alert about dead controllers after ten hours",
    alert("ControllerDown", (it) => {
      it.for = "10h";
    }),
  ),
  CONTROLLERS.removed("no alert about dead controllers"),
  GPUS.bad(
    "an alert about broken GPUs that fires after a day",
    alert("GpuHardwareFault", (it) => {
      it.for = "24h";
    }),
  ),
  GPUS.bad("no alert about empty GPUs", without("GpuNodeEmpty")),
  rules("platform", "rules-meta").removed("no alert about the monitoring itself"),
  PODS.bad("a model that is measured on a path that it does not have", ({ spec }) => {
    spec.podMetricsEndpoints[0].path = "/health";
  }),
  PODS.bad("a model that is measured each hour", ({ spec }) => {
    spec.podMetricsEndpoints[0].interval = "1h";
  }),
  PODS.bad("a measurement of other pods", ({ spec }) => {
    spec.selector.matchLabels.app = "other";
  }),
  PODS.bad("a measurement of which ten values are kept", ({ spec }) => {
    spec.sampleLimit = 10;
  }),
  PODS.removed("a model that nobody measures"),
  GATEWAY.bad("a gateway whose requests are not kept", ({ spec }) => {
    spec.podMetricsEndpoints[0].metricRelabelings = [
      { action: "drop", regex: "envoy_cluster_upstream_rq.*", sourceLabels: ["__name__"] },
    ];
  }),
  GATEWAY.bad("a gateway that is measured on a port that it does not have", ({ spec }) => {
    spec.podMetricsEndpoints[0].port = "metrics";
  }),
  TRACKING.bad("MLflow that is measured without a check of certificates", ({ spec }) => {
    Object.assign(spec.endpoints[0], { scheme: "https", tlsConfig: { insecureSkipVerify: true } });
  }),
  ROUTES.bad("routes of alerts in the open", (inputs) => {
    inputs["stringData"] = {
      "alertmanager.yaml": JSON.stringify({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] }),
    };
  }),
  ROUTES.removed("no routes of alerts"),
  ((it) => added("platform", it.type, "a silence of everything", it.inputs))(
    object("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig", {
      metadata: { name: "quiet", namespace: "monitoring" },
      spec: {
        route: { receiver: "none" },
        receivers: [{ name: "none" }],
        inhibitRules: [
          {
            sourceMatch: [{ name: "alertname", value: "Watchdog" }],
            targetMatch: [{ name: "severity", value: ".*", matchType: "=~" }],
          },
        ],
      },
    }),
  ),
  ((it) => added("platform", it.type, "alerts by mail in the clear", it.inputs))(
    object("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig", {
      metadata: { name: "mail", namespace: "monitoring" },
      spec: {
        route: { receiver: "mail" },
        receivers: [
          { name: "mail", emailConfigs: [{ to: "sre@example.com", smarthost: "mail.example.com:25", requireTLS: false }] },
        ],
      },
    }),
  ),

  MODEL.bad("alerts about a series that nothing records", ({ spec }) => {
    for (const group of spec.groups) {
      group.rules = group.rules.filter((rule: any) => rule.record !== "mlops:serving_slow:ratio75s");
    }
  }),
  MODEL.bad(
    "an alert about failed answers that waits for something that never is",
    alert("ModelErrorRateHigh", (it) => {
      it.expr = `${it.expr} and on () vector(0) > 1`;
    }),
  ),
  rules("platform", "rules-gateway-adapter").removed("requests that nothing records"),
  GATEWAY.removed("a gateway that nobody measures"),
  TRACKING.removed("MLflow that nobody measures"),
  kubernetes("platform", `${MONITORING}:ServiceMonitor`, "mesh-monitor").removed("a mesh that nobody measures"),
  STACK.bad("rules of models that nobody reads", ({ values }) => {
    delete values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues;
  }),
  STACK.bad("monitors of one release only", ({ values }) => {
    values.prometheus.prometheusSpec.podMonitorSelector = { matchLabels: { release: "kube-prometheus-stack" } };
  }),
  STACK.bad("a Prometheus that stands still", ({ values }) => {
    values.prometheus.prometheusSpec.paused = true;
  }),
  STACK.bad("no alerts about pods, by their group", ({ values }) => {
    values.defaultRules.rules.kubernetesApps = false;
  }),
  STACK.harmless("measurements twice as often", ({ values }) => {
    values.prometheus.prometheusSpec.scrapeInterval = "15s";
  }),
  STACK.harmless("no alerts about a part that is not there", ({ values }) => {
    values.defaultRules.rules.kubeControllerManager = false;
  }),
  MODEL.harmless(
    "an alert about slow answers after four minutes",
    alert("ModelLatencyHigh", (it) => {
      it.for = "4m";
    }),
  ),
  MODEL.harmless(
    "an alert about slow answers after five minutes, in seconds",
    alert("ModelLatencyHigh", (it) => {
      it.for = "300s";
    }),
  ),
  MODEL.harmless(
    "an alert with other words",
    alert("ModelErrorRateHigh", (it) => {
      it.annotations.summary = "errors";
    }),
  ),
  MODEL.harmless(
    "an alert with one more label",
    alert("ModelErrorRateHigh", (it) => {
      it.labels.team = "risk";
    }),
  ),
  MODEL.harmless("one more alert of a model", ({ spec }) => {
    spec.groups.push({
      name: "risk",
      rules: [
        {
          alert: "ModelQuiet",
          expr: 'sum(mlops:serving_requests:rate2m{namespace="models-risk"}) < 0.01',
          for: "1h",
          labels: { severity: "info", category: "business", environment: "prod" },
          annotations: { summary: "quiet", description: "quiet", runbook_url: "https://example.com/runbooks/ModelQuiet.md" },
        },
      ],
    });
  }),
  MODEL.harmless("groups of alerts in another order", ({ spec }) => spec.groups.reverse()),
  CONTROLLERS.harmless(
    "an alert about dead controllers after three minutes",
    alert("ControllerDown", (it) => {
      it.for = "3m";
    }),
  ),
  MODEL.harmless(
    "an alert about every model of its namespace",
    alert("ModelLatencyHigh", (it) => {
      it.expr = it.expr.replace(', model="fraud"', "");
    }),
  ),
  MODEL.harmless(
    "an alert that names its model by an expression",
    alert("ModelErrorRateHigh", (it) => {
      it.expr = it.expr.replace('model="fraud"', 'model=~"fraud|spam"');
    }),
  ),
  MODEL.bad(
    "an alert about failed answers above a little more than everything",
    alert("ModelErrorRateHigh", (it) => {
      it.expr = it.expr.replace(/> 0\.0\d$/, "> 1 + 0 * up");
    }),
  ),
  ...["mlops_.*", "istio_requests_total|go_.*", "mlops_drift_(score|samples)"].map((regex) =>
    PODS.bad(`a model whose series ${regex} are dropped`, ({ spec }) => dropped(spec, regex)),
  ),
  ...["go_.*", "mlops_debug_.*"].map((regex) =>
    PODS.harmless(`a model whose series ${regex} are dropped`, ({ spec }) => dropped(spec, regex)),
  ),
  ...RELABELED.map(([what, ...relabelings]) => PODS.bad(`a model ${what}`, ({ spec }) => relabel(spec, relabelings))),
  ...RELABELED_WELL.map(([what, ...relabelings]) => PODS.harmless(`a model ${what}`, ({ spec }) => relabel(spec, relabelings))),
  MODEL.bad("rules without an alert", ({ spec }) => {
    spec.groups = [];
  }),
  CONTROLLERS.bad("no alert about a dead gateway", ({ spec }) => {
    spec.groups[0].rules = spec.groups[0].rules.filter(({ expr }: any) => !expr.includes("istio-ingress"));
  }),
  CONTROLLERS.harmless("one alert about every job of a namespace", ({ spec }) => {
    for (const rule of spec.groups[0].rules) {
      rule.expr = rule.expr.replace('job="webhook"', 'job=~"webhook|other"');
    }
  }),
  PODS.harmless("a model that is measured by its labels in another form", ({ spec }) => {
    spec.selector = { matchExpressions: [{ key: "app", operator: "In", values: ["fraud"] }] };
  }),
  PODS.harmless("a model that is measured without an interval of its own", ({ spec }) => {
    delete spec.podMetricsEndpoints[0].interval;
  }),
  GATEWAY.bad("a gateway of which no time is kept", ({ spec }) => {
    spec.podMetricsEndpoints[0].metricRelabelings.push({ action: "drop", regex: ".*_bucket", sourceLabels: ["__name__"] });
  }),
  GATEWAY.harmless("a gateway of which less is kept that nobody reads", ({ spec }) => {
    spec.podMetricsEndpoints[0].metricRelabelings.push({ action: "drop", regex: "envoy_server_.*", sourceLabels: ["__name__"] });
  }),
  PODS.harmless("a model that is measured more often", ({ spec }) => {
    spec.podMetricsEndpoints[0].interval = "10s";
  }),
  ((it) => welcome("platform", it.type, "one more measurement of a Service", it.inputs))(
    object(MONITORING, "ServiceMonitor", {
      metadata: { name: "rollouts", namespace: "argo-rollouts" },
      spec: { endpoints: [{ port: "metrics", interval: "30s" }], selector: { matchLabels: { app: "rollouts" } } },
    }),
  ),
  ((it) => welcome("platform", it.type, "alerts of one team by mail", it.inputs))(
    object("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig", {
      metadata: { name: "team", namespace: "monitoring" },
      spec: {
        route: { receiver: "mail", matchers: [{ name: "team", value: "risk" }] },
        receivers: [{ name: "mail", emailConfigs: [{ to: "risk@example.com", smarthost: "mail.example.com:587" }] }],
        inhibitRules: [
          {
            sourceMatch: [{ name: "severity", value: "critical" }],
            targetMatch: [{ name: "severity", value: "warning" }],
            equal: ["alertname", "namespace"],
          },
        ],
      },
    }),
  ),

  errors("that fires when nothing fails", (expr) => expr.replace(">", "<")),
  errors("times nothing", (expr) => expr.replace(/^(.*) > .*$/, "($1) * 0 > 1")),
  errors("at the twenty-fifth hour", (expr) => `${expr} and on() hour() == 25`),
  errors("and a number above itself", (expr) => `${expr} and on() vector(0) > 1`),
  errors("of a series that nothing records", (expr) => expr.replace("ratio75s", "ratio57s")),
  errors("of yesterday", (expr) => expr.replace("} >", "} offset 1d >")),
  errors("unless something is up", (expr) => `${expr} unless on() up`),
  errors("below nothing", (expr) => expr.replace(/> .*$/, "< 0")),
  errors("above five times everything", (expr) => expr.replace(/> .*$/, "> 5")),
  errors("that is no expression", (expr) => `sum(${expr}`),
  errors("by yes and no", (expr) => expr.replace(">", "> bool")),
  errors("at one moment", (expr) => expr.replace("} >", "} @ 0 >")),
  errors("cut off", (expr) => expr.replace(/^(.*) > /, "floor($1) > 1 + ")),
  errors("without itself", (expr) => `${expr} unless ${expr}`),
  ...[
    "up > 1",
    "up > 0 and up < 0",
    "up == 0 unless up == 0",
    "absent(up) == 2",
    "rate(container_cpu_usage_seconds_total[10s]) > 1",
    "up == bool 0",
    "sum(up == 0",
    "up >= 0",
    "up",
    "rate(container_cpu_usage_seconds_total[5m]) < 0",
    "up == 0 or vector(1)",
  ].map((expr) => MODEL.bad(`one more alert by '${expr}'`, another(expr))),
  MODEL.bad("one more alert of a severity that is misspelt", another("up == 0", { severity: "critcal" })),
  ...[
    'absent(up{job="x"}) == 1',
    "up == 0",
    "sum by (job) (irate(container_cpu_usage_seconds_total[1m])) > 5",
    "increase(container_oom_events_total[30m]) > 0",
    "x / y > 0.05 and y > 100",
    "topk(3, x) > 5",
    "predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0",
    "time() - last > 3600",
    "changes(kube_pod_status_ready[15m]) > 3",
    "deriv(process_resident_memory_bytes[1h]) > 1e6",
  ].map((expr) => MODEL.harmless(`one more alert by '${expr}'`, another(expr))),
  errorsFine("over two lines", (expr) => expr.replace(" > ", "\n  >\n    ")),
  errorsFine("in per cent", (expr) => expr.replace(/^(.*) > 0\.0(\d)$/, "$1 * 100 > $2")),
  errorsFine("rounded", (expr) => expr.replace(/^(.*) > /, "round($1, 0.0001) > ")),
  errorsFine("or none", (expr) => expr.replace(/^(.*) > /, "($1 or vector(0)) > ")),
  errorsFine("by model", (expr) => expr.replace(/^(.*) > /, "max by (namespace, model) ($1) > ")),
];
