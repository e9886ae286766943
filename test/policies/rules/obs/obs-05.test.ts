import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const without = (name: string) => (inputs: any) => {
  for (const group of inputs.spec.groups) {
    group.rules = group.rules.filter(({ alert, expr }: any) => alert !== name && !expr.includes(name));
  }
};

describeRule("OBS-05", [
  {
    layer: "platform",
    resource: "rules-gpus",
    what: "GPUs whose faults call nobody",
    change: without("GpuHardwareFault"),
    says: "platform-prod/rules-gpus: 'spec.groups' must be alerts that call somebody, got 'no GpuHardwareFault'",
    unknown: "spec.groups.0.rules",
  },
  {
    layer: "platform",
    resource: "rules-controllers",
    what: "a node controller whose silence nobody hears",
    change: without('job="karpenter"'),
    says: "platform-prod/rules-controllers: 'spec.groups' must be alerts that call somebody when these jobs are silent, got 'no karpenter'",
  },
  {
    layer: "platform",
    resource: "rules-controllers",
    what: "a gateway whose silence is only noted",
    change: ({ spec }) => {
      for (const rule of spec.groups[0].rules.filter(({ expr }: any) => expr.includes("istio-ingress"))) {
        rule.labels.severity = "info";
      }
    },
    says: "platform-prod/rules-controllers: 'spec.groups' must be alerts that call somebody when these jobs are silent, got 'no istio-ingress/ingress'",
  },
]);

const chart = (name: string, values: object = {}) =>
  of("kubernetes:helm.sh/v3:Release", name, { chart: `oci://r/${name}`, values });
const rule = (...exprs: string[]) =>
  of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "rules", {
    spec: { groups: [{ rules: exprs.map((expr) => ({ alert: "A", expr, labels: { severity: "warning" } })) }] },
  });
const NEEDED = { alerts: [{ of: "karpenter", alerts: ["A"] }], jobs: [{ of: "karpenter", jobs: ["karpenter"] }] };

describe("OBS-05", () => {
  const stack = chart("kube-prometheus-stack");

  it.each(['absent(up{job="karpenter"} == 1)', "up == 0", 'up{job=~"kar.*|kueue"} == 0', 'sum by (job) (up{job!="a"}) == 0'])(
    "takes %s for a controller",
    (expr) => expect(found("OBS-05", [stack, chart("karpenter"), rule(expr)], NEEDED)).toEqual([]),
  );

  it.each(['absent(up{job="kueue"})', 'startup{job="karpenter"} == 0', "up:karpenter > 0"])("does not take %s", (expr) =>
    expect(found("OBS-05", [stack, chart("karpenter"), rule(expr)], NEEDED)).toEqual(["PrometheusRule: no karpenter"]),
  );

  it("takes an alert in the values of the chart", () => {
    const groups = [{ rules: [{ alert: "A", expr: "up == 0", labels: { severity: "critical" } }] }];
    const own = chart("kube-prometheus-stack", { additionalPrometheusRulesMap: { a: { groups } } });
    expect(found("OBS-05", [own, chart("karpenter")], NEEDED)).toEqual([]);
  });

  it("asks for nothing about what is not there, nor where no monitoring is installed", () => {
    expect(found("OBS-05", [stack, chart("redis")], NEEDED)).toEqual([]);
    expect(found("OBS-05", [chart("karpenter")], NEEDED)).toEqual([]);
  });
});
