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
      "values.prometheus.prometheusSpec.storageSpec: nothing",
      "values.alertmanager.alertmanagerSpec.configSecret: nothing",
      "values.grafana.admin.existingSecret: nothing",
    ]);
  });

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
