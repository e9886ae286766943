import { describe, expect, it } from "vitest";
import { ModelServing, type ModelServingArgs } from "#components/serving/model-serving";
import type { Analysis } from "#components/serving/strategies/analysis";
import type { Canary } from "#components/serving/strategies/canary";
import { refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";
import { type Change, changed, DIGEST, everything, minimal, serving } from "./fixture.ts";
import { hasSchema, validate } from "./schemas.ts";

const CHILDREN = [
  "argoproj.io/v1alpha1:AnalysisTemplate fraud-gate",
  "argoproj.io/v1alpha1:AnalysisTemplate fraud-share",
  "argoproj.io/v1alpha1:AnalysisTemplate fraud-watch",
  "argoproj.io/v1alpha1:Rollout fraud-rollout",
  "autoscaling/v2:HorizontalPodAutoscaler fraud-autoscaler",
  "core/v1:Service fraud-canary",
  "core/v1:Service fraud-stable",
  "core/v1:ServiceAccount fraud-account",
  "monitoring.coreos.com/v1:PodMonitor fraud-monitor",
  "networking.istio.io/v1:VirtualService fraud-root",
  "networking.istio.io/v1:VirtualService fraud-split",
  "networking.k8s.io/v1:NetworkPolicy fraud-reach",
  "policy/v1:PodDisruptionBudget fraud-budget",
];

const objects = (graph: Awaited<ReturnType<typeof serving>>) =>
  graph
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name }) => `${type.slice("kubernetes:".length)} ${name}`);

const change = (part: keyof ModelServingArgs, values: object): Change => ({
  [part]: { ...(minimal[part] as object), ...values },
});

const canary = (values: Omit<Canary, "kind">): Change => ({ strategy: { kind: "canary", ...values } as Canary });
const shadow = (values: object): Change => ({ strategy: { kind: "shadow", ...values } });
const blueGreen = (values: object): Change => ({ strategy: { kind: "blueGreen", ...values } });
const outcomes = { attempts: "impression", successes: "click" };
const abTest = (values: object): Change => ({
  ...change("exposure", { sticky: { header: "x-user-id" } }),
  strategy: { kind: "abTest", outcomes, ...values } as never,
});
const measured = (analysis: Analysis): Change => canary({ analysis });

