import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { describeRule, of, ruleOf, said } from "../../harness.ts";

const GATEWAY = "kubernetes:networking.istio.io/v1:Gateway";

const TLS = { mode: "SIMPLE", credentialName: "models-tls" };

const server = (tls: object | undefined, ...hosts: string[]) => ({
  port: { number: 443, name: "https", protocol: tls ? "HTTPS" : "HTTP" },
  hosts,
  ...(tls && { tls }),
});

const gateway = (...servers: object[]) => ({ metadata: { name: "own", namespace: "istio-ingress" }, spec: { servers } });

describeRule("MESH-03", [
  {
    what: "a route for every host",
    layer: "workloads",
    resource: "fraud-root",
    change: (inputs) => (inputs.spec.hosts = ["*"]),
    says: "workloads-prod/fraud-root: 'spec.hosts[0]' must be one whole host, without `*`, got '*'",
    unknown: "spec.hosts",
  },
  {
    what: "a route for every host of a domain",
    layer: "workloads",
    environment: "dev",
    resource: "fraud-root",
    change: (inputs) => inputs.spec.hosts.push("*.models.internal"),
    says: "workloads-dev/fraud-root: 'spec.hosts[1]' must be one whole host, without `*`, got '*.models.internal'",
  },
  {
    what: "a gateway without TLS",
    layer: "platform",
    add: { type: GATEWAY, name: "own", inputs: gateway(server(undefined, "a.models.internal")) },
    says: "platform-prod/own: 'spec.servers[0].tls.mode' must be SIMPLE or MUTUAL, got 'nothing (HTTP)'",
    unknown: "spec.servers",
  },
  {
    what: "a gateway for every host",
    layer: "platform",
    add: { type: GATEWAY, name: "own", inputs: gateway(server(TLS, "a.models.internal", "./*")) },
    says: "platform-prod/own: 'spec.servers[0].hosts' must be the hosts that the server answers for, got './*'",
    unknown: "spec.servers.0.hosts",
  },
  {
    what: "a gateway with a TLS of 2006",
    layer: "platform",
    environment: "staging",
    add: {
      type: GATEWAY,
      name: "own",
      inputs: gateway(
        server({ httpsRedirect: true }, "a.models.internal"),
        server({ ...TLS, minProtocolVersion: "TLSV1_1" }, "a.models.internal"),
      ),
    },
    says: "platform-staging/own: 'spec.servers[1].tls.minProtocolVersion' must be TLSV1_2 or TLSV1_3, got 'TLSV1_1'",
    unknown: "spec.servers.1.tls.minProtocolVersion",
  },
]);

describe("MESH-03", () => {
  const rule = ruleOf("MESH-03");

  it("accepts our own domain over TLS, and HTTP that only redirects", () => {
    const inputs = gateway(server({ httpsRedirect: true }, "*.models.internal"), server(TLS, "*.models.internal"));
    expect(said("MESH-03", of(GATEWAY, "own", inputs))).toEqual([]);
    expect(
      said("MESH-03", of("kubernetes:networking.istio.io/v1beta1:Gateway", "own", gateway(server(undefined, "a")))),
    ).toHaveLength(1);
  });

  it.each([
    ["sidecar", { "istio-injection": "enabled" }, []],
    ["sidecar", { "istio.io/rev": "stable" }, []],
    [
      "sidecar",
      {},
      [{ property: "metadata.labels", got: "no label of the mesh", want: "istio-injection=enabled or istio.io/rev" }],
    ],
    [
      "sidecar",
      { "istio.io/dataplane-mode": "ambient" },
      [{ property: "metadata.labels", got: "istio.io/dataplane-mode=ambient", want: "istio-injection=enabled or istio.io/rev" }],
    ],
    ["ambient", { "istio.io/dataplane-mode": "ambient" }, []],
    ["ambient", {}, [{ property: "metadata.labels", got: "no label of the mesh", want: "istio.io/dataplane-mode=ambient" }]],
    ["gateway", {}, []],
  ])("wants proxies by the data plane '%s' where namespaces with model servers say %j", (dataPlane, labels, faults) => {
    const namespace = (all: object) => of("kubernetes:core/v1:Namespace", "shop", { metadata: { name: "shop", labels: all } });
    const parameters = { serves: "serves", dataPlane };
    expect(findingsOf(rule, namespace({ serves: "risk", ...labels }), parameters)).toEqual(faults);
    expect(findingsOf(rule, namespace(labels), parameters)).toEqual([]);
  });

  it("refuses weak ciphers, old TLS as the newest, and names that choose the Service", () => {
    const listening = (tls: object, port = 443) => {
      const inputs = gateway({ ...server({ ...TLS, ...tls }, "*.models.internal"), port: { number: port, protocol: "TLS" } });
      return said("MESH-03", of(GATEWAY, "own", inputs));
    };
    expect(listening({ cipherSuites: ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA"] })).toHaveLength(1);
    expect(listening({ maxProtocolVersion: "TLSV1_1" })).toHaveLength(1);
    expect(listening({ mode: "AUTO_PASSTHROUGH" })).toHaveLength(1);
    expect(listening({ mode: "AUTO_PASSTHROUGH" }, 15443)).toEqual([]);
    expect(listening({ mode: "PASSTHROUGH" })).toEqual([]);
    expect(listening({ cipherSuites: ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"] })).toEqual([]);
  });

  it("refuses pages of every site", () => {
    const shared = (corsPolicy: object) =>
      said(
        "MESH-03",
        of("kubernetes:networking.istio.io/v1:VirtualService", "r", {
          spec: { hosts: ["a.models.internal"], http: [{ corsPolicy }] },
        }),
      );
    for (const origin of [{ regex: ".*" }, { regex: "https?://.+" }, { exact: "*" }, { prefix: "https://" }, { prefix: "" }]) {
      expect(shared({ allowOrigins: [origin] })).toHaveLength(1);
    }
    expect(shared({ allowOrigin: ["*"] })).toHaveLength(1);
    for (const origin of [
      { exact: "https://grafana.models.internal" },
      { regex: "https://[a-z]+\\.models\\.internal" },
      { regex: "(" },
    ]) {
      expect(shared({ allowOrigins: [origin] })).toEqual([]);
    }
  });
});
