import { describe, expect, it } from "vitest";
import { describeRule, of, said } from "../../harness.ts";
import { meshed, namespace, within } from "./samples.ts";

const PEERS = "kubernetes:security.istio.io/v1:PeerAuthentication";

const DESTINATIONS = "kubernetes:networking.istio.io/v1:DestinationRule";

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
    says: "workloads-prod/plain: 'spec.trafficPolicy.tls.mode' must be ISTIO_MUTUAL or left out, got 'DISABLE'",
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
    says: "workloads-prod/plain: 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode' must be ISTIO_MUTUAL or left out, got 'DISABLE'",
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
