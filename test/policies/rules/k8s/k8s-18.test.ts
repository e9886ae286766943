import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway";
const CLOSED = { name: "https", protocol: "HTTPS", hostname: "*.models.internal", tls: { certificateRefs: [{ name: "c" }] } };
const gateway = (...listeners: object[]) => ({ metadata: { name: "g", namespace: "a" }, spec: { listeners } });

describeRule("K8S-18", [
  {
    layer: "platform",
    what: "a gateway in the clear",
    add: { type: GATEWAY, name: "more", inputs: gateway({ ...CLOSED, protocol: "HTTP" }) },
    says: "platform-prod/more: 'spec.listeners[0].protocol' must be HTTPS, TLS, or HTTP with a route that redirects to https, got 'HTTP'",
    unknown: "spec.listeners.0.protocol",
  },
  {
    layer: "platform",
    what: "a gateway for every host",
    add: { type: GATEWAY, name: "more", inputs: gateway(CLOSED, { ...CLOSED, hostname: undefined }) },
    says: "platform-prod/more: 'spec.listeners[1].hostname' must be the host that it answers for, got 'nothing, which is every host'",
  },
  {
    layer: "platform",
    what: "a gateway without a certificate",
    add: { type: GATEWAY, name: "more", inputs: gateway({ ...CLOSED, tls: {} }) },
    says: "platform-prod/more: 'spec.listeners[0].tls.certificateRefs' must be a certificate for its host, got 'nothing'",
  },
]);

describe("K8S-18", () => {
  const both = of(GATEWAY, "g", gateway({ name: "http", protocol: "HTTP" }, CLOSED));
  const route = (name: string, sectionName: string | undefined, filters: object[]) =>
    of("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", name, {
      metadata: { name, namespace: "a" },
      spec: { parentRefs: [{ name: "g", sectionName }], rules: [{ filters }] },
    });
  const redirect = [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }];

  it("accepts HTTP whose one route redirects", () => {
    expect(found("K8S-18", [both, route("up", "http", redirect), route("models", "https", [])])).toEqual([]);
  });

  it("refuses HTTP that a route answers, and plain connections", () => {
    expect(found("K8S-18", [both, route("up", "http", redirect), route("models", undefined, [])])).toEqual([
      "spec.listeners[0].protocol: HTTP",
    ]);
    expect(found("K8S-18", [of(GATEWAY, "g", gateway({ name: "t", protocol: "TCP", port: 9000 }))])).toHaveLength(1);
  });

  it("accepts TLS that its Service ends", () => {
    expect(
      found("K8S-18", [of(GATEWAY, "g", gateway({ protocol: "TLS", hostname: "a.internal", tls: { mode: "Passthrough" } }))]),
    ).toEqual([]);
  });
});
