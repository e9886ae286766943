import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";
import { pod } from "./pod.ts";

const ISTIO = "networking.istio.io/v1";
const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const SPLIT = kubernetes("workloads", `${ISTIO}:VirtualService`, "fraud-split");
const ROOT = kubernetes("workloads", `${ISTIO}:VirtualService`, "fraud-root");
const CANARY = kubernetes("workloads", "core/v1:Service", "fraud-canary");
const STABLE = kubernetes("workloads", "core/v1:Service", "fraud-stable");
const STICKY = kubernetes("workloads", "networking.istio.io/v1alpha3:EnvoyFilter", "fraud-sticky");

const HOST = (role: string): string => `fraud-${role}.models-risk.svc.cluster.local`;
const metadata = { name: "added", namespace: "models-risk" };

const primary = (what: string, edit: (route: any, http: any[]) => void): StackMutant =>
  SPLIT.bad(what, ({ spec }) => edit(spec.http[0], spec.http));
const canary = (what: string, edit: (canary: any, spec: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.strategy.canary, spec));
const more = (what: string, apiVersion: string, kind: string, spec: object, place: object = metadata): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, { metadata: place, spec });
  return added("workloads", type, what, inputs);
};
const spare = (what: string, apiVersion: string, kind: string, spec: object): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, { metadata, spec });
  return welcome("workloads", type, what, inputs);
};

