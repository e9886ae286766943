import { describe, expect, it } from "vitest";
import { found } from "../../harness.ts";
import { gate, made, rollout, template } from "./samples.ts";

const REQUESTS = { fewest: 10, most: 100_000, attempts: 100 };
const steps = [{ setWeight: 5 }, gate("gate"), { setWeight: 100 }];
const WATCHED = { failureCondition: "result[0] > 0.05", inconclusiveLimit: 1_000, successCondition: "result[0] <= 0.05" };
const AT = "spec.metrics[0].provider.prometheus.query";

/** What is said of a query, by conditions that also go on without an answer. */
const judged = (query: string, conditions: object = WATCHED): string[] =>
  found(
    "CAN-08",
    [rollout({ steps }), template("gate", { metrics: [{ name: "errors", ...conditions, provider: { prometheus: { query } } }] })],
    REQUESTS,
  );

const NEW = 'service="m-canary"';
const sum = (matchers: string, by = ""): string => `sum${by}(increase(rq{${matchers}}[2m]))`;
const share = (more = "", above = 'code=~"5.."', by = "", version = NEW): string =>
  `(${sum(`${version},${above}${more}`, by)} / (${sum(version + more, by)} >= 100))`;
const [N, O] = [share(), share("", 'code=~"5.."', "", 'service="m-stable"')];
const byPod = share("", 'code=~"5.."', " by (pod) ");

describe("CAN-08 refuses a label that leaves requests out", () => {
  it.each([
    'path="/healthz"',
    'path!="/predict"',
    'path=~"/healthz|m-canary"',
    'method="OPTIONS"',
    'response_flags="-"',
    'nope="x"',
    'nope=""',
    'user_agent=~"kube-probe.*"',
    'pod=~"other-.*"',
    'instance="10.0.0.1:9090"',
    'namespace="elsewhere"',
    'reporter="nobody"',
    'grpc_status="0"',
  ])("above and below: %s", (label) => {
    expect(judged(share(`,${label}`))).toEqual([`${AT}: ${label}`]);
  });

  it("and the answers that fail, above and below", () => {
    expect(judged(`1 - ${share(',code!~"5.."', 'code=~"2.."')}`)).toEqual([`${AT}: code!~"5.."`]);
  });

  it.each([
    [`${sum(`${NEW},code=~"5..",path!="/predict"`)} / (${sum(NEW)} >= 100)`, 'path!="/predict"'],
    [`${sum(`${NEW},code=~"5..",path="/healthz"`)} / (${sum(`${NEW},path=~".+"`)} >= 100)`, 'path="/healthz"'],
    [`${sum(`${NEW},grpc_code!="OK",path="/x"`)} / (${sum(NEW)} >= 100)`, 'path="/x"'],
  ])("above alone: %s", (query, label) => {
    expect(judged(query)).toEqual([`${AT}: ${label}`]);
  });

  it("in a quantile", () => {
    const query = 'histogram_quantile(0.99, sum by (le) (rate(t_bucket{service="m-canary",path="/healthz"}[2m])))';
    expect(judged(query, { successCondition: "result[0] < 500" })).toEqual([`${AT}: path="/healthz"`]);
  });

  it.each([
    'namespace="models"',
    'namespace="istio-ingress"',
    'destination_service_namespace="models"',
    'reporter="source"',
    'reporter=~"source|waypoint"',
    'job="envoy"',
    'path=~".+"',
    'code!=""',
    'pod=~"m-.*"',
    'app="istio-ingressgateway"',
    'container="istio-proxy"',
  ])("and takes one that says where it is measured: %s", (label) => {
    expect(judged(share(`,${label}`))).toEqual([]);
  });
});

