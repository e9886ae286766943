import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("OBS-02", [
  {
    what: "measurements of one day",
    layer: "platform",
    resource: "monitoring-stack",
    change: ({ values }) => {
      values.prometheus.prometheusSpec.retention = "1d";
    },
    says: "platform-prod/monitoring-stack: 'values.prometheus.prometheusSpec.retention' must be at least 15d, got '1d'",
    unknown: "values.prometheus.prometheusSpec.retention",
  },
]);

describe("OBS-02", () => {
  it("looks at no other chart", () => {
    expect(found("OBS-02", of("kubernetes:helm.sh/v3:Release", "a", { chart: "grafana" }))).toEqual([]);
  });

  it("names what a chart without values lacks", () => {
    expect(found("OBS-02", of("kubernetes:helm.sh/v3:Release", "a", { chart: "kube-prometheus-stack" }))).toEqual([
      "values.prometheus.prometheusSpec.retention: 10d",
      "values.prometheus.prometheusSpec.storageSpec.volumeClaimTemplate: nothing",
      "values.alertmanager.alertmanagerSpec.configSecret: nothing",
      "values.grafana.admin.existingSecret: nothing",
      "values.kube-state-metrics.collectorsExclude: nothing",
    ]);
  });

  const grafana = (values: object): { faults: string[] } => {
    const chart = of("kubernetes:helm.sh/v3:Release", "a", { chart: "kube-prometheus-stack", values: { grafana: values } });
    return { faults: found("OBS-02", chart).filter((each) => each.includes("grafana") && !each.includes("existingSecret")) };
  };
  const ini = (settings: object) => grafana({ "grafana.ini": settings });

  it.each([
    ini({ users: { allow_sign_up: "true" } }),
    ini({ users: { auto_assign_org_role: "Admin" } }),
    ini({ "auth.proxy": { enabled: true } }),
    grafana({ env: { GF_AUTH_ANONYMOUS_ENABLED: "true" } }),
    grafana({ envRenderSecret: { GF_AUTH_PROXY_ENABLED: "True" } }),
    grafana({ extraEnv: [null, { name: "GF_USERS_ALLOW_SIGN_UP", value: "1" }] }),
    grafana({ env: { GF_USERS_ALLOW_SIGN_UP: true }, "grafana.ini": { users: { allow_sign_up: false } } }),
  ])("refuses strangers in Grafana: %#", ({ faults }) => expect(faults).toHaveLength(1));

  it.each([
    ini({ users: { allow_sign_up: false, auto_assign_org_role: "Viewer" }, "auth.anonymous": null }),
    ini({ "auth.proxy": { enabled: true, whitelist: "10.0.0.4" } }),
    ini({ "auth.generic_oauth": { enabled: true, allow_sign_up: true } }),
    grafana({ enabled: false, env: { GF_AUTH_ANONYMOUS_ENABLED: "true" } }),
    grafana({ env: { GF_AUTH_ANONYMOUS_ENABLED: "false" }, "grafana.ini": { "auth.anonymous": { enabled: true } } }),
  ])("accepts people who sign in: %#", ({ faults }) => expect(faults).toEqual([]));

  it.each([
    { prometheus: { prometheusSpec: { paused: true } } },
    { prometheus: { prometheusSpec: { scrapeInterval: "10m" } } },
    { prometheus: { service: { type: "LoadBalancer" } } },
    { alertmanager: { ingress: { enabled: true } } },
    { defaultRules: { rules: { kubernetesApps: false } } },
    { kubeStateMetrics: { enabled: "false" } },
  ])("refuses %j", (values) => {
    const chart = (own: object) =>
      found("OBS-02", of("kubernetes:helm.sh/v3:Release", "a", { chart: "kube-prometheus-stack", values: own }));
    expect(chart(values).filter((each) => !chart({}).includes(each))).toHaveLength(1);
  });

  it("lets others have a part elsewhere, or behind a login", () => {
    const own = (values: object) =>
      found(
        "OBS-02",
        of("kubernetes:helm.sh/v3:Release", "a", { chart: "kube-prometheus-stack", values }),
        ruleOf("OBS-02").elsewhere,
      );
    for (const values of [{ nodeExporter: { enabled: false } }, { prometheus: { ingress: { enabled: true } } }]) {
      expect(own(values)).toEqual(own({}));
    }
  });
});
