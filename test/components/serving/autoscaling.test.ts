import { describe, expect, it } from "vitest";
import type { Scaling } from "#components/serving/autoscaling";
import { load } from "#components/serving/load-query";
import { ModelServing } from "#components/serving/model-serving";
import { RUNTIMES } from "#components/serving/runtimes/runtime";
import { refusal } from "../../harness/graph.ts";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";
import { named } from "../named.ts";
import { changed, DIGEST, minimal, serving } from "./fixture.ts";

const scaled = async (scaling: Scaling, more: object = {}) =>
  (await serving({ scaling, ...more })).filter(({ name }) => name === "fraud-autoscaler");
const refused = (change: object) => refusal(() => new ModelServing("fraud", changed(change)));

describe("a model that scales by its load", () => {
  it("has a ScaledObject of its Rollout in place of an autoscaler of its own", async () => {
    const [scaler, ...others] = await scaled(
      { by: "inFlight", targetPerServer: 8, minReplicas: 3, maxReplicas: 9 },
      {
        runtime: { kind: "image", loadSeconds: 600 },
        monitoring: { ...minimal.monitoring, scrapeSeconds: 30 },
      },
    );
    expect(others).toEqual([]);
    expect(scaler!.type).toBe("kubernetes:keda.sh/v1alpha1:ScaledObject");
    expect(scaler!.inputs["metadata"]).toEqual({ name: "fraud", namespace: "models-risk" });
    expect(scaler!.inputs["spec"]).toEqual({
      scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "fraud" },
      minReplicaCount: 3,
      maxReplicaCount: 9,
      fallback: { failureThreshold: 3, replicas: 3, behavior: "currentReplicasIfHigher" },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleDown: { stabilizationWindowSeconds: 1_200, policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] },
          },
        },
      },
      triggers: [
        {
          type: "prometheus",
          metricType: "AverageValue",
          metadata: {
            serverAddress: "http://prometheus.monitoring:9090",
            query: load("inFlight", { namespace: "models-risk", model: "fraud", scrapeSeconds: 30 }),
            threshold: "8",
            ignoreNullValues: "false",
          },
        },
      ],
    });
    expect(scaler!.dependencies).toEqual(["fraud-rollout"]);
  });

  it("has the default numbers of servers, and those that it states", async () => {
    const of = async (scaling: Scaling) => (await scaled(scaling))[0]!.inputs["spec"];
    expect(await of({ by: "requests", targetPerServer: 0.5 })).toMatchObject({
      minReplicaCount: 2,
      maxReplicaCount: 4,
      fallback: { replicas: 2 },
      triggers: [{ metadata: { threshold: "0.5", query: expect.stringContaining("rate(model_requests_total{") } }],
    });
    expect(await of({ by: "cpu" })).toEqual(named(await serving(), "fraud-autoscaler").inputs["spec"]);
  });

  it("leaves the number of servers to it", async () => {
    const graph = await serving({ scaling: { by: "requests", targetPerServer: 50 } });
    expect(named(graph, "fraud-rollout").inputs["spec"]).not.toHaveProperty("replicas");
  });
});

const TARGET = "'scaling.targetPerServer' must be a number from 0.01 to 100000";

it.each<[scaling: object, sentence: string]>([
  [{ by: "memory" }, "'scaling.by' must be one of cpu, inFlight, requests, got 'memory'"],
  [{ by: "inFlight" }, `${TARGET}, got 'undefined'`],
  [{ by: "inFlight", targetPerServer: 0 }, `${TARGET}, got '0'`],
  [{ by: "requests", targetPerServer: "50" }, `${TARGET}, got '50'`],
  [
    { by: "requests", targetPerServer: 50, targetCpuPercent: 70 },
    "'scaling.targetCpuPercent' must be a known key (by, minReplicas, maxReplicas, targetPerServer)",
  ],
  [{ targetPerServer: 50 }, "'scaling.targetPerServer' must be a known key (by, minReplicas, maxReplicas, targetCpuPercent)"],
  [
    { by: "inFlight", targetPerServer: 8, minReplicas: 0 },
    "'scaling.minReplicas' must be a whole number of at least 1: requests to a model without servers fail, and wake none, got '0'",
  ],
  [
    { by: "inFlight", targetPerServer: 8, minReplicas: 5 },
    "'scaling.maxReplicas' must be at least 'scaling.minReplicas' (5), got '4'",
  ],
])("is refused: %j", async (scaling, sentence) => {
  expect(await refused({ scaling })).toContain(sentence);
});

const inFlight = { by: "inFlight", targetPerServer: 8 } as const;
const fetcher = `registry.example.com/model-server@${DIGEST}`;

