import { describe, expect, it } from "vitest";
import { describeRule } from "../conformance.ts";
import { of, said } from "../judge.ts";

const PEERS = "kubernetes:security.istio.io/v1:PeerAuthentication";
const CALLERS = "kubernetes:security.istio.io/v1:AuthorizationPolicy";
const DESTINATIONS = "kubernetes:networking.istio.io/v1:DestinationRule";
const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const ALONE = "from the namespaces 'istio-ingress' and 'monitoring' alone";

const meshed = { metadata: { name: "shop", labels: { "istio-injection": "enabled" } } };
const namespace = (labels: object) => of("kubernetes:core/v1:Namespace", "shop", { metadata: { name: "shop", labels } });
const within = (name: string, spec: object) => ({ metadata: { name: "default", namespace: name }, spec });

describeRule("MESH-01", [
  {
    what: "pods that also take plain text",
    layer: "platform",
    add: { type: PEERS, name: "peers", inputs: within("istio-system", { mtls: { mode: "PERMISSIVE" } }) },
    says: "platform-prod/peers: 'spec.mtls.mode' must be STRICT, got 'PERMISSIVE'",
    unknown: "spec.mtls.mode",
  },
  {
    what: "a port that takes plain text",
    layer: "workloads",
    environment: "staging",
    add: {
      type: "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
      name: "peers",
      inputs: within("models-risk", { mtls: { mode: "STRICT" }, portLevelMtls: { "8080": { mode: "DISABLE" } } }),
    },
    says: "workloads-staging/peers: 'spec.portLevelMtls.8080.mode' must be STRICT, got 'DISABLE'",
    unknown: "spec.portLevelMtls.8080.mode",
  },
  {
    what: "plain text to a destination",
    layer: "workloads",
    add: {
      type: DESTINATIONS,
      name: "plain",
      inputs: within("models-risk", { host: "fraud-stable", trafficPolicy: { tls: { mode: "DISABLE" } } }),
    },
    says: "workloads-prod/plain: 'spec.trafficPolicy.tls.mode' must be ISTIO_MUTUAL, or left to the mesh, got 'DISABLE'",
    unknown: "spec.trafficPolicy.tls.mode",
  },
  {
    what: "plain text to one port of one subset",
    layer: "workloads",
    add: {
      type: DESTINATIONS,
      name: "plain",
      inputs: within("models-risk", {
        host: "fraud-stable",
        subsets: [{ name: "v1", trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: "DISABLE" } }] } }],
      }),
    },
    says: "workloads-prod/plain: 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode' must be ISTIO_MUTUAL, or left to the mesh, got 'DISABLE'",
  },
  {
    what: "pods with a proxy that nothing holds to mutual TLS",
    layer: "workloads",
    resource: "risk-jobs",
    type: "kubernetes:core/v1:Namespace",
    change: (inputs) => (inputs.metadata.labels["istio.io/dataplane-mode"] = "ambient"),
    says: "workloads-prod/risk-jobs: 'PeerAuthentication' must be STRICT in the namespace 'team-risk' or in 'istio-system', got 'nothing'",
    unknown: "metadata.labels",
  },
]);

describe("MESH-01", () => {
  const wanted = [
    "MESH-01 test/shop: 'PeerAuthentication' must be STRICT in the namespace 'shop' or in 'istio-system', got 'nothing'",
  ];
  const strict = (where: string, more: object = {}) => of(PEERS, "peers", within(where, { mtls: { mode: "STRICT" }, ...more }));

  it.each([
    ["istio-injection=enabled", { "istio-injection": "enabled" }, wanted],
    ["istio.io/rev", { "istio.io/rev": "stable" }, wanted],
    ["istio-injection=disabled", { "istio-injection": "disabled", "istio.io/rev": "stable" }, []],
    ["no label of the mesh", { team: "shop" }, []],
  ])("sees a proxy, or none, by %s", (_, labels, sentences) => {
    expect(said("MESH-01", namespace(labels))).toEqual(sentences);
  });

  it("takes STRICT for the whole mesh or the namespace, and not for some pods, another namespace, or no mode", () => {
    const shop = namespace(meshed.metadata.labels);
    expect(said("MESH-01", shop, strict("istio-system"))).toEqual([]);
    expect(said("MESH-01", shop, strict("shop"))).toEqual([]);
    expect(said("MESH-01", shop, strict("other"))).toEqual(wanted);
    expect(said("MESH-01", shop, strict("shop", { selector: { matchLabels: { app: "a" } } }))).toEqual(wanted);
    expect(said("MESH-01", shop, of(PEERS, "peers", within("shop", {})))).toEqual(wanted);
  });
});

