import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { servingNames, splitsOf } from "#components/serving/names";
import { podTemplate } from "#components/serving/pod-template";
import { errorShare, predictionDrift, servedShare, slowShare } from "#components/serving/queries";
import { rolloutSpec } from "#components/serving/rollout";
import { rootSpec, splitSpec, trafficRouting } from "#components/serving/routing";
import { contractOf } from "#components/serving/runtimes/runtime";
import { type AbTest, abTest } from "#components/serving/strategies/ab-test";
import { type BlueGreen, blueGreen } from "#components/serving/strategies/blue-green";
import { CANARY_DEFAULTS, canary } from "#components/serving/strategies/canary";
import { canarySteps } from "#components/serving/strategies/canary-steps";
import { shadow } from "#components/serving/strategies/shadow";
import { firstWeight, type Step } from "#components/serving/strategies/steps";
import { kindOf, type Strategy } from "#components/serving/strategies/strategy";
import { named } from "../named.ts";
import { type Change, minimal, serving } from "./fixture.ts";

const names = servingNames("fraud", "models-risk");
const planned = canary.plan(
  { kind: "canary" },
  { names, version: "3", prometheusUrl: "http://prometheus.monitoring:9090", loadSeconds: 300 },
);

/** A step in a word. */
function word(step: Step): string {
  if ("setWeight" in step) {
    return `weight ${step.setWeight}`;
  }
  if ("pause" in step) {
    return `pause ${step.pause.duration ?? "for a person"}`;
  }
  if ("setHeaderRoute" in step) {
    return "header";
  }
  if ("setCanaryScale" in step) {
    return "weight" in step.setCanaryScale ? `scale ${step.setCanaryScale.weight}` : "scale with traffic";
  }
  if ("setMirrorRoute" in step) {
    return step.setMirrorRoute.match ? `mirror ${step.setMirrorRoute.percentage}` : "no mirror";
  }
  const { templates, args = [] } = step.analysis;
  const values = args.map((each) => ("value" in each ? each.value : `<${each.valueFrom.podTemplateHashValue}>`));
  return [templates[0]?.templateName, ...values].join(" ");
}

const words = (weights: readonly number[] = CANARY_DEFAULTS.weights) =>
  canarySteps({ ...CANARY_DEFAULTS, weights }, names).map(word);

const weightLists = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 })
  .map((list) => [...list.toSorted((a, b) => a - b), 100]);

describe("the steps of a release", () => {
  it("are these, in this order", () => {
    expect(words()).toEqual([
      "fraud-gate fraud-stable 1 1",
      "scale 5",
      "header",
      "weight 5",
      "pause 300s",
      "fraud-gate fraud-canary",
      "scale with traffic",
      "weight 20",
      "pause 300s",
      "fraud-gate fraud-canary",
      "weight 50",
      "pause 300s",
      "fraud-gate fraud-canary",
      "fraud-share 0.35 0.65",
      "weight 100",
      "pause 1800s",
      "fraud-gate fraud-canary",
      "fraud-share 0.75 1",
    ]);
  });

  it("compare predictions before the last raise, where that is asked for", () => {
    const steps = canarySteps({ ...CANARY_DEFAULTS, drift: true }, names).map(word);
    expect(steps.filter((step) => !words().includes(step))).toEqual(["fraud-drift <Latest>"]);
    expect(steps.indexOf("weight 100") - steps.indexOf("fraud-drift <Latest>")).toBe(2);
  });

  it("raise no share that was not measured first, whatever the shares", () => {
    fc.assert(
      fc.property(weightLists, (weights) => {
        const steps = words(weights);
        weights.slice(1).forEach((weight, at) => {
          const between = steps.slice(steps.indexOf(`weight ${weights[at] ?? 0}`), steps.indexOf(`weight ${weight}`));
          expect(between).toContain("fraud-gate fraud-canary");
        });
        const last = steps
          .slice(steps.indexOf("weight 100") - 2, steps.indexOf("weight 100"))
          .filter((step) => step !== "scale with traffic");
        expect(last.some((step) => step.startsWith("fraud-share"))).toBe(true);
      }),
    );
  });

  it("follow the traffic with pods only once there is traffic", () => {
    fc.assert(
      fc.property(weightLists, (weights) => {
        const steps = words(weights);
        expect(steps.indexOf("scale with traffic")).toBeGreaterThan(steps.indexOf(`weight ${weights[0] ?? 0}`));
        expect(steps.indexOf("scale with traffic")).toBeLessThan(steps.indexOf(`weight ${weights[1] ?? 0}`));
        expect(steps.indexOf(`scale ${weights[0] ?? 0}`)).toBeLessThan(steps.indexOf("header"));
      }),
    );
  });

  it("are watched from the first user on", () => {
    const steps = canarySteps(CANARY_DEFAULTS, names);
    expect(steps[firstWeight(steps)]).toEqual({ setWeight: 5 });
  });
});