it.each(Object.keys(RUNTIMES))(
  "servers of the runtime %s say what their number follows, or the measure is refused",
  async (kind) => {
    const runtime = {
      kind,
      ...(kind !== "image" && { fetcher }),
      ...(kind === "custom" && { port: 8_000, readyPath: "/ready", path: "/score" }),
    };
    const compute = kind === "vllm" ? { kind: "gpu", gpus: 1, nodeLabels: {} } : { kind: "cpu" };
    const with_ = (scaling: Scaling) => ({ scaling, runtime, compute }) as never;
    expect(await scaled({ by: "requests", targetPerServer: 50 }, with_({ by: "requests", targetPerServer: 50 }))).toHaveLength(1);
    if (kind === "tensorflow-serving") {
      expect(await refused(with_(inFlight))).toBe(
        "'scaling.by' must be another measure where the runtime is 'tensorflow-serving': its servers do not say model_requests_in_flight, got 'inFlight'",
      );
    } else {
      expect(await scaled(inFlight, with_(inFlight))).toHaveLength(1);
    }
  },
);

it("a release is not thrown out with as many requests as are aimed at", async () => {
  const canary = (maxInFlight: number) => ({ kind: "canary" as const, analysis: { maxInFlight } });
  const sentence = "must be more than 'scaling.targetPerServer' (8), which servers have without being saturated, got '8'";
  expect(await refused({ scaling: inFlight, strategy: canary(8) })).toBe(`'strategy.analysis.maxInFlight' ${sentence}`);
  expect(await refused({ scaling: inFlight, strategy: { kind: "shadow", canary: canary(8) } })).toBe(
    `'strategy.canary.analysis.maxInFlight' ${sentence}`,
  );
  expect(await scaled(inFlight, { strategy: canary(9) })).toHaveLength(1);
  expect(await scaled({ by: "requests", targetPerServer: 50 }, { strategy: canary(8) })).toHaveLength(1);
});

/** A server that is scraped every 15 s. */
const up = (pod: string, values: string, app = "fraud"): [string, string] => [
  `up{namespace="ns",app="${app}",pod="${pod}"}`,
  values,
];
const said = (series: string, pod: string, labels: string, values: string, app = "fraud"): [string, string] => [
  `${series}{namespace="ns",app="${app}",pod="${pod}",rollouts_pod_template_hash="${pod < "c" ? "old" : "new"}"${labels}}`,
  values,
];
const waiting = (pod: string, values: string) => said("model_requests_in_flight", pod, ',state="waiting"', values);
const running = (pod: string, values: string) => said("model_requests_in_flight", pod, ',state="running"', values);
const answered = (pod: string, code: string, each: number) =>
  said("model_requests_total", pod, `,code="${code}"`, `0+${each}x40`);

const BOTH: [string, string][] = [
  up("a", "1x40"),
  up("b", "1x40"),
  up("c", "1x40"),
  running("a", "4x40"),
  waiting("a", "3x40"),
  running("b", "5x40"),
  waiting("b", "0x40"),
  // The new version, with less of the traffic.
  running("c", "1x40"),
  answered("a", "2xx", 600),
  answered("a", "5xx", 30),
  answered("b", "2xx", 570),
  answered("c", "2xx", 60),
  // Of another model, and of the comparer.
  up("x", "1x40", "spam"),
  said("model_requests_in_flight", "x", "", "90x40", "spam"),
  said("model_requests_in_flight", "y", "", "90x40", "fraud-comparer"),
];

it.each<[what: string, series: [string, string][], inFlight: number | undefined, requests: number | undefined]>([
  ["of both versions is a sum", BOTH, 13, 84],
  ["of servers without a request yet is 0", [up("a", "1x40"), up("b", "0x40")], 0, 0],
  ["of servers that only wait is what waits", [up("a", "1x40"), waiting("a", "6x40"), running("a", "0x40")], 6, 0],
  ["of servers that nobody scrapes is unknown", [up("a", "0x40")], undefined, undefined],
  ["of a model without servers is unknown", [up("x", "1x40", "spam")], undefined, undefined],
  [
    "outlasts two failed scrapes",
    [up("a", "1x17 0x1 1x20"), running("a", "8x17 stale _x1 8x20"), answered("a", "2xx", 150)],
    8,
    10,
  ],
  [
    "is the mean of a minute, not of the moment of a scrape",
    [up("a", "1x40"), running("a", "0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8 0 8")],
    4,
    0,
  ],
])("the load %s", async (_, series, inFlight, requests) => {
  const of = { namespace: "ns", model: "fraud", scrapeSeconds: 15 };
  const asked: [string, number | undefined][] = [
    [load("inFlight", of), inFlight],
    [load("requests", of), requests],
  ];
  const test = {
    interval: "15s",
    input_series: series.map(([each, values]) => ({ series: each, values })),
    promql_expr_test: asked.map(([expr, value]) => ({
      expr: `round(${expr}, 1e-8)`,
      eval_time: "5m",
      exp_samples: value === undefined ? [] : [{ labels: "{}", value }],
    })),
  };
  const files = {
    "rules.yml": JSON.stringify({ groups: [] }),
    "tests.yml": JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "15s", tests: [test] }),
  };
  const program = await findPromtool();
  expect(program === undefined ? "SUCCESS" : await promtool(program, ["test", "rules", "tests.yml"], files)).toContain("SUCCESS");
});