describe("ModelServing", () => {
  it("declares exactly these objects, and the role that reads the store", async () => {
    const graph = await serving();
    expect(objects(graph).sort()).toEqual(CHILDREN);
    expect(graph.filter(({ parent }) => parent === "fraud-reader").map(({ type }) => type)).toEqual([
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    ]);
  });

  it("adds a filter at the gateway for users who must stay with their version, and a template that compares predictions", async () => {
    const graph = await serving(everything);
    const more = ["argoproj.io/v1alpha1:AnalysisTemplate fraud-drift", "networking.istio.io/v1alpha3:EnvoyFilter fraud-sticky"];
    expect(objects(graph).sort()).toEqual([...CHILDREN, ...more].sort());
    expect(named(graph, "fraud-sticky").inputs["metadata"]).toEqual({
      name: "models-risk-fraud-sticky",
      namespace: "istio-ingress",
    });
    const [patch] = named(graph, "fraud-sticky").inputs["spec"].configPatches;
    const [root] = named(graph, "fraud-root").inputs["spec"].http;
    const [primary] = named(graph, "fraud-split").inputs["spec"].http;
    expect(patch.match.routeConfiguration.vhost.route.name).toBe(`${root.name}-${primary.name}`);
    expect(patch.patch.value.route).toEqual({
      hash_policy: [{ header: { header_name: "x-user-id" } }],
      weighted_clusters: { use_hash_policy: true },
    });
  });

  it("knows users by a cookie, of which it sets none", async () => {
    const graph = await serving(change("exposure", { sticky: { cookie: "__Host-session" } }));
    const [patch] = named(graph, "fraud-sticky").inputs["spec"].configPatches;
    expect(patch.patch.value.route.hash_policy).toEqual([{ cookie: { name: "__Host-session" } }]);
  });

  it("adds templates and a rule for a test by users, which stand before its release", async () => {
    const graph = await serving(abTest({}));
    const more = [
      ...["outcomes", "verdict"].map((of) => `argoproj.io/v1alpha1:AnalysisTemplate fraud-${of}`),
      "monitoring.coreos.com/v1:PrometheusRule fraud-recorded",
      "networking.istio.io/v1alpha3:EnvoyFilter fraud-sticky",
    ];
    expect(objects(graph).sort()).toEqual([...CHILDREN, ...more].sort());
    expect(named(graph, "fraud-rollout").dependencies).toContain("fraud-recorded");
    expect(named(graph, "fraud-recorded").inputs["spec"].groups[0].rules[0].expr).toContain('event=~"impression|click"}[3600s]');
  });

  it("ignores exactly what the delivery controller writes", async () => {
    const ignored = (await serving(everything)).filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    expect(Object.fromEntries(ignored.map(({ name, ignoreChanges }) => [name, ignoreChanges]))).toEqual({
      "fraud-split": ["spec.http"],
      "fraud-stable": ["spec.selector"],
      "fraud-canary": ["spec.selector"],
    });
  });

  it("brings the Rollout up last and takes it down first", async () => {
    const graph = await serving();
    expect(named(graph, "fraud-rollout").dependencies.toSorted()).toEqual([
      "fraud-account",
      "fraud-canary",
      "fraud-gate",
      "fraud-reader-association",
      "fraud-share",
      "fraud-split",
      "fraud-stable",
      "fraud-watch",
    ]);
    expect(named(graph, "fraud-autoscaler").dependencies).toEqual(["fraud-rollout"]);
  });

  it("lets `pulumi up` return at once, or wait for the release", async () => {
    expect(named(await serving(), "fraud-rollout").inputs["metadata"]).toEqual({ name: "fraud", namespace: "models-risk" });
    expect(
      named(await serving({ await: "healthy", runtime: { kind: "image", loadSeconds: 60 } }), "fraud-rollout").inputs["metadata"]
        .annotations,
    ).toEqual({
      "pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy",
      "pulumi.com/timeoutSeconds": "5460",
    });
  });

  it("does not wait for pods behind Services whose Rollout is yet to come", async () => {
    const graph = await serving();
    for (const name of ["fraud-stable", "fraud-canary"]) {
      expect(named(graph, name).inputs["metadata"].annotations).toEqual({ "pulumi.com/skipAwait": "true" });
    }
  });

  it("reads this model's versions and nothing else", async () => {
    const policy = named(await serving(), "fraud-reader-permissions").inputs["policy"];
    expect(JSON.parse(policy).Statement).toEqual([
      { Sid: "ReadVersions", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::models/models/fraud/*"] },
      {
        Sid: "ListVersions",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::models"],
        Condition: { StringLike: { "s3:prefix": "models/fraud/*" } },
      },
      {
        Sid: "DecryptThroughStore",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: ["arn:aws:kms:eu-west-1:111111111111:key/1"],
        Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
      },
    ]);
  });

  it("scales between its bounds, and is drained one server at a time", async () => {
    const graph = await serving(everything);
    expect(named(graph, "fraud-autoscaler").inputs["spec"]).toEqual({
      scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "fraud" },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
      behavior: {
        scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] },
      },
    });
    expect(named(graph, "fraud-budget").inputs["spec"]).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { app: "fraud" } },
    });
  });

  it("is reached by the gateway and monitoring alone", async () => {
    const { ingress } = named(await serving(), "fraud-reach").inputs["spec"];
    const from = ingress.map((rule: any) => rule.from[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"]);
    expect(from).toEqual(["istio-ingress", "monitoring"]);
    expect(ingress.flatMap((rule: any) => rule.ports)).toEqual([
      { port: 8080, protocol: "TCP" },
      { port: 8080, protocol: "TCP" },
    ]);
  });

  it.each([
    ["the least", {}],
    ["everything", everything],
    ["blue/green", { strategy: { kind: "blueGreen" } }],
    ["a comparison of answers", { strategy: { kind: "shadow" } }],
    ["a test by users", abTest({ switchedBy: "person" })],
  ] satisfies [string, Change][])("declares custom resources that their CRDs accept, with %s", async (_, args) => {
    const custom = (await serving(args)).filter(({ inputs }) => hasSchema(inputs));
    expect(custom.length).toBeGreaterThanOrEqual(7);
    for (const { inputs } of custom) {
      expect(() => validate(inputs)).not.toThrow();
    }
  });
});

describe("ModelServing with a comparison of answers", () => {
  it("sends copies to a program that asks both versions, and gets no rights", async () => {
    const graph = await serving({ strategy: { kind: "shadow", percent: 20, tolerance: 0.05 } });
    expect(named(graph, "fraud-root").inputs["spec"].http[0].mirrors).toEqual([
      { destination: { host: "fraud-comparer.models-risk.svc.cluster.local", port: { number: 80 } }, percentage: { value: 20 } },
    ]);
    const { spec } = named(graph, "fraud-comparer").inputs["spec"].template;
    expect(spec).toMatchObject({ serviceAccountName: "fraud-comparer", automountServiceAccountToken: false });
    const [{ image, command, env }] = spec.containers;
    expect([image, command]).toEqual([minimal.model.image, ["compare-answers"]]);
    expect(Object.fromEntries(env.map(({ name, value }: any) => [name, value]))).toEqual({
      COMPARE_OLD: "http://fraud-stable.models-risk.svc.cluster.local:80",
      COMPARE_NEW: "http://fraud-canary.models-risk.svc.cluster.local:80",
      COMPARE_PORT: "8080",
      COMPARE_TOLERANCE: "0.05",
      COMPARE_TIMEOUT_SECONDS: "10",
    });
  });

  it("opens the servers to that program alone, and it to nothing else", async () => {
    const graph = await serving({ strategy: { kind: "shadow" } });
    const comparer = { podSelector: { matchLabels: { app: "fraud-comparer" } } };
    expect(named(graph, "fraud-reach").inputs["spec"].ingress.at(-1)).toEqual({
      from: [comparer],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
    const { egress } = named(graph, "fraud-comparer-reach").inputs["spec"];
    expect(egress).toHaveLength(2);
    expect(egress[1]).toEqual({
      to: [{ podSelector: { matchLabels: { app: "fraud" } } }],
      ports: [{ port: 8080, protocol: "TCP" }],
    });
  });

  it("takes the program from our own image where the model's is another one", async () => {
    const fetcher = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`;
    const graph = await serving({
      strategy: { kind: "shadow" },
      runtime: { kind: "custom", fetcher, port: 9000, readyPath: "/ready", path: "/score" },
    });
    expect(named(graph, "fraud-comparer").inputs["spec"].template.spec.containers[0].image).toBe(fetcher);
  });
});

describe("ModelServing refuses", () => {
  it.each<[Change, string]>([
    [{ namespace: "Models" }, "'namespace' must be a Kubernetes namespace, got 'Models'"],
    [{ runtime: { kind: "image", loadSeconds: 0 } }, "'runtime.loadSeconds' must be a whole number of at least 1, got '0'"],
    [
      { runtime: { kind: "mlserver" } as never },
      "'runtime.kind' must be one of image, triton, tensorflow-serving, openvino, vllm, custom, got 'mlserver'",
    ],
    [{ strategy: { kind: "mirror" as never } }, "'strategy.kind' must be one of canary, blueGreen, shadow, abTest, got 'mirror'"],
    [{ await: "ready" as never }, "'await' must be one of created, healthy, got 'ready'"],
    [
      change("model", { version: "champion" }),
      "'model.version' must be a registered version number, never an alias, got 'champion'",
    ],
    [change("model", { path: "models/churn/3" }), "'model.path' must be a folder inside 'models/fraud/', got 'models/churn/3'"],
    [
      change("model", { path: "models/fraud/../x" }),
      "'model.path' must be a folder inside 'models/fraud/', got 'models/fraud/../x'",
    ],
    [change("model", { sha256: "b" }), "'model.sha256' must be 64 hexadecimal digits, got 'b'"],
    [
      change("model", { image: "server:latest" }),
      "'model.image' must be an image by digest, <repository>@sha256:<64 hexadecimal digits>, got 'server:latest'",
    ],
    [change("exposure", { host: "Fraud.internal" }), "'exposure.host' must be a DNS name in lower case, got 'Fraud.internal'"],
    [
      change("exposure", { path: "score" }),
      "'exposure.path' must be '/' or a path of letters, digits, '.', '_' and '-', such as /v1/score, without a slash at its end, got 'score'",
    ],
    [change("exposure", { timeoutSeconds: 301 }), "'exposure.timeoutSeconds' must be a whole number from 1 to 300, got '301'"],
    ...[
      "X User",
      "x-model-version",
      "host",
      "te",
      "content-type",
      "x-request-id",
      "cookie",
      "authorization",
      `x-${"a".repeat(99)}`,
      "x-envoy-original-path",
    ].map((header): [Change, string] => [
      change("exposure", { sticky: { header } }),
      `'exposure.sticky.header' must be a header name in lower case that names a user, such as x-user-id, and none of HTTP, of tracing or of the mesh, got '${header}'`,
    ]),
    ...["", "my cookie", "a=b", "a;b", "sitzung\u00e4", '"a"', "$Version", "Max-Age", "path"].map((cookie): [Change, string] => [
      change("exposure", { sticky: { cookie } }),
      `'exposure.sticky.cookie' must be the name of a cookie that names a user, such as session: letters, digits and !#$%&'*+-.^_\`|~, not an attribute of cookies, without a $ at its beginning, got '${cookie}'`,
    ]),
    [
      change("exposure", { sticky: { header: "x-user-id", cookie: "session" } }),
      "'exposure.sticky' must be an object with exactly one of header, cookie, got an object",
    ],
    [change("exposure", { sticky: {} }), "'exposure.sticky' must be an object with exactly one of header, cookie, got an object"],
    [
      change("exposure", { sticky: { cookie: "session", ttl: "1h" } }),
      "'exposure.sticky.ttl' must be a known key (header, cookie), got '1h'",
    ],
    [canary({ weights: [5, 5, 100] }), "'strategy.weights' must be at least two whole numbers that rise to 100, got '5,5,100'"],
    [canary({ weights: [5, 50] }), "'strategy.weights' must be at least two whole numbers that rise to 100, got '5,50'"],
    [canary({ weights: [0, 100] }), "'strategy.weights' must be at least two whole numbers that rise to 100, got '0,100'"],
    [canary({ weights: [2.5, 100] }), "'strategy.weights' must be at least two whole numbers that rise to 100, got '2.5,100'"],
    [canary({ weights: [100] }), "'strategy.weights' must be at least two whole numbers that rise to 100, got '100'"],
    [canary({ stepSeconds: 0 }), "'strategy.stepSeconds' must be a whole number from 1 to 86400, got '0'"],
    [canary({ soakSeconds: 0 }), "'strategy.soakSeconds' must be a whole number from 1 to 604800, got '0'"],
    [canary({ scaleDownDelaySeconds: 0 }), "'strategy.scaleDownDelaySeconds' must be a whole number from 1 to 86400, got '0'"],
    [
      canary({ stepSeconds: 60 }),
      "'strategy.stepSeconds' must be at least windowSeconds (120), so that a gate measures its own step, got '60'",
    ],
    [
      { ...shadow({}), runtime: { kind: "openvino", fetcher: minimal.model.image as string } },
      "'strategy.kind' must be canary or blueGreen where the runtime is not 'image' or 'custom': other programs do not say in x-model-version which version answered, got 'shadow'",
    ],
    [
      { ...measured({ drift: {} }), runtime: { kind: "openvino", fetcher: minimal.model.image as string } },
      "'strategy.analysis.drift' must be left out where the runtime is not 'image' or 'custom': other programs do not count what they predict, got '{}'",
    ],
    [
      { ...measured({ maxInFlight: 8 }), runtime: { kind: "tensorflow-serving", fetcher: minimal.model.image as string } },
      "'strategy.analysis.maxInFlight' must be left out where the runtime is 'tensorflow-serving': it does not say how many requests it has, got '8'",
    ],
    [blueGreen({ previewSeconds: 0 }), "'strategy.previewSeconds' must be a whole number from 1 to 86400, got '0'"],
    [
      blueGreen({ previewSeconds: 60 }),
      "'strategy.previewSeconds' must be at least windowSeconds (120), so that a gate measures its own step, got '60'",
    ],
    [
      blueGreen({ analysis: { windowSeconds: 400 } }),
      "'strategy.analysis.windowSeconds' must be at most previewSeconds (300), so that a gate measures its own step, got '400'",
    ],
    [blueGreen({ switchedBy: "robot" }), "'strategy.switchedBy' must be one of measurements, person, got 'robot'"],
    [shadow({ percent: 0 }), "'strategy.percent' must be a whole number from 1 to 100, got '0'"],
    [shadow({ minAnswers: 10 }), "'strategy.minAnswers' must be a whole number from 100 to 1000000, got '10'"],
    [shadow({ maxSlowdown: 0.5 }), "'strategy.maxSlowdown' must be a number from 1 to 100, got '0.5'"],
    [shadow({ tolerance: Number.NaN }), "'strategy.tolerance' must be a number from 0 to 1000000, got 'NaN'"],
    [
      shadow({ canary: { weights: [100] } }),
      "'strategy.canary.weights' must be at least two whole numbers that rise to 100, got '100'",
    ],
    [
      shadow({ canary: { stepSeconds: 60 } }),
      "'strategy.canary.stepSeconds' must be at least windowSeconds (120), so that a gate measures its own step, got '60'",
    ],
    [
      { strategy: { kind: "abTest", outcomes } },
      "'exposure.sticky' must be the header or the cookie that names the user where the strategy is 'abTest', so that each user has one version, got 'undefined'",
    ],
    [abTest({ percent: 0 }), "'strategy.percent' must be a whole number from 1 to 60, got '0'"],
    [abTest({ percent: 61 }), "'strategy.percent' must be a whole number from 1 to 60, got '61'"],
    [abTest({ percent: 12.5 }), "'strategy.percent' must be a whole number from 1 to 60, got '12.5'"],
    [abTest({ testSeconds: 0 }), "'strategy.testSeconds' must be a whole number from 1 to 2419200, got '0'"],
    [abTest({ testSeconds: 2_419_201 }), "'strategy.testSeconds' must be a whole number from 1 to 2419200, got '2419201'"],
    [
      abTest({ testSeconds: 119 }),
      "'strategy.testSeconds' must be at least windowSeconds (120), as far as a measurement looks back, got '119'",
    ],
    [
      abTest({ testSeconds: 130, stepSeconds: 200, analysis: { windowSeconds: 140 } }),
      "'strategy.testSeconds' must be at least windowSeconds (140), as far as a measurement looks back, got '130'",
    ],
    [abTest({ outcomes: undefined }), "'strategy.outcomes' must be an object with attempts, successes, got 'undefined'"],
    ...["", "Click", 'click"} or vector(1', "9"].map((attempts): [Change, string] => [
      abTest({ outcomes: { ...outcomes, attempts } }),
      `'strategy.outcomes.attempts' must be the name of an event: lower-case letters, digits and '_', beginning with a letter, got '${attempts}'`,
    ]),
    [
      abTest({ outcomes: { attempts: "click" } }),
      "'strategy.outcomes.successes' must be the name of an event: lower-case letters, digits and '_', beginning with a letter, got 'undefined'",
    ],
    [
      abTest({ outcomes: { attempts: "click", successes: "click" } }),
      "'strategy.outcomes.successes' must be another event than outcomes.attempts, got 'click'",
    ],
    [abTest({ minAttempts: 99 }), "'strategy.minAttempts' must be a whole number from 100 to 1000000000, got '99'"],
    [abTest({ significance: 0 }), "'strategy.significance' must be a number from 0.001 to 0.2, got '0'"],
    [abTest({ significance: 0.5 }), "'strategy.significance' must be a number from 0.001 to 0.2, got '0.5'"],
    [abTest({ switchedBy: "robot" }), "'strategy.switchedBy' must be one of measurements, person, got 'robot'"],
    [abTest({ stepSeconds: 0 }), "'strategy.stepSeconds' must be a whole number from 1 to 86400, got '0'"],
    [abTest({ soakSeconds: 0 }), "'strategy.soakSeconds' must be a whole number from 1 to 604800, got '0'"],
    [abTest({ scaleDownDelaySeconds: 0 }), "'strategy.scaleDownDelaySeconds' must be a whole number from 1 to 86400, got '0'"],
    [
      abTest({ stepSeconds: 60 }),
      "'strategy.stepSeconds' must be at least windowSeconds (120), so that a gate measures its own step, got '60'",
    ],
    [abTest({ analysis: { maxErrorShare: 2 } }), "'strategy.analysis.maxErrorShare' must be a number from 0 to 0.25, got '2'"],
    [measured({ maxErrorShare: 2 }), "'strategy.analysis.maxErrorShare' must be a number from 0 to 0.25, got '2'"],
    [measured({ maxSlowShare: -1 }), "'strategy.analysis.maxSlowShare' must be a number from 0 to 0.25, got '-1'"],
    [
      measured({ latencyTargetMs: 300 }),
      "'strategy.analysis.latencyTargetMs' must be a bound of the gateway's histogram (1, 5, 10, 25, 50, 100, 150, 200, 250, 500, 1000, 2500, 5000, 10000), got '300'",
    ],
    [measured({ intervalSeconds: 0 }), "'strategy.analysis.intervalSeconds' must be a whole number of at least 1, got '0'"],
    [measured({ windowSeconds: 0 }), "'strategy.analysis.windowSeconds' must be a whole number of at least 1, got '0'"],
    [
      measured({ maxSlowShare: 0.1, minRequests: 50 }),
      "'strategy.analysis.minRequests' must be at least 55: of fewer answers chance explains 30 % of bad ones, with limits of 0.01 and 0.1, got '50'",
    ],
    [measured({ minRequests: 0 }), "'strategy.analysis.minRequests' must be a whole number from 10 to 100000, got '0'"],
    [
      measured({ intervalSeconds: 60 }),
      "'strategy.analysis.intervalSeconds' must be at most 50, so that a bad version loses its users within 240 s (windowSeconds + 2 × intervalSeconds + 20), got '60'",
    ],
    [
      measured({ giveUpSeconds: 119 }),
      "'strategy.analysis.giveUpSeconds' must be from 120 to 1800, so that a gate measures 4 to 60 times, got '119'",
    ],
    [
      measured({ giveUpSeconds: 601, intervalSeconds: 10 }),
      "'strategy.analysis.giveUpSeconds' must be from 40 to 600, so that a gate measures 4 to 60 times, got '601'",
    ],
    [
      measured({ accuracy: { minLabels: 1_919 } }),
      "'strategy.analysis.accuracy.minLabels' must be at least 1920, so that chance alone does not reach a maxLoss of 0.05, got '1919'",
    ],
    [
      measured({ accuracy: { maxLoss: 0.6 } }),
      "'strategy.analysis.accuracy.maxLoss' must be a number from 0.005 to 0.5, got '0.6'",
    ],
    [measured({ maxInFlight: 0 }), "'strategy.analysis.maxInFlight' must be a number from 1 to 100000, got '0'"],
    [
      { compute: { kind: "gpu" as const, gpus: 0.5, nodeLabels: {} } },
      "'compute.gpus' must be a whole number of at least 1, got '0.5'",
    ],
    [
      { scaling: { minReplicas: 0 } },
      "'scaling.minReplicas' must be a whole number of at least 1: requests to a model without servers fail, and wake none, got '0'",
    ],
    [{ scaling: { maxReplicas: 1.5 } }, "'scaling.maxReplicas' must be a whole number of at least 1, got '1.5'"],
    [
      { scaling: { minReplicas: 5, maxReplicas: 4 } },
      "'scaling.maxReplicas' must be at least 'scaling.minReplicas' (5), got '4'",
    ],
    [{ scaling: { targetCpuPercent: 5 } }, "'scaling.targetCpuPercent' must be a whole number from 10 to 100, got '5'"],
  ])("%j", async (args, message) => {
    expect(await refusal(() => new ModelServing("fraud", changed(args)))).toBe(message);
  });

  it.each([
    [{ kind: "tpu" }, "'compute.kind' must be one of cpu, gpu, got 'tpu'"],
    [{ kind: "toString" }, "'compute.kind' must be one of cpu, gpu, got 'toString'"],
    [{ kind: "cpu", gpus: 4 }, "'compute' must be one of kind, cpu, memory, nodeLabels, got 'gpus'"],
    [{ kind: "cpu", cpu: "lots" }, "'compute.cpu' must be a Kubernetes quantity of CPUs such as 500m or 4, got 'lots'"],
    [{ kind: "cpu", memory: "16GB" }, "'compute.memory' must be a Kubernetes quantity of memory such as 16Gi, got '16GB'"],
    [{ kind: "cpu", memory: "" }, "'compute.memory' must be a Kubernetes quantity of memory such as 16Gi, got ''"],
  ])("compute %j", async (compute, message) => {
    const args = { ...minimal, compute } as ModelServingArgs;
    expect(await refusal(() => new ModelServing("fraud", args))).toBe(message);
  });

  it("keeps the default of an argument that is undefined", async () => {
    const absent = { compute: undefined, strategy: { kind: "canary", analysis: { maxErrorShare: undefined } } };
    const custom = async (given = {}) => (await serving(given)).filter((each) => each.custom);
    expect(await custom(absent)).toEqual(await custom());
  });

  it("a name that leaves no room for what is appended to it", async () => {
    const name = "f".repeat(41);
    expect(await refusal(() => new ModelServing(name, minimal))).toBe(
      `'name' must be lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters, got '${name}'`,
    );
  });
});