describe("the steps of a blue/green release", () => {
  const steps = (given: Omit<BlueGreen, "kind"> = {}): string[] => {
    const { rollout } = blueGreen.plan(
      { kind: "blueGreen", ...given },
      { names, version: "3", prometheusUrl: "http://p", loadSeconds: 300 },
    );
    return (rollout as { canary: { steps: Step[] } }).canary.steps.map(word);
  };

  it("measure the new version on copies, switch, and keep the old one", () => {
    expect(steps()).toEqual([
      "fraud-gate fraud-stable 1 1",
      "scale 100",
      "header",
      "mirror 100",
      "pause 300s",
      "fraud-gate fraud-canary",
      "no mirror",
      "weight 100",
      "pause 3600s",
      "fraud-gate fraud-canary",
      "fraud-share 0.5 1",
    ]);
  });

  it("wait for a person where one switches, and then measure again", () => {
    const waits = steps({ switchedBy: "person" });
    expect(waits.filter((step) => !steps().includes(step))).toEqual(["pause for a person"]);
    expect(waits.slice(waits.indexOf("pause for a person")).slice(0, 3)).toEqual([
      "pause for a person",
      "fraud-gate fraud-canary",
      "no mirror",
    ]);
  });

  it("compare predictions before the switch, where that is asked for", () => {
    const compared = steps({ analysis: { drift: {} } });
    expect(compared.indexOf("no mirror") - compared.indexOf("fraud-drift <Latest>")).toBe(1);
  });

  it("let the controller copy requests, but none that asks for the new version", () => {
    const { rollout } = blueGreen.plan(
      { kind: "blueGreen" },
      { names, version: "3", prometheusUrl: "http://p", loadSeconds: 300 },
    );
    expect((rollout as any).canary.trafficRouting.managedRoutes).toEqual([{ name: "force-canary" }, { name: "mirror" }]);
  });
});

describe("the steps after a comparison of answers", () => {
  const plan = shadow.plan(
    { kind: "shadow", percent: 20, compareSeconds: 600, canary: { weights: [5, 100] } },
    { names, prometheusUrl: "http://p", loadSeconds: 300, version: "4" },
  );

  it("give nobody the new version before a person says so", () => {
    expect((plan.rollout as { canary: { steps: Step[] } }).canary.steps.map(word)).toEqual([
      "fraud-gate fraud-stable 1 1",
      "scale 20",
      "header",
      "pause 600s",
      "fraud-comparison",
      "pause for a person",
      "scale 25",
      "weight 5",
      "pause 300s",
      "fraud-gate fraud-canary",
      "fraud-share 0.025 0.075",
      "scale 100",
      "weight 100",
      "pause 1800s",
      "fraud-gate fraud-canary",
      "fraud-share 0.525 1",
    ]);
  });

  it("pass on answers that are alike, abort on failed ones, and ask a person about others", () => {
    const { metrics } = plan.analysisTemplates["fraud-comparison"] as { metrics: any[] };
    expect(metrics.map(({ name, failureCondition }) => [name, failureCondition])).toEqual([
      ["failed-share", "len(result) > 0 && !isNaN(result[0]) && result[0] > 0.01"],
      ["different-share", "false"],
      ["slowdown", "false"],
    ]);
    expect(metrics.every(({ consecutiveSuccessLimit }) => consecutiveSuccessLimit === 1)).toBe(true);
    expect(metrics.every(({ provider }) => provider.prometheus.query.includes('new_version="4"'))).toBe(true);
  });
});

