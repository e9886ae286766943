import { added, kubernetes, object, type StackMutant } from "./mutant.ts";

const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const GATE = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-gate");
const WATCH = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-watch");
const SHARE = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-share");
const SPLIT = kubernetes("workloads", "networking.istio.io/v1:VirtualService", "fraud-split");
const ROOT = kubernetes("workloads", "networking.istio.io/v1:VirtualService", "fraud-root");
const STABLE = kubernetes("workloads", "core/v1:Service", "fraud-stable");
const CANARY = kubernetes("workloads", "core/v1:Service", "fraud-canary");

const HOST = (role: string): string => `fraud-${role}.models-risk.svc.cluster.local`;
const to = (role: string, rest: object = {}): object => ({ destination: { host: HOST(role), port: { number: 80 } }, ...rest });

const canary = (what: string, edit: (canary: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.strategy.canary));
const fine = (what: string, edit: (canary: any) => void): StackMutant =>
  ROLLOUT.harmless(what, ({ spec }) => edit(spec.strategy.canary));

/** The step that starts the first pods of the new version. */
const scale = (steps: any[]): any => steps.find(({ setCanaryScale }) => setCanaryScale?.weight !== undefined);
const lastRaise = (steps: any[]): number => steps.findLastIndex(({ setWeight }) => setWeight !== undefined);

/** Steps that run an analysis of the new version. */
const gates = ({ steps }: any): any[] =>
  steps.filter(
    ({ analysis }: any) => analysis?.templates[0].templateName === "fraud-gate" && analysis.args[0].value === "fraud-canary",
  );
const argument = (step: any, name: string, value: string): void => {
  step.analysis.args = [...step.analysis.args.filter((each: any) => each.name !== name), { name, value }];
};
const variable = (container: any, name: string, value: string): void => {
  container.env.find((each: any) => each.name === name).value = value;
};
/** What a step passes to a gate is read at the Rollout. */
const gate = (what: string, edit: (inputs: any) => void): StackMutant => GATE.bad(what, edit, "fraud-rollout");
const metric = ({ spec }: any, name: string): any => spec.metrics.find((each: any) => each.name === name);

interface Scaled {
  replicas: number;
  pods: number;
  weight: number;
}
const told = ({ replicas, pods, weight }: Scaled): string => `${pods} of ${replicas} for ${weight} per cent`;
/** The last share is served by a number of pods. */
const scaled =
  ({ replicas, pods, weight }: Scaled) =>
  ({ spec }: any): void => {
    const { steps } = spec.strategy.canary;
    const last = lastRaise(steps);
    spec.replicas = replicas;
    steps[last].setWeight = weight;
    steps.splice(last, 0, { setCanaryScale: { replicas: pods } });
  };