describeRule("MESH-02", [
  {
    what: "model servers that a team's jobs may call",
    layer: "workloads",
    resource: "fraud-reach",
    change: (inputs) =>
      inputs.spec.ingress[0].from.push({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "team-risk" } } }),
    says: `workloads-prod/fraud-reach: 'spec.ingress[0].from[1]' must be ${ALONE}, got '{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team-risk"}}}'`,
    unknown: "spec.ingress.0.from",
  },
  {
    what: "model servers that everybody may call",
    layer: "workloads",
    environment: "dev",
    resource: "fraud-reach",
    change: (inputs) => delete inputs.spec.ingress[1].from,
    says: `workloads-dev/fraud-reach: 'spec.ingress[1].from' must be ${ALONE}, got 'everybody'`,
    unknown: "spec.ingress.1.from",
  },
  {
    what: "model servers that are called from anywhere in the network",
    layer: "workloads",
    resource: "fraud-reach",
    change: (inputs) => (inputs.spec.ingress[0].from = [{ ipBlock: { cidr: "0.0.0.0/0" } }]),
    says: `workloads-prod/fraud-reach: 'spec.ingress[0].from[0]' must be ${ALONE}, got '{"ipBlock":{"cidr":"0.0.0.0/0"}}'`,
  },
  {
    what: "a second policy that lets neighbours in",
    layer: "workloads",
    add: {
      type: NETWORK_POLICY,
      name: "neighbours",
      inputs: within("models-risk", { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }),
    },
    says: `workloads-prod/neighbours: 'spec.ingress[0].from[0]' must be ${ALONE}, got '{"podSelector":{}}'`,
    unknown: "spec.ingress",
  },
  {
    what: "pods of the namespace that no policy closes",
    layer: "workloads",
    resource: "risk-models-default-deny",
    change: (inputs) => (inputs.spec.podSelector = { matchLabels: { app: "fraud" } }),
    says: "workloads-prod/risk-models: 'NetworkPolicy' must be one that closes every pod of 'models-risk', got 'nothing'",
    unknown: "spec.podSelector",
  },
  {
    what: "pods with a proxy whom everybody may call",
    layer: "workloads",
    resource: "risk-jobs",
    type: "kubernetes:core/v1:Namespace",
    change: (inputs) => (inputs.metadata.labels["istio-injection"] = "enabled"),
    says: "workloads-prod/risk-jobs: 'AuthorizationPolicy' must be `spec: {}` in the namespace 'team-risk' or in 'istio-system', got 'nothing'",
    unknown: "metadata.labels",
  },
]);

describe("MESH-02", () => {
  const denial = (where: string) => of(CALLERS, "deny", within(where, {}));
  const allow = (from: object[] | undefined, action?: string) =>
    of(CALLERS, "allow", within("shop", { ...(action && { action }), rules: [{ ...(from && { from }) }] }));
  const shop = namespace(meshed.metadata.labels);
  const wanted = (got: string) => [
    `MESH-02 test/allow: 'spec.rules[0].from' must be named principals, one for each caller, got '${got}'`,
  ];

  it("takes a denial for the mesh or the namespace, and callers by name", () => {
    expect(said("MESH-02", shop, denial("istio-system"))).toEqual([]);
    const caller = { source: { principals: ["cluster.local/ns/web/sa/web"] } };
    expect(said("MESH-02", shop, denial("shop"), allow([caller]))).toEqual([]);
    expect(said("MESH-02", shop, denial("shop"), allow([{ source: { serviceAccounts: ["web/web"] } }]))).toEqual([]);
    expect(said("MESH-02", shop, denial("shop"), allow(undefined, "DENY"))).toEqual([]);
  });

  it("refuses an ALLOW that means everybody", () => {
    expect(said("MESH-02", shop, denial("shop"), allow(undefined))).toEqual(wanted("anybody"));
    expect(said("MESH-02", shop, denial("shop"), allow([{ source: { ipBlocks: ["10.0.0.0/8"] } }]))).toEqual(wanted("anybody"));
    expect(said("MESH-02", shop, denial("shop"), allow([{ source: { principals: ["*"] } }]))).toEqual(wanted("*"));
  });

  it("leaves policies alone that bind no pod with a proxy", () => {
    expect(said("MESH-02", allow(undefined))).toEqual([]);
  });

  it("reads a policy that says nothing of types as one on what comes in, and one on what leaves as none", () => {
    const serving = namespace({ "millrace.dev/serves": "risk" });
    const policy = (spec: object) => of(NETWORK_POLICY, "fence", within("shop", { podSelector: {}, ...spec }));
    expect(said("MESH-02", serving, policy({}))).toEqual([]);
    expect(said("MESH-02", serving, policy({ policyTypes: ["Egress"] }))).toEqual([
      "MESH-02 test/shop: 'NetworkPolicy' must be one that closes every pod of 'shop', got 'nothing'",
    ]);
  });
});
