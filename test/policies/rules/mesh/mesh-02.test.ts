import { describe, expect, it } from "vitest";
import { describeRule, of, said } from "../../harness.ts";
import { meshed, namespace, within } from "./samples.ts";

const CALLERS = "kubernetes:security.istio.io/v1:AuthorizationPolicy";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const ALONE = "limited to the namespaces 'istio-ingress' and 'monitoring'";

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
    says: "workloads-prod/risk-models: 'NetworkPolicy' must be a policy that closes every pod of 'models-risk', got 'nothing'",
    unknown: "spec.podSelector",
  },
  {
    what: "pods with a proxy that everybody may call",
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
      "MESH-02 test/shop: 'NetworkPolicy' must be a policy that closes every pod of 'shop', got 'nothing'",
    ]);
  });
});