describe("CAN-08 tries a query on bad versions", () => {
  it.each([
    ["the best pod", `min(${byPod})`],
    ["a low quantile of the pods", `quantile(0.01, ${byPod})`],
    ["the best pods", `bottomk(1, ${byPod})`],
    ["any pod", `limitk(1, ${byPod})`],
    ["how many pods answer", `count(${byPod})`],
    ["an answer for each pod, of which one is judged", byPod],
    ["an answer for each series", N.replaceAll("sum(", "(")],
    ["how much pods differ", `stddev(${byPod})`],
    ["how many shares are above 1", `count(${N} > 1)`],
    ["nothing and a number", `${N} * 0 + 0.01`],
    ["a share of a whole with a number", `${sum(`${NEW},code=~"5.."`)} / ((${sum(NEW)} + 100000) >= 100)`],
    ["a share of a square", `${sum(`${NEW},code=~"5.."`)} / ((${sum(NEW)} ^ 2) >= 100)`],
    ["failures up to one", `clamp_max(${sum(`${NEW},code=~"5.."`)}, 1) / (${sum(NEW)} >= 100)`],
    ["failures of the best pod", `min(increase(rq{${NEW},code=~"5.."}[2m])) / (${sum(NEW)} >= 100)`],
    ["series with failures", `count(increase(rq{${NEW},code=~"5.."}[2m])) / (${sum(NEW)} >= 100)`],
    ["failures less failures", `(${sum(`${NEW},code=~"5.."`)} - ${sum(`${NEW},code=~"5.."`)} * 0.99) / (${sum(NEW)} >= 100)`],
    ["failures in a second of requests in a window", `sum(rate(rq{${NEW},code=~"5.."}[2m])) / (${sum(NEW)} >= 100)`],
    ["a whole that is never small", `${sum(`${NEW},code=~"5.."`)} / (clamp_min(${sum(NEW)}, 1e9) >= 100)`],
    ["the whole of both versions", `${sum(`${NEW},code=~"5.."`)} / ((${sum(NEW)} + 1000 * ${sum('service="m-stable"')}) >= 100)`],
    [
      "the whole of both versions, of which the old one has most",
      `${sum(`${NEW},code=~"5.."`)} / ((${sum(NEW)} + ${sum('service="m-stable"')}) >= 100)`,
    ],
    ["counters since the pods began", `sum(rq{${NEW},code=~"5.."}) / (sum(rq{${NEW}}) >= 100)`],
    ["the old version where the new one has no requests", `${N} or on() ${O}`],
    ["a ratio that is no number where no version fails", `${N} / ${O} - 1`],
    ["a share where it is small", `${N} < 0.2`],
    ["a share of a share", `${N} / (1 + 1000 * ${N})`],
    ["a share that is above that of the old one, or nothing", `(${N} > bool 2) * ${N}`],
    ["a difference of which the old version counts most", `${N} - 50 * (${O} or on() vector(0))`],
    ["a ratio to the old version and a large number", `${N} / ((${O} or on() vector(0)) + 100)`],
    ["an old version that does well", `${N} and on() (${O} > 0.01)`],
  ])("and refuses %s", (_, query) => {
    expect(judged(query)).not.toEqual([]);
  });

  it.each([
    ["the worst pod", `max(${byPod})`, WATCHED],
    ["the mean of the pods", `avg(${byPod})`, WATCHED],
    [
      "every pod",
      byPod,
      { ...WATCHED, failureCondition: "any(result, # > 0.05)", successCondition: "len(result) > 0 && all(result, # <= 0.05)" },
    ],
    ["a difference of two versions", `${N} - (${O} or on() vector(0))`, WATCHED],
    ["a difference that a gate waits for", `${N} - ${O}`, { ...WATCHED, inconclusiveLimit: 60 }],
    [
      "a ratio with a least share of the old version",
      `${N} / clamp_min((${O} or on() vector(0)), 0.01)`,
      { ...WATCHED, failureCondition: "result[0] > 5", successCondition: "result[0] <= 5" },
    ],
  ])("and takes %s", (_, query, conditions) => {
    expect(judged(query, conditions)).toEqual([]);
  });
});

describe("CAN-08 follows templates of templates", () => {
  const metrics = [
    { name: "errors", ...WATCHED, provider: { prometheus: { query: N.replaceAll("m-canary", "{{args.service}}") } } },
  ];
  const inner = (service: string) => [
    template("gate", { args: [{ name: "service", value: service }], templates: [{ templateName: "inner" }] }),
    template("inner", { args: [{ name: "service" }], metrics }),
  ];
  it("and judges their measurements, with the arguments of all", () => {
    expect(found("CAN-08", [rollout({ steps }), ...inner("m-canary")], REQUESTS)).toEqual([]);
    expect(found("CAN-08", [rollout({ steps }), ...inner("m-stable")], REQUESTS)).toHaveLength(1);
  });

  it("also of a whole cluster, and of those that refer to each other", () => {
    const cluster = (name: string, spec: object) => made("argoproj.io/v1alpha1:ClusterAnalysisTemplate", name, spec);
    const entry = { templateName: "gate", clusterScope: true };
    const stack = [
      rollout({ steps: [{ setWeight: 5 }, { analysis: { templates: [entry] } }, { setWeight: 100 }] }),
      cluster("gate", { templates: [{ templateName: "inner", clusterScope: true }] }),
      cluster("inner", { args: [{ name: "service", value: "m-canary" }], metrics, templates: [entry] }),
    ];
    expect(found("CAN-08", stack, REQUESTS)).toEqual([]);
  });

  it("and names one that is missing", () => {
    const outer = template("gate", {
      metrics: [{ ...metrics[0], provider: { prometheus: { query: N } } }],
      templates: [{ templateName: "none" }],
    });
    expect(found("CAN-08", [rollout({ steps }), outer], REQUESTS)).toEqual(["spec.templates[0].templateName: none"]);
  });
});
