import { describe, expect, it } from "vitest";
import { describeRule, found, ruleOf } from "../../harness.ts";
import { gate, release, rollout, stepsOf, template } from "./samples.ts";

describeRule("CAN-12", [
  {
    ...release,
    what: "an increase that only the share of requests decides",
    change: (inputs) => {
      stepsOf(inputs)[5].analysis = { templates: [{ templateName: "fraud-share" }] };
    },
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps[7].setWeight' must be preceded by measurements of errors and latency, got '5 to 20 without errors and latency'",
    unknown: "spec.strategy.canary.steps.5.analysis.templates",
  },
]);

const metric = (query: string) => ({ provider: { prometheus: { query } } });
const told = (metrics: object[], canary: object = {}) =>
  found("CAN-12", [
    rollout({ steps: [{ setWeight: 5 }, gate("gate"), { setWeight: 100 }], ...canary }),
    template("gate", { metrics }),
  ]);
const SLOW = metric('histogram_quantile(0.99, sum by (le) (rate(t_bucket{s="m-canary"}[2m])))');

describe("CAN-12", () => {
  it.each([
    'sum(rate(rq{code=~"5.."}[2m])) / sum(rate(rq[2m]))',
    'rate(rq{code!~"5.*"}[2m])',
    'rate(rq{response_code_class="2xx"}[2m])',
    'rate(rq{code=~"(4|5).."}[2m])',
    "rate(http_errors_total[2m])",
    'rate(rq{code="500"}[2m])',
  ])("takes %s for errors", (query) => expect(told([metric(query), SLOW])).toEqual([]));

  it.each([
    'rate(rq{code="1xx"}[2m])',
    "rate(rq[2m])",
    'up{job="m-canary"}',
    'rate(rq{cluster_name=~"outbound[|](80|50051)[|][|]m-canary.models"}[2m])',
  ])("does not take %s for errors", (query) => expect(told([metric(query), SLOW])).toEqual(["spec.metrics: no errors"]));

  it.each(["rate(t_seconds_sum[2m])", "rate(request_duration[2m])", 'rate(t_bucket{le="200"}[2m])'])(
    "takes %s for latency",
    (query) => expect(told([metric("errors"), metric(query)])).toEqual([]),
  );

  it("takes the watch for a share without a gate, and says nothing about other systems than Prometheus", () => {
    const watch = {
      steps: [{ setWeight: 5 }, { pause: {} }, { setWeight: 100 }],
      analysis: { templates: [{ templateName: "gate" }] },
    };
    expect(told([SLOW], watch)).toHaveLength(1);
    expect(told([SLOW, metric("errors")], watch)).toEqual([]);
    expect(told([metric("up")], watch)).toEqual([
      "spec.strategy.canary.steps[2].setWeight: 5 to 100 without errors and latency",
      "spec.strategy.canary.analysis.templates: a watch without errors and latency",
    ]);
    expect(told([SLOW, { provider: { datadog: { query: "x" } } }])).toEqual([]);
  });

  it("asks nothing of others", () => {
    const own = [
      rollout({ steps: [{ setWeight: 5 }, gate("gate"), { setWeight: 100 }] }),
      template("gate", { metrics: [metric("up")] }),
    ];
    expect(found("CAN-12", own, ruleOf("CAN-12").elsewhere)).toEqual([]);
  });
});