/** Ways of requests past the weights of a release. */
export const ROUTES: readonly StackMutant[] = [
  primary("mirrors of requests, in the list", (route) => {
    route.mirrors = [{ destination: { host: HOST("canary") }, percentage: { value: 100 } }];
  }),
  primary("requests that are sent on to another address", (route) => {
    route.redirect = { authority: "example.com" };
  }),
  primary("requests that are answered at once", (route) => {
    route.directResponse = { status: 200 };
  }),
  primary("requests whose errors are asked for again", (route) => {
    route.retries = { attempts: 5, retryOn: "5xx" };
  }),
  primary("requests that end after a millisecond", (route) => {
    route.timeout = "0.001s";
  }),
  primary("the managed route for some requests only", (route) => {
    route.match = [{ headers: { "x-canary": { exact: "yes" } } }];
  }),
  primary("two routes of the managed name", (_, http) =>
    http.push({ name: "primary", route: [{ destination: { host: HOST("canary") } }] }),
  ),
  SPLIT.bad(
    "a managed route of another name",
    ({ spec }) => {
      spec.http[0].name = "main";
    },
    "fraud-rollout",
  ),
  primary("weights of one pair of versions of the same pods", (route) => {
    for (const [index, { destination }] of route.route.entries()) {
      destination.host = HOST("stable");
      destination.subset = `v${index}`;
    }
  }),
  primary("a port that the new version does not have", (route) => {
    route.route[1].destination.port.number = 8081;
  }),
  SPLIT.bad("a delegate with hosts of its own", ({ spec }) => {
    Object.assign(spec, { hosts: ["fraud.models.internal"], gateways: ["istio-ingress/ingress"] });
  }),
  SPLIT.bad("a way past the weights in TCP", ({ spec }) => {
    spec.tcp = [{ route: [{ destination: { host: HOST("canary") } }] }];
  }),
  ROOT.bad("a model that answers every path of its host", ({ spec }) => {
    spec.http[0].match = [{ uri: { prefix: "/" } }];
    spec.http.push({ name: "rest", route: [{ destination: { host: HOST("stable") } }] });
  }),
  ROOT.bad("a model that everybody in the cluster reaches past the gateway", ({ spec }) => {
    spec.gateways = ["mesh"];
  }),
  ROOT.bad("a model at a gateway that does not exist", ({ spec }) => {
    spec.gateways = ["istio-ingress/public"];
  }),
  ROOT.bad("a model whose answers are waited for without an end", ({ spec }) => {
    spec.http[0].timeout = "0s";
  }),
  more("the name of the new version for the pods of the old one", ISTIO, "VirtualService", {
    hosts: [HOST("canary")],
    http: [{ route: [{ destination: { host: HOST("stable") } }] }],
  }),
  more("a fault in every pod of a namespace", "networking.istio.io/v1alpha3", "EnvoyFilter", {
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: { context: "SIDECAR_INBOUND" },
        patch: { operation: "INSERT_BEFORE", value: { name: "envoy.filters.http.fault" } },
      },
    ],
  }),
  more("a rule that takes failing pods of the new version out of sight", ISTIO, "DestinationRule", {
    host: HOST("canary"),
    trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 } },
  }),
  more("a name of the new version outside of the cluster", ISTIO, "ServiceEntry", {
    hosts: [HOST("canary")],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    resolution: "DNS",
    endpoints: [{ address: "fraud.example.com" }],
  }),
  more("a second scaler of one model", "autoscaling/v2", "HorizontalPodAutoscaler", {
    minReplicas: 3,
    maxReplicas: 4,
    scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "fraud" },
  }),
  more("a Deployment with the labels of a model beside its Rollout", "apps/v1", "Deployment", {
    replicas: 3,
    selector: { matchLabels: { app: "fraud" } },
    template: { metadata: { labels: { app: "fraud" } }, spec: pod() },
  }),
  STICKY.bad("a filter on every route of the gateway", ({ spec }) => {
    delete spec.configPatches[0].match.routeConfiguration;
  }),
  STICKY.bad("a filter that answers in place of the model", ({ spec }) => {
    spec.configPatches[0].patch = { operation: "REPLACE", value: { direct_response: { status: 200 } } };
  }),
  CANARY.bad("a new version that gets requests before it is ready", ({ spec }) => {
    spec.publishNotReadyAddresses = true;
  }),
  CANARY.bad("a Service of the new version on a port that no container has", ({ spec }) => {
    spec.ports[0].targetPort = "grpc";
  }),
  STABLE.bad("a stable version that is bound to its label", ({ spec }) => {
    spec.selector.version = "v3";
  }),
  canary("pods of the new version with another label", (it) => {
    it.canaryMetadata = { labels: { app: "fraud-new" } };
  }),
  canary("an old version that shrinks while the new one grows", (it) => {
    it.dynamicStableScale = true;
  }),
  canary("weights that are shares of a thousand", (it) => {
    it.trafficRouting.maxTrafficWeight = 1000;
  }),
  canary("weights of a VirtualService in another namespace", (it) => {
    it.trafficRouting.istio.virtualService.name = "fraud-split.models-other";
  }),
  canary("a model of no pods", (_, spec) => {
    spec.replicas = 0;
  }),
  canary("a release that stands still", (_, spec) => {
    spec.paused = true;
  }),
  canary("pods of a Deployment that nobody made", (_, spec) => {
    spec.workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "fraud" };
    delete spec.template;
  }),

  primary("a header that asks for the new version in every request", (route) => {
    route.headers = { request: { set: { "x-model-version": "canary" } } };
  }),
  ROOT.bad("a header that asks for the new version, at the root", ({ spec }) => {
    spec.http[0].headers = { request: { add: { "X-Model-Version": "canary" } } };
  }),
  CANARY.bad("a new version outside of the cluster", ({ spec }) => {
    Object.assign(spec, { type: "ExternalName", externalName: "fraud.example.com" });
  }),
  STABLE.bad("a model at a port of every node", ({ spec }) => {
    spec.type = "NodePort";
  }),
  STABLE.bad("a Service of the old version on a port by a wrong number", ({ spec }) => {
    spec.ports[0].targetPort = 9000;
  }),
  ROOT.bad("a model by the gateway and by the mesh", ({ spec }) => {
    spec.gateways.push("mesh");
  }),
  ROOT.bad("a model without a gateway", ({ spec }) => {
    delete spec.gateways;
  }),
  CANARY.harmless("a port by its number", ({ spec }) => {
    spec.ports[0].targetPort = 8080;
  }),
  CANARY.harmless("the kind that a Service has anyway", ({ spec }) => {
    spec.type = "ClusterIP";
  }),
  SPLIT.harmless("a managed route with one more header in its answers", ({ spec }) => {
    spec.http[0].headers = { response: { add: { "x-served-by": "risk" } } };
  }),
  SPLIT.harmless("weights as text", ({ spec }) => {
    spec.http[0].route[0].weight = "100";
    spec.http[0].route[1].weight = "0";
  }),
  SPLIT.harmless("a weight of nothing that is left out", ({ spec }) => {
    delete spec.http[0].route[1].weight;
  }),
  ROOT.harmless("one more path of a model, to the same delegate", ({ spec }) =>
    spec.http[0].match.push({ uri: { prefix: "/v2/models/fraud" } }),
  ),
  ROOT.harmless("a path by its exact name", ({ spec }) => {
    spec.http[0].match = [{ uri: { exact: "/invocations" } }];
  }),
  spare("a Service for people who look at one model's pods", "v1", "Service", {
    clusterIP: "None",
    selector: { app: "fraud" },
    ports: [{ name: "http", port: 80, targetPort: "http" }],
  }),
  spare("a rule that spreads requests evenly", ISTIO, "DestinationRule", {
    host: "redis.team-risk.svc.cluster.local",
    trafficPolicy: { loadBalancer: { simple: "LEAST_REQUEST" } },
  }),
];
