import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { describeRule, found, of } from "../../harness.ts";

const RULES = { layer: "workloads", resource: "fraud-monitoring-rules" } as const;

describeRule("OBS-03", [
  {
    ...RULES,
    what: "a model without an alert about lost requests",
    change: ({ spec }) => {
      for (const group of spec.groups) {
        group.rules = group.rules.filter(({ alert }: any) => alert !== "ModelTrafficLost");
      }
    },
    says: "workloads-prod/fraud-monitoring-rules: 'spec.groups' must be alerts that call somebody about the model 'models-risk/fraud', got 'no ModelTrafficLost'",
    unknown: "spec.groups",
  },
  {
    ...RULES,
    what: "failed answers of which somebody reads in the morning",
    change: ({ spec }) => {
      for (const { labels } of spec.groups
        .flatMap(({ rules }: any) => rules)
        .filter(({ alert }: any) => alert === "ModelErrorRateHigh")) {
        labels.severity = "warning";
      }
    },
    says: "workloads-prod/fraud-monitoring-rules: 'spec.groups' must be critical where users of the model 'models-risk/fraud' notice at once, got 'no critical ModelErrorRateHigh'",
  },
  {
    layer: "workloads",
    resource: "fraud-monitor",
    what: "a model whose pods no monitor selects",
    change: ({ spec }) => {
      spec.namespaceSelector = { matchNames: ["mlflow"] };
    },
    says: "workloads-prod/fraud-rollout: 'PodMonitor' must be one that selects the pods of 'models-risk/fraud', got 'nothing'",
  },
]);

const NEEDED = { serves: "serves", alerts: ["Slow"], critical: [] as string[] };

const namespace = of("kubernetes:core/v1:Namespace", "n", { metadata: { name: "models", labels: { serves: "risk" } } });
const rollout = of("kubernetes:argoproj.io/v1alpha1:Rollout", "r", {
  metadata: { name: "fraud", namespace: "models" },
  spec: { template: { metadata: { labels: { app: "fraud", tier: "web" } }, spec: {} } },
});
const monitor = (spec: object, kind = "PodMonitor") =>
  of(`kubernetes:monitoring.coreos.com/v1:${kind}`, "m", { metadata: { name: "m", namespace: "models" }, spec });
const pods = (selector: object) => monitor({ podMetricsEndpoints: [{}], selector });
const alert = (expr: string, severity = "warning") =>
  of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "a", {
    metadata: { name: "a", namespace: "models" },
    spec: { groups: [{ rules: [{ alert: "Slow", expr, labels: { severity } }] }] },
  });

describe("OBS-03", () => {
  const MONITOR = pods({ matchLabels: { app: "fraud" } });
  const ALERT = alert('slow{namespace="models", model="fraud"} > 1');
  const inStack = (...resources: Resource[]) => found("OBS-03", [namespace, rollout, ...resources], NEEDED);

  it.each([
    'slow{model="fraud"} > 1',
    "slow > 1",
    'slow{model=~"fraud|spam",namespace!="x"} > 1',
    "slow{namespace='models',model!~'spam'} > 1",
    'slow{model=~"(?i)FRAUD"} > 1',
  ])("takes an alert by %s", (expr) => expect(inStack(MONITOR, alert(expr))).toEqual([]));

  it.each([
    ['slow{model="frauds"} > 1', "warning"],
    ['slow{namespace=~"team-.*"} > 1', "critical"],
    ['slow{model="fraud"} > 1', "info"],
    ['slow{model="fraud"} > 1', "critcal"],
    ['up{model="fraud"} > 1', "critical"],
    ['up{model="fraud"} >= 0', "critical"],
    ['slow{model="fraud"} > 1 and on () hour() == 25', "critical"],
    ['slow{model="fraud"} offset 1d > 1', "critical"],
    ['sum(slow{model="fraud"} > 1', "critical"],
    ['mlops:slow:ratio57s{model="fraud"} > 0.1', "critical"],
    ['slow{model=~"("} > 1', "warning"],
  ])("does not take an alert by %s with the severity %s", (expr, severity) =>
    expect(inStack(MONITOR, alert(expr, severity))).toEqual(["spec.groups: no Slow"]),
  );

  it.each([
    {},
    { matchLabels: { tier: "web" } },
    { matchExpressions: [{ key: "app", operator: "In", values: ["fraud", "spam"] }] },
    { matchExpressions: [{ key: "app", operator: "NotIn", values: ["spam"] }] },
    {
      matchExpressions: [
        { key: "app", operator: "Exists" },
        { key: "job", operator: "DoesNotExist" },
      ],
    },
  ])("takes a monitor of %j", (selector) => expect(inStack(ALERT, pods(selector))).toEqual([]));

  it.each([{ matchLabels: { app: "x" } }, { matchExpressions: [{ key: "job", operator: "Exists" }] }])(
    "does not take a monitor of %j",
    (selector) => expect(inStack(ALERT, pods(selector))).toEqual(["PodMonitor: nothing"]),
  );

  it("takes a monitor of a Service of its pods, and none without endpoints", () => {
    const service = of("kubernetes:core/v1:Service", "s", {
      metadata: { name: "s", namespace: "models", labels: { of: "fraud" } },
      spec: { selector: { app: "fraud" } },
    });
    const selector = { matchLabels: { of: "fraud" } };
    expect(inStack(ALERT, service, monitor({ endpoints: [{ port: "http" }], selector }, "ServiceMonitor"))).toEqual([]);
    expect(inStack(ALERT, service, monitor({ endpoints: [], selector }, "ServiceMonitor"))).toEqual(["PodMonitor: nothing"]);
  });

  it("asks nothing of a Rollout in another namespace", () => {
    expect(found("OBS-03", [rollout], NEEDED)).toEqual([]);
  });
});
