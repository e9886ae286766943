import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const ISTIO = "networking.istio.io/v1";
const SPLIT = kubernetes("workloads", `${ISTIO}:VirtualService`, "fraud-split");
const ROOT = kubernetes("workloads", `${ISTIO}:VirtualService`, "fraud-root");
const STABLE = "fraud-stable.models-risk.svc.cluster.local";
const REDIS = "redis.team-risk.svc.cluster.local";

type Edit = (route: any) => void;

/** What a route of a model must not do, whoever of the two writes it. */
const BOTH: readonly (readonly [what: string, edit: Edit])[] = [
  ["that rewrites the path", (route) => Object.assign(route, { rewrite: { uri: "/" } })],
  ["that rewrites the host", (route) => Object.assign(route, { rewrite: { authority: "other.example.com" } })],
  ["that redirects", (route) => Object.assign(route, { redirect: { uri: "/other" } })],
  ["that answers at once", (route) => Object.assign(route, { directResponse: { status: 503 } })],
  ["for requests with a header", (route) => Object.assign(route, { match: [{ headers: { "x-a": { exact: "b" } } }] })],
  ["for requests without a header", (route) => Object.assign(route, { match: [{ withoutHeaders: { "x-a": {} } }] })],
  ["that hides which version is asked for", (route) => (route.headers = { request: { remove: ["X-Model-Version"] } })],
  ["that sets the version", (route) => (route.headers = { request: { set: { "x-model-version": "canary" } } })],
  ["that waits without an end", (route) => Object.assign(route, { timeout: "0s" })],
  ["that asks a hundred times", (route) => (route.retries = { attempts: 100, retryOn: "connect-failure" })],
  ["that asks again after 503", (route) => (route.retries = { attempts: 2, retryOn: "connect-failure,503" })],
  [
    "that lets every site read answers",
    (route) => (route.corsPolicy = { allowOrigins: [{ regex: ".*" }], allowCredentials: true }),
  ],
];

const FINE: readonly (readonly [what: string, edit: Edit])[] = [
  [
    "for one site",
    (route) => (route.corsPolicy = { allowOrigins: [{ exact: "https://a.example.com" }], allowCredentials: true }),
  ],
  ["with a header of its own", (route) => (route.headers = { request: { set: { "x-b": "c" }, remove: ["x-debug"] } })],
  ["that waits eight seconds", (route) => Object.assign(route, { timeout: "8s" })],
];

type Adds = typeof added;
const hosts = (adds: Adds, what: string, trafficPolicy: object, host = REDIS, subsets?: object[]): StackMutant => {
  const { type, inputs } = object(ISTIO, "DestinationRule", {
    metadata: { name: "added", namespace: "models-risk" },
    spec: { host, trafficPolicy, ...(subsets && { subsets }) },
  });
  return adds("workloads", type, `a rule of hosts ${what}`, inputs);
};
const EJECTS = { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 } };
const port = (settings: object) => ({ portLevelSettings: [{ port: { number: 80 }, ...settings }] });

/** Routes of models, and how the mesh calls hosts. */
export const MESH: readonly StackMutant[] = [
  ...BOTH.flatMap(([what, edit]) => [
    SPLIT.bad(`a split ${what}`, ({ spec }) => edit(spec.http[0])),
    ROOT.bad(`a root ${what}`, ({ spec }) => edit(spec.http[0])),
  ]),
  ...FINE.flatMap(([what, edit]) => [
    SPLIT.harmless(`a split ${what}`, ({ spec }) => edit(spec.http[0])),
    ROOT.harmless(`a root ${what}`, ({ spec }) => edit(spec.http[0])),
  ]),
  hosts(added, "in plain text", { tls: { mode: "DISABLE" } }, STABLE),
  hosts(added, "in plain text on a port", port({ tls: { mode: "DISABLE" } }), STABLE),
  hosts(added, "in plain text for a subset", {}, STABLE, [{ name: "a", trafficPolicy: { tls: { mode: "DISABLE" } } }]),
  hosts(added, "that leaves out all pods", EJECTS),
  hosts(added, "that leaves out pods of a release by the end of its name", EJECTS, "*.models-risk.svc.cluster.local"),
  hosts(added, "that leaves out pods of a release on one port", port({ outlierDetection: { consecutive5xxErrors: 9 } }), STABLE),
  hosts(added, "that leaves out all pods behind a gateway", {
    outlierDetection: { consecutiveGatewayErrors: 2, maxEjectionPercent: 100, baseEjectionTime: "1h" },
  }),
  hosts(added, "with one connection", { connectionPool: { tcp: { maxConnections: 1 } } }),
  hosts(added, "with one connection to a model", { connectionPool: { tcp: { maxConnections: 1 } } }, STABLE),
  hosts(added, "with one request at a time", { connectionPool: { http: { http2MaxRequests: 1 } } }),
  hosts(added, "with one request at a time on a port", port({ connectionPool: { http: { http1MaxPendingRequests: 1 } } })),
  hosts(added, "with a millisecond to connect", { connectionPool: { tcp: { connectTimeout: "1ms" } } }),
  hosts(welcome, "with a thousand connections", { connectionPool: { tcp: { maxConnections: 1000 } } }),
  hosts(welcome, "with a thousand connections to a model", { connectionPool: { tcp: { maxConnections: 1000 } } }, STABLE),
  hosts(welcome, "with a new connection each time", { connectionPool: { http: { maxRequestsPerConnection: 1 } } }),
  hosts(welcome, "that leaves out half of the pods", {
    outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 50 },
  }),
];
