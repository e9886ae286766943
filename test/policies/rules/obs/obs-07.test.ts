import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("OBS-07", [
  {
    layer: "workloads",
    resource: "fraud-monitoring-rules",
    what: "alerts about series that nothing records",
    change: ({ spec }) => {
      for (const group of spec.groups) {
        group.rules = group.rules.filter(({ record }: any) => record !== "mlops:serving_errors:ratio75s");
      }
    },
    says: "workloads-prod/fraud-monitoring-rules: 'spec.groups' must be alerts about series that a rule of this stack records, got 'mlops:serving_errors:ratio75s, which nothing records'",
    unknown: "spec.groups",
  },
  {
    layer: "platform",
    resource: "monitoring-stack",
    what: "rules of models that Prometheus does not read",
    change: ({ values }) => {
      values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues = true;
    },
    says: "platform-prod/monitoring-stack: 'values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues' must be false, as 'millrace-gateway-adapter' is not of the chart, got 'true'",
  },
]);

const metadata = { name: "a", namespace: "a" };
const stack = (prometheusSpec: object) =>
  of("kubernetes:helm.sh/v3:Release", "s", {
    chart: "kube-prometheus-stack",
    name: "stack",
    values: { prometheus: { prometheusSpec } },
  });
const monitor = (labels: object = {}) =>
  of("kubernetes:monitoring.coreos.com/v1:PodMonitor", "m", {
    metadata: { ...metadata, labels },
    spec: { podMetricsEndpoints: [{}], selector: { matchLabels: { app: "a" } } },
  });
const deployment = (port: string) =>
  of("kubernetes:apps/v1:Deployment", "d", {
    metadata,
    spec: { template: { metadata: { labels: { app: "a" } }, spec: { containers: [{ ports: [{ name: port }] }] } } },
  });
const chart = (name: string) => of("kubernetes:helm.sh/v3:Release", "c", { chart: name, namespace: "a" });

describe("OBS-07", () => {
  const { elsewhere } = ruleOf("OBS-07");
  const told = (...resources: any[]) => found("OBS-07", resources, elsewhere);
  const OPEN = { podMonitorSelectorNilUsesHelmValues: "false" };

  it.each([OPEN, { podMonitorSelector: { matchLabels: { team: "a" } } }])("reads a monitor by %j", (spec) =>
    expect(told(stack(spec), monitor({ team: "a" }))).toEqual([]),
  );

  it("reads a monitor of its own release without more", () => {
    expect(told(stack({}), monitor({ release: "stack" }))).toEqual([]);
  });

  it.each([{}, { podMonitorSelectorNilUsesHelmValues: true }, { podMonitorSelector: { matchLabels: { team: "b" } } }])(
    "does not read a monitor by %j",
    (spec) => expect(told(stack(spec), monitor({ team: "a" }))).toHaveLength(1),
  );

  it("wants a monitor of what has measurements, where there is monitoring", () => {
    expect(told(stack(OPEN), deployment("metrics"))).toEqual(["PodMonitor: nothing"]);
    expect(told(stack(OPEN), deployment("metrics"), monitor())).toEqual([]);
    expect(told(stack(OPEN), deployment("http"))).toEqual([]);
    expect(told(deployment("metrics"))).toEqual([]);
    expect(told(stack(OPEN), chart("istiod"))).toEqual(["PodMonitor: nothing"]);
    expect(told(stack(OPEN), chart("istiod"), monitor())).toEqual([]);
    expect(told(stack(OPEN), chart("redis"))).toEqual([]);
  });

  it.each([
    [{ matchLabels: { "kubernetes.io/metadata.name": "monitoring" } }, 1],
    [{ matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] }, 1],
    [{ matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["default"] }] }, 0],
    [{}, 0],
    [null, 0],
  ])("looks for rules in every namespace: %j", (ruleNamespaceSelector, faults) => {
    const chart = stack({ ruleSelectorNilUsesHelmValues: false, ruleNamespaceSelector });
    const told = found("OBS-07", [chart]).filter((each) => each.includes("NamespaceSelector"));
    expect(told).toHaveLength(faults);
  });

  it("wants the series of others recorded where the monitoring is", () => {
    const parameters = { recorded: ["own:"], shared: ["own:shared"], namespaces: [] };
    const rules = (...all: object[]) =>
      of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "r", { metadata, spec: { groups: [{ rules: all }] } });
    const free = stack({ ruleSelectorNilUsesHelmValues: false });
    expect(found("OBS-07", [free, rules({ record: "own:shared" })], parameters)).toEqual([]);
    expect(found("OBS-07", [free, rules({ record: "x" })], parameters)).toEqual(["spec.groups: no own:shared"]);
    expect(found("OBS-07", [rules({ expr: "own:shared > 1" })], parameters)).toEqual([]);
    expect(found("OBS-07", [rules({ expr: "own:other > 1" })], parameters)).toHaveLength(1);
    expect(found("OBS-07", [rules({ expr: "others:other > 1" })], parameters)).toEqual([]);
  });
});
