import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

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
});