describe("the steps of an A/B test", () => {
  const outcomes = { attempts: "impression", successes: "click" };
  const planOf = (given: Partial<AbTest> = {}) =>
    abTest.plan({ kind: "abTest", outcomes, ...given }, { names, version: "4", prometheusUrl: "http://p", loadSeconds: 300 });
  const steps = (given: Partial<AbTest> = {}): string[] =>
    (planOf(given).rollout as { canary: { steps: Step[] } }).canary.steps.map(word);

  it("give a share of the users the new version, and all once it was found better", () => {
    expect(steps()).toEqual([
      "fraud-gate fraud-stable 1 1",
      "fraud-outcomes",
      "scale 5",
      "header",
      "weight 5",
      "pause 300s",
      "fraud-gate fraud-canary",
      "scale with traffic",
      "weight 50",
      "pause 1209600s",
      "fraud-verdict",
      "fraud-gate fraud-canary",
      "fraud-share 0.275 0.725",
      "weight 100",
      "pause 1800s",
      "fraud-gate fraud-canary",
      "fraud-share 0.75 1",
    ]);
  });

  it("wait for a person where one gives it the users, and then measure again", () => {
    const waits = steps({ switchedBy: "person" });
    expect(waits.filter((step) => !steps().includes(step))).toEqual(["pause for a person"]);
    expect(waits.slice(waits.indexOf("fraud-verdict")).slice(0, 3)).toEqual([
      "fraud-verdict",
      "pause for a person",
      "fraud-gate fraud-canary",
    ]);
  });

  it.each<[percent: number, weights: number[]]>([
    [1, [1, 50, 100]],
    [5, [5, 50, 100]],
    [6, [5, 6, 50, 100]],
    [39, [5, 39, 50, 100]],
    [40, [5, 40, 100]],
    [60, [5, 60, 100]],
  ])("of %d %% of the users rise by %j", (percent, weights) => {
    const some = steps({ percent, stepSeconds: 200, testSeconds: 86_400, soakSeconds: 900 });
    expect(some.filter((step) => step.startsWith("weight"))).toEqual(weights.map((weight) => `weight ${weight}`));
    expect(some.filter((step) => step === "fraud-verdict")).toHaveLength(1);
    expect(some.slice(some.indexOf(`weight ${percent}`)).slice(1, 3)).toEqual(["pause 86400s", "fraud-verdict"]);
  });

  it("compare predictions before the last raise, where that is asked for", () => {
    const compared = steps({ percent: 20, analysis: { drift: {} } });
    expect(compared.indexOf("weight 100") - compared.indexOf("fraud-drift <Latest>")).toBe(2);
  });

  it("are watched for harm besides errors and latency, and take as long as the test", () => {
    const { analysisTemplates, longestSeconds } = planOf({ analysis: { drift: {} } });
    const { metrics } = analysisTemplates["fraud-watch"] as { metrics: { name: string; failureLimit: number }[] };
    expect(metrics.map(({ name, failureLimit }) => [name, failureLimit])).toEqual([
      ["error-share", 1],
      ["slow-share", 1],
      ["prediction-drift", 1],
      ["outcomes-harm", 1],
    ]);
    expect(longestSeconds).toBe(300 + 1_209_600 + 1_800 + 3 * (300 + 720));
  });
});

describe("the Rollout", () => {
  const { rollout } = planned;
  const spec = rolloutSpec({ names, template: {}, release: planned, loadSeconds: 300 });

  it("leaves the number of pods to the autoscaler", () => {
    expect(spec).not.toHaveProperty("replicas");
  });

  it("keeps the old version for 10 minutes, and an aborted one for 30 seconds", () => {
    expect((rollout as any).canary).toMatchObject({
      scaleDownDelaySeconds: 600,
      abortScaleDownDelaySeconds: 30,
      maxSurge: 1,
      maxUnavailable: 0,
    });
    expect(spec).toMatchObject({ revisionHistoryLimit: 0, progressDeadlineSeconds: 720, progressDeadlineAbort: true });
  });

  it("lets the controller promote no version that it has not measured", () => {
    expect(spec).not.toHaveProperty("rollbackWindow");
  });

  it("writes the delegate's route, and the forced one before it", () => {
    expect((rollout as any).canary.trafficRouting).toEqual({
      managedRoutes: [{ name: "force-canary" }],
      istio: { virtualService: { name: "fraud-split", routes: ["primary"] } },
    });
  });
});

