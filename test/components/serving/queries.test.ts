import { expect, it } from "vitest";
import { errorShare, servedShare, slowShare } from "#components/serving/queries";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";

const window = { windowSeconds: 120, minRequests: 100 };
const host = (service: string): string => `${service}.ns.svc.cluster.local`;
const cluster = (service: string): string => `cluster_name="outbound|80||${host(service)}"`;
const requests = (service: string, label: string): string => `envoy_cluster_upstream_rq{${cluster(service)},${label}}`;
const timed = (le: string): string => `envoy_cluster_upstream_rq_time_bucket{${cluster("canary")},le="${le}"}`;

/** Counters of a gateway, by what each scrape adds; an answer is counted by class and again by code. */
const COUNTERS: [string, number][] = [
  [requests("canary", 'response_code_class="2xx"'), 190],
  [requests("canary", 'response_code="200"'), 190],
  [requests("canary", 'response_code_class="5xx"'), 10],
  [requests("canary", 'response_code="500"'), 10],
  [requests("stable", 'response_code_class="2xx"'), 600],
  [requests("quiet", 'response_code_class="2xx"'), 1],
  [timed("200"), 150],
  [timed("+Inf"), 200],
];

const EXPECTED: [string, string, number | undefined][] = [
  ["errors", errorShare(host("canary"), window), 0.05],
  ["no_errors", errorShare(host("stable"), window), 0],
  ["slow", slowShare(host("canary"), 200, window), 0.25],
  ["served", servedShare(host("canary"), host("stable"), window), 0.25],
  ["served_alone", servedShare(host("canary"), host("unknown"), window), 1],
  // Nothing at all, so that a gate neither passes nor fails.
  ["misspelt", errorShare(host("unknown"), window), undefined],
  ["too_few", errorShare(host("quiet"), window), undefined],
  ["no_such_bound", slowShare(host("canary"), 150, window), undefined],
];

it("queries measure what the gateway counted, and nothing where it counted nothing", async ({ skip }) => {
  const program = await findPromtool();
  if (program === undefined) {
    skip("promtool 3 is neither on PATH nor in the toolchain's cache");
    return;
  }
  const rules = { groups: [{ name: "queries", rules: EXPECTED.map(([record, expr]) => ({ record, expr })) }] };
  const tests = {
    rule_files: ["rules.yml"],
    evaluation_interval: "15s",
    tests: [
      {
        interval: "15s",
        input_series: COUNTERS.map(([series, growth]) => ({ series, values: `0+${growth}x40` })),
        promql_expr_test: EXPECTED.map(([expr, , value]) => ({
          expr,
          eval_time: "5m",
          exp_samples: value === undefined ? [] : [{ labels: expr, value }],
        })),
      },
    ],
  };
  const files = { "rules.yml": JSON.stringify(rules), "tests.yml": JSON.stringify(tests) };
  expect(await promtool(program, ["test", "rules", "tests.yml"], files)).toContain("SUCCESS");
});