/** Releases: what is measured, where requests go, what a version is. */
export const RELEASES: readonly StackMutant[] = [
  canary("a new version without pods by its weight", ({ steps }) => {
    scale(steps).setCanaryScale = { weight: 0 };
  }),
  canary("a new version without pods by their number", ({ steps }) => {
    scale(steps).setCanaryScale = { replicas: 0 };
  }),
  canary("a new version that loses its pods before its last share", ({ steps }) => {
    steps.splice(lastRaise(steps), 0, { setCanaryScale: { replicas: 0 } });
  }),
  canary("a new version with a tenth of the pods for its last share", ({ steps }) => {
    steps.splice(lastRaise(steps), 0, { setCanaryScale: { weight: 10 } });
  }),
  canary("a new version whose pods stay as few as at the first share", (it) => {
    it.steps = it.steps.filter(({ setCanaryScale }: any) => setCanaryScale?.matchTrafficWeight === undefined);
  }),
  ...[
    { replicas: 100, pods: 56, weight: 57 },
    { replicas: 20, pods: 10, weight: 51 },
    { replicas: 3, pods: 1, weight: 50 },
  ].map((numbers) => ROLLOUT.bad(`a new version with too few pods: ${told(numbers)}`, scaled(numbers))),
  ...[
    { replicas: 100, pods: 57, weight: 57 },
    { replicas: 20, pods: 11, weight: 51 },
    { replicas: 3, pods: 2, weight: 50 },
  ].map((numbers) => ROLLOUT.harmless(`a new version with enough pods: ${told(numbers)}`, scaled(numbers))),
  fine("a new version with pods for everybody from the start", ({ steps }) => {
    scale(steps).setCanaryScale = { weight: 100 };
  }),
  fine("a new version with as many pods as its last share needs", ({ steps }) => {
    steps.splice(lastRaise(steps), 0, { setCanaryScale: { weight: 100 } });
  }),
  canary("gates that measure the stable version", (it) => {
    for (const step of gates(it)) {
      argument(step, "service", "fraud-stable");
    }
  }),
  canary("a last gate that measures the stable version", (it) => argument(gates(it).at(-1), "service", "fraud-stable")),
  canary("gates that accept every share of errors", (it) => {
    for (const step of gates(it)) {
      argument(step, "maxErrorShare", "1");
    }
  }),
  canary("one gate that accepts half of the requests slow", (it) => argument(gates(it)[1], "maxSlowShare", "0.5")),
  canary("gates whose measurements are a dry run", (it) => {
    for (const step of gates(it)) {
      step.analysis.dryRun = [{ metricName: ".*" }];
    }
  }),
  canary("a watch whose error share is a dry run", ({ analysis }) => {
    analysis.dryRun = [{ metricName: "error-share" }];
  }),
  canary("a watch that starts behind the last step", ({ analysis }) => {
    analysis.startingStep = 99;
  }),
  canary("no watch between the gates", (it) => {
    delete it.analysis;
  }),
  canary("gates of a template that does not exist", (it) => {
    for (const step of gates(it)) {
      step.analysis.templates[0].templateName = "fraud-gates";
    }
  }),
  canary("pauses of five seconds", ({ steps }) => {
    for (const step of steps.filter(({ pause }: any) => pause)) {
      step.pause.duration = "5s";
    }
  }),
  canary("a first step of half of the requests", ({ steps }) => {
    steps.find(({ setWeight }: any) => setWeight === 5).setWeight = 50;
  }),
  canary("a first weight that is text", ({ steps }) => {
    steps.find(({ setWeight }: any) => setWeight === 5).setWeight = "50";
  }),
  canary("the Services of both versions swapped", (it) => {
    [it.canaryService, it.stableService] = [it.stableService, it.canaryService];
  }),
  canary("one Service for both versions", (it) => {
    it.canaryService = it.stableService;
  }),
  canary("weights by the number of pods", (it) => {
    delete it.trafficRouting;
  }),
  canary("weights of a route that does not exist", (it) => {
    it.trafficRouting.istio.virtualService.routes = ["secondary"];
  }),
  canary("an old version that ends with the release", (it) => {
    it.scaleDownDelaySeconds = 0;
  }),
  canary("half of the pods away while a release goes on", (it) => {
    it.maxUnavailable = "50%";
  }),
  ROLLOUT.bad("a strategy that swaps all requests at once", ({ spec }) => {
    spec.strategy = { blueGreen: { activeService: "fraud-stable", previewService: "fraud-canary", autoPromotionEnabled: true } };
  }),
  ROLLOUT.bad("a stuck release that nobody ends", ({ spec }) => {
    spec.progressDeadlineAbort = false;
  }),
  ROLLOUT.bad("a fast way back to any version", ({ spec }) => {
    spec.rollbackWindow = { revisions: 100 };
  }),
  ROLLOUT.bad("pods that no Service selects", ({ spec }) => {
    spec.selector.matchLabels.app = "fraud-next";
    spec.template.metadata.labels.app = "fraud-next";
  }),
  ROLLOUT.bad("a version that names the bytes of the old one", ({ spec }) => {
    spec.template.metadata.labels.version = "v4";
    for (const each of [spec.template.spec.containers[0], spec.template.spec.initContainers[0]]) {
      variable(each, "MODEL_VERSION", "4");
    }
  }),
  ROLLOUT.bad("a container that serves another version than was fetched", ({ spec }) =>
    variable(spec.template.spec.containers[0], "MODEL_VERSION", "2"),
  ),
  ROLLOUT.bad("a model from somebody else's bucket", ({ spec }) => {
    for (const each of [spec.template.spec.containers[0], spec.template.spec.initContainers[0]]) {
      variable(each, "MODEL_URI", "s3://public-models/fraud/3");
    }
  }),
  ROLLOUT.bad("a model whose bytes nobody checks", ({ spec }) => {
    const [fetch] = spec.template.spec.initContainers;
    fetch.env = fetch.env.filter(({ name }: any) => name !== "MODEL_SHA256");
  }),
  gate("a gate with a constant query", (it) => {
    metric(it, "error-share").provider.prometheus.query = "vector(0)";
  }),
  gate("a gate whose query ends in a constant", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = `0 * (${prometheus.query})`;
  }),
  gate("a gate whose query always names the stable version", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = prometheus.query.replaceAll("{{args.service}}", "fraud-stable");
  }),
  gate("a gate that counts a class of answers that does not exist", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = prometheus.query.replace('"5xx"', '"9xx"');
  }),
  gate("a gate that succeeds with every number", (it) => {
    metric(it, "error-share").successCondition = "result[0] >= 0";
  }),
  gate("a gate that always succeeds", (it) => {
    metric(it, "slow-share").successCondition = "true";
  }),
  gate("a gate whose conditions are alternatives to true", (it) => {
    const share = metric(it, "error-share");
    share.successCondition = `${share.successCondition} || true`;
    delete share.failureCondition;
  }),
  gate("a gate that asks another Prometheus", (it) => {
    metric(it, "error-share").provider.prometheus.address = "http://prometheus.team-risk.svc.cluster.local:9090";
  }),
  gate("a gate that asks a web page", (it) => {
    metric(it, "error-share").provider = { web: { url: "https://status.example.com/ok.json", jsonPath: "{$.errors}" } };
  }),
  gate("a gate that forgives a thousand failures", (it) => {
    metric(it, "error-share").failureLimit = 1000;
  }),
  gate("a gate whose default lets one request in two fail", ({ spec }) => {
    spec.args.find(({ name }: any) => name === "maxErrorShare").value = "0.5";
  }),
  gate("a gate without the share of errors", ({ spec }) => {
    spec.metrics = spec.metrics.filter(({ name }: any) => name !== "error-share");
  }),
  WATCH.bad("a watch that never fails", (it) => {
    metric(it, "error-share").failureLimit = 1_000_000;
  }),
  WATCH.bad("a watch of the stable version", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = prometheus.query.replaceAll("fraud-canary", "fraud-stable");
  }),
  WATCH.bad("a watch that accepts every share of errors", (it) => {
    metric(it, "error-share").failureCondition = "result[0] > 1";
  }),
  SHARE.bad("a share of requests that is never wrong", (it) => {
    metric(it, "served-share").successCondition = "result[0] >= 0 && result[0] <= 1";
  }),
  SPLIT.bad("all requests on the new version from the first moment", ({ spec }) => {
    [spec.http[0].route[0].weight, spec.http[0].route[1].weight] = [0, 100];
  }),
  SPLIT.bad("a route beside the managed one", ({ spec }) => {
    spec.http.unshift({ name: "beside", match: [{ headers: { "x-user-id": { prefix: "a" } } }], route: [to("canary")] });
  }),
  SPLIT.bad("a mirror of all requests to the new version", ({ spec }) => {
    spec.http[0].mirror = { host: HOST("canary") };
  }),
  SPLIT.bad("requests that are delayed on purpose", ({ spec }) => {
    spec.http[0].fault = { delay: { fixedDelay: "5s", percentage: { value: 10 } } };
  }),
  SPLIT.bad("a third destination", ({ spec }) => {
    spec.http[0].route = [to("stable", { weight: 90 }), to("canary", { weight: 0 }), to("shadow", { weight: 10 })];
  }),
  ROOT.bad("a route that goes round the delegate", ({ spec }) => {
    spec.http.unshift({ name: "direct", match: [{ uri: { prefix: "/invocations" } }], route: [to("canary")] });
  }),
  ROOT.bad("requests that are refused on purpose", ({ spec }) => {
    spec.http[0].fault = { abort: { httpStatus: 503, percentage: { value: 1 } } };
  }),
  ROOT.bad("a delegate in another team's namespace", ({ spec }) => {
    spec.http[0].delegate.namespace = "models-fraud";
  }),
  STABLE.bad("a stable Service of other pods", ({ spec }) => {
    spec.selector = { app: "other" };
  }),
  CANARY.bad("a canary Service that is bound to one version", ({ spec }) => {
    spec.selector.version = "v2";
  }),
  CANARY.bad("a canary Service without a selector", ({ spec }) => {
    delete spec.selector;
  }),
  (() => {
    const { type, inputs } = object("networking.istio.io/v1", "VirtualService", {
      metadata: { name: "fraud-eu", namespace: "models-risk" },
      spec: {
        gateways: ["istio-ingress/ingress"],
        hosts: ["fraud.models.internal"],
        http: [{ name: "eu", match: [{ uri: { prefix: "/" } }], route: [to("canary")] }],
      },
    });
    return added("workloads", type, "a second VirtualService for the host of a model", inputs);
  })(),

  WATCH.bad("a watch without the share of errors", ({ spec }) => {
    spec.metrics = spec.metrics.filter(({ name }: any) => name !== "error-share");
  }),
  canary("a watch from the last share on", ({ analysis, steps }) => {
    analysis.startingStep = steps.length - 3;
  }),
  canary("a watch without a template", ({ analysis }) => {
    analysis.templates = [];
  }),
  ROLLOUT.bad("a model that nobody fetches", ({ spec }) => {
    spec.template.spec.initContainers = [];
  }),
  ROLLOUT.bad("a model that is fetched by nothing", ({ spec }) => {
    spec.template.spec.initContainers[0].command = ["true"];
  }),
  ROLLOUT.bad("a model by another name", ({ spec }) => {
    for (const each of [spec.template.spec.containers[0], spec.template.spec.initContainers[0]]) {
      variable(each, "MODEL_NAME", "spam");
    }
  }),
  ROLLOUT.bad("a model from another model's folder", ({ spec }) => {
    for (const each of [spec.template.spec.containers[0], spec.template.spec.initContainers[0]]) {
      variable(each, "MODEL_URI", "s3://millrace-prod-models-0650b3f/models/spam/3");
    }
  }),
  gate("a gate that asks after a day", (it) => {
    metric(it, "error-share").initialDelay = "24h";
  }),
  gate("a gate that succeeds without successes", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = prometheus.query.replace('"5xx"', '"2xx"');
  }),
  ROLLOUT.harmless("one more variable of a model server", ({ spec }) => {
    spec.template.spec.containers[0].env.push({ name: "OMP_NUM_THREADS", value: "2" });
  }),
  ROLLOUT.harmless("variables of a model server in another order", ({ spec }) => {
    spec.template.spec.containers[0].env.reverse();
  }),
  fine("one pause more", ({ steps }) => {
    steps.splice(5, 0, { pause: { duration: "10m" } });
  }),
  fine("a watch from the first step on", ({ analysis }) => {
    delete analysis.startingStep;
  }),
  fine("longer pauses", ({ steps }) => {
    for (const step of steps.filter(({ pause }: any) => pause)) {
      step.pause.duration = "1h";
    }
  }),
  fine("pauses in minutes", ({ steps }) => {
    for (const step of steps.filter(({ pause }: any) => pause?.duration === "300s")) {
      step.pause.duration = "5m";
    }
  }),
  fine("pauses in seconds without a unit", ({ steps }) => {
    for (const step of steps.filter(({ pause }: any) => pause?.duration === "300s")) {
      step.pause.duration = 300;
    }
  }),
  fine("a stricter limit of one gate", (it) => argument(gates(it)[0], "maxErrorShare", "0.005")),
  fine("a smaller first step", ({ steps }) => {
    steps.find(({ setWeight }: any) => setWeight === 5).setWeight = 2;
  }),
  fine("an old version that stays an hour", (it) => {
    it.scaleDownDelaySeconds = 3600;
  }),
  fine("the arguments of a gate in another order", (it) => {
    it.steps[0].analysis.args.reverse();
  }),
  ROLLOUT.harmless("one more label on the pods of a model", ({ spec }) => {
    spec.template.metadata.labels["example.com/owner"] = "risk";
  }),
  GATE.harmless("a gate with one more measurement", (it) => {
    it["spec"].metrics.push({ ...structuredClone(metric(it, "slow-share")), name: "slow-share-again" });
  }),
  GATE.harmless("a gate that forgives no failure", (it) => {
    metric(it, "error-share").failureLimit = 0;
  }),
  GATE.harmless("a query over several lines", (it) => {
    const { prometheus } = metric(it, "error-share").provider;
    prometheus.query = prometheus.query.replace(" / ", "\n/\n");
  }),
  GATE.harmless("a gate that asks Prometheus by its short name", (it) => {
    metric(it, "error-share").provider.prometheus.address = "http://kube-prometheus-stack-prometheus.monitoring:9090";
  }),
  WATCH.harmless("a watch that forgives nothing", (it) => {
    metric(it, "error-share").failureLimit = 0;
  }),
  SPLIT.harmless("destinations in another order", ({ spec }) => spec.http[0].route.reverse()),
  SPLIT.harmless("destinations by their short names", ({ spec }) => {
    for (const { destination } of spec.http[0].route) {
      [destination.host] = destination.host.split(".");
    }
  }),
  ROOT.harmless("a shorter time-out", ({ spec }) => {
    spec.http[0].timeout = "5s";
    spec.http[0].retries.perTryTimeout = "5s";
  }),
  STABLE.harmless("one more annotation of a Service", ({ metadata }) => {
    metadata.annotations["example.com/owner"] = "risk";
  }),
];