it.each<[string, Strategy]>([
  ["canary", { kind: "canary", analysis: { drift: {} } }],
  ["blue/green", { kind: "blueGreen", switchedBy: "person", analysis: { drift: {} } }],
  ["shadow", { kind: "shadow" }],
  ["A/B test", { kind: "abTest", outcomes: { attempts: "impression", successes: "click" }, switchedBy: "person" }],
])("a Rollout of a %s reads the same when its controller has written it", (_, strategy) => {
  const { rollout } = kindOf(strategy).plan(strategy, { names, version: "4", prometheusUrl: "http://p", loadSeconds: 300 });
  // Go leaves out what is empty, but for a pause: else the controller would own the field, and an `up` would be refused.
  const written = JSON.stringify(rollout, (key, value: unknown) =>
    key !== "pause" && typeof value === "object" && value !== null && Object.keys(value).length === 0 ? undefined : value,
  );
  expect(written).toBe(JSON.stringify(rollout));
});

const METHOD = "inference.GRPCInferenceService/ModelInfer";
const exposed = { ...minimal.exposure, path: "/invocations", timeoutSeconds: 10, methods: [METHOD] };

describe("routing", () => {
  it("lists the stable version first, with all of the traffic", () => {
    expect(splitSpec(names, splitsOf(names)[0]!).http).toEqual([
      {
        name: "primary",
        route: [
          { destination: { host: "fraud-stable.models-risk.svc.cluster.local", port: { number: 80 } }, weight: 100 },
          { destination: { host: "fraud-canary.models-risk.svc.cluster.local", port: { number: 80 } }, weight: 0 },
        ],
      },
    ]);
  });

  it("keeps everything else in the root, and never retries an error", () => {
    expect(rootSpec(exposed, names)).toEqual({
      hosts: ["fraud.models.internal"],
      gateways: ["istio-ingress/ingress"],
      http: [
        {
          name: "models-risk-fraud",
          match: [{ uri: { exact: "/invocations" } }, { uri: { prefix: "/invocations/" } }],
          timeout: "10s",
          retries: { attempts: 2, perTryTimeout: "10s", retryOn: "connect-failure,refused-stream" },
          delegate: { name: "fraud-split", namespace: "models-risk" },
        },
      ],
    });
  });
});

describe("routing of gRPC", () => {
  const both = servingNames("fraud", "models-risk", { grpc: true });

  it("has a delegate of its own, whose weighted route leads to the port of gRPC", () => {
    const [, grpc] = splitsOf(both);
    expect(grpc).toEqual({ protocol: "grpc", virtualService: "fraud-split-grpc", route: "grpc" });
    const destination = (service: string) => ({ host: `${service}.models-risk.svc.cluster.local`, port: { number: 50_051 } });
    expect(splitSpec(both, grpc!).http).toEqual([
      {
        name: "grpc",
        route: [
          { destination: destination("fraud-stable"), weight: 100 },
          { destination: destination("fraud-canary"), weight: 0 },
        ],
      },
    ]);
  });

  it("takes methods of gRPC before the path of REST, which may be every path, and copies requests of REST alone", () => {
    const { http } = rootSpec({ ...exposed, path: "/", mirrors: [{}] }, both);
    expect(http.map(({ name, match, delegate, mirrors }) => [name, match, delegate.name, mirrors])).toEqual([
      ["models-risk-fraud", [{ uri: { exact: `/${METHOD}` } }], "fraud-split-grpc", undefined],
      ["models-risk-fraud", [{ uri: { prefix: "/" } }], "fraud-split", [{}]],
    ]);
    const [grpc, rest] = http.map(({ timeout, retries }) => ({ timeout, retries }));
    expect(grpc).toEqual(rest);
  });

  it("is given the same weights by the delivery controller", () => {
    expect(trafficRouting(both, false).istio).toEqual({
      virtualServices: [
        { name: "fraud-split", routes: ["primary"] },
        { name: "fraud-split-grpc", routes: ["grpc"] },
      ],
    });
  });
});

describe("the pod template", () => {
  const args = {
    name: "fraud",
    model: minimal.model,
    bucketName: "models",
    contract: contractOf({ kind: "image" }, { name: "fraud", timeoutSeconds: 10, gpus: 0, grpc: false }),
    compute: { kind: "cpu" as const },
    timeoutSeconds: 10,
    loadSeconds: 300,
  };

  const templateOf = async (change: Change = {}) => named(await serving(change), "fraud-rollout").inputs["spec"].template;

  it("fetches and serves one immutable version, and names no alias", async () => {
    const { spec, metadata } = await templateOf();
    expect(metadata.labels).toEqual({ app: "fraud", version: "v3" });
    const [fetch, server] = [...spec.initContainers, ...spec.containers];
    expect(server.env.slice(fetch.env.length)).toEqual([
      { name: "PORT", value: "8080" },
      { name: "REQUEST_SECONDS", value: "10" },
    ]);
    for (const container of [fetch, server]) {
      expect(container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(container.env.slice(0, 5)).toEqual([
        { name: "MODEL_NAME", value: "fraud" },
        { name: "MODEL_VERSION", value: "3" },
        { name: "MODEL_URI", value: "s3://models/models/fraud/3" },
        { name: "MODEL_SHA256", value: "b".repeat(64) },
        { name: "MODEL_DIR", value: "/models" },
      ]);
    }
    expect(JSON.stringify(spec)).not.toMatch(/models:\/|@(champion|production|staging|latest)/i);
  });

  it("is identical to the letter while the model version is the same", async () => {
    const elsewhere: Change = {
      exposure: { ...minimal.exposure, host: "other.internal", sticky: { header: "x-user-id" } },
      strategy: { kind: "canary", weights: [10, 100], stepSeconds: 200, analysis: { maxErrorShare: 0.02, minRequests: 70 } },
      scaling: { minReplicas: 4, maxReplicas: 8 },
      await: "healthy",
    };
    expect(JSON.stringify(await templateOf(elsewhere))).toBe(JSON.stringify(await templateOf()));
  });

  it("changes with each part of the model version", async () => {
    const before = JSON.stringify(await templateOf());
    for (const change of [
      { version: "4" },
      { path: "models/fraud/4" },
      { sha256: "c".repeat(64) },
      { image: `x@sha256:${"c".repeat(64)}` },
    ]) {
      expect(JSON.stringify(await templateOf({ model: { ...minimal.model, ...change } }))).not.toBe(before);
    }
  });

  it("asks for GPUs only when told to, on the nodes that have them", () => {
    expect(podTemplate(args).spec).not.toHaveProperty("nodeSelector");
    const { spec } = podTemplate({
      ...args,
      compute: { kind: "gpu", gpus: 2, nodeLabels: { "millrace.dev/pool": "inference" } },
    });
    expect(spec).toMatchObject({
      nodeSelector: { "millrace.dev/pool": "inference" },
      tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    });
    expect(spec.containers[0]?.resources).toEqual({
      requests: { cpu: "3", memory: "12Gi", "nvidia.com/gpu": "2" },
      limits: { memory: "12Gi", "nvidia.com/gpu": "2" },
    });
  });
});

describe("measurements", () => {
  const window = { windowSeconds: 120, minRequests: 100 };

  it("read the gateway's counters", () => {
    expect(errorShare("c.ns.svc.cluster.local", window)).toBe(
      'round((sum(clamp_min(delta(envoy_cluster_upstream_rq{cluster_name=~"outbound[|](80|50051)[|][|]c.ns.svc.cluster.local",response_code_class="5xx"}[120s]), 0)) or on() vector(0)) / (sum(clamp_min(delta(envoy_cluster_upstream_rq{cluster_name=~"outbound[|](80|50051)[|][|]c.ns.svc.cluster.local",response_code_class!=""}[120s]), 0)) >= 100), 1e-8)',
    );
    expect(slowShare("c.ns.svc.cluster.local", 200, window)).toBe(
      'round(1 - sum(clamp_min(delta(envoy_cluster_upstream_rq_time_bucket{cluster_name=~"outbound[|](80|50051)[|][|]c.ns.svc.cluster.local",le=~"200(\\\\.0)?"}[120s]), 0)) / (sum(clamp_min(delta(envoy_cluster_upstream_rq_time_bucket{cluster_name=~"outbound[|](80|50051)[|][|]c.ns.svc.cluster.local",le="+Inf"}[120s]), 0)) >= 100), 1e-8)',
    );
    const count = (host: string) =>
      `(sum(clamp_min(delta(envoy_cluster_upstream_rq{cluster_name=~"outbound[|](80|50051)[|][|]${host}",response_code_class!=""}[120s]), 0)) or on() vector(0))`;
    expect(servedShare("c", "s", window)).toBe(`round(${count("c")} / ((${count("c")} + ${count("s")}) >= 100), 1e-8)`);
  });

  const templates = planned.analysisTemplates as Record<string, any>;
  const limits = (name: string) =>
    templates[name].metrics.map(({ name, count, failureLimit, inconclusiveLimit, consecutiveSuccessLimit }: any) => ({
      name,
      count,
      failureLimit,
      inconclusiveLimit,
      consecutiveSuccessLimit,
    }));

  it("pass a gate on a good measurement, never on a number of empty ones", () => {
    const gate = { count: 60, failureLimit: 1, inconclusiveLimit: 60, consecutiveSuccessLimit: 1 };
    expect(limits("fraud-gate")).toEqual([
      { name: "error-share", ...gate },
      { name: "slow-share", ...gate },
    ]);
  });

  it("abort on the second bad measurement for as long as the release lasts", () => {
    const watch = { count: undefined, failureLimit: 1, inconclusiveLimit: 1_000_000, consecutiveSuccessLimit: undefined };
    expect(limits("fraud-watch")).toEqual([
      { name: "error-share", ...watch },
      { name: "slow-share", ...watch },
    ]);
  });

  it("never abort because the gateway serves another share, only pause", () => {
    const [metric] = templates["fraud-share"].metrics;
    expect(metric.failureCondition).toBe("false");
    expect(metric.successCondition).toBe(
      "len(result) > 0 && !isNaN(result[0]) && result[0] >= {{args.atLeast}} && result[0] <= {{args.atMost}}",
    );
    expect(metric).toMatchObject({ count: 60, consecutiveSuccessLimit: 1, inconclusiveLimit: 60 });
  });

  it("compare predictions in the watch and in a gate of their own, where that is asked for", () => {
    const analysis = { drift: { maxPsi: 0.2, minPredictions: 700 } };
    const plan = canary.plan(
      { kind: "canary", stepSeconds: 240, analysis },
      { names, version: "3", prometheusUrl: "http://prometheus.monitoring:9090", loadSeconds: 300 },
    );
    const drifting = plan.analysisTemplates as Record<string, any>;
    expect(Object.keys(templates)).not.toContain("fraud-drift");
    const [gate] = drifting["fraud-drift"].metrics;
    const watch = drifting["fraud-watch"].metrics.at(-1);
    expect([gate.name, watch.name]).toEqual(["prediction-drift", "prediction-drift"]);
    expect(gate).toMatchObject({ count: 60, failureLimit: 1, consecutiveSuccessLimit: 1 });
    expect(watch).toMatchObject({ failureLimit: 1, inconclusiveLimit: 1_000_000 });
    expect(gate.failureCondition).toBe("len(result) > 0 && !isNaN(result[0]) && result[0] > 0.2");
    expect(gate.provider.prometheus.query).toBe(
      predictionDrift(
        { namespace: "models-risk", model: "fraud", newPods: "{{args.new-pods}}" },
        { windowSeconds: 240, minPredictions: 700 },
      ),
    );
    const given = [{ name: "new-pods", valueFrom: { podTemplateHashValue: "Latest" } }];
    expect((plan.rollout as any).canary.analysis.args).toEqual(given);
    expect([drifting["fraud-drift"].args, drifting["fraud-watch"].args]).toEqual([
      [{ name: "new-pods" }],
      [{ name: "new-pods" }],
    ]);
  });

  it("count an empty answer as neither good nor bad", () => {
    for (const { successCondition, failureCondition } of templates["fraud-watch"].metrics) {
      expect(successCondition).toMatch(/^len\(result\) > 0 && !isNaN\(result\[0\]\) && result\[0\] <= 0\.0[15]$/);
      expect(failureCondition).toMatch(/^len\(result\) > 0 && !isNaN\(result\[0\]\) && result\[0\] > 0\.0[15]$/);
    }
  });
});
