import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const TYPE = "kubernetes:networking.istio.io/v1:DestinationRule";
const inputs = (spec: object) => ({ metadata: { name: "r", namespace: "a" }, spec: { host: "redis", ...spec } });
const rule = (trafficPolicy: object) => of(TYPE, "r", inputs({ trafficPolicy }));
const add = (spec: object) => ({ type: TYPE, name: "r", inputs: inputs(spec) });

describeRule("MESH-08", [
  {
    layer: "workloads",
    what: "one connection at a time",
    add: add({ trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } } }),
    says: "workloads-prod/r: 'spec.trafficPolicy.connectionPool.tcp.maxConnections' must be at least 5, or left out, got '1'",
    unknown: "spec.trafficPolicy.connectionPool",
  },
  {
    layer: "workloads",
    what: "every pod left out after one error",
    add: add({ trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 } } }),
    says: "workloads-prod/r: 'spec.trafficPolicy.outlierDetection.maxEjectionPercent' must be less than 100, so that some pods are always asked, got '100, after 1 errors in a row'",
  },
  {
    layer: "workloads",
    what: "a millisecond to connect, for a subset",
    add: add({ subsets: [{ name: "a", trafficPolicy: { connectionPool: { tcp: { connectTimeout: "1ms" } } } }] }),
    says: "workloads-prod/r: 'spec.subsets[0].trafficPolicy.connectionPool.tcp.connectTimeout' must be at least 0.05s, got '1ms'",
  },
]);

describe("MESH-08", () => {
  it.each([
    { connectionPool: { tcp: { maxConnections: 100, connectTimeout: "1s" }, http: { http2MaxRequests: 1000 } } },
    { connectionPool: { http: { http2MaxRequests: 0, maxRequestsPerConnection: 1 } } },
    { outlierDetection: { consecutive5xxErrors: 7, maxEjectionPercent: 100 } },
    { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 50 } },
    { outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100, minHealthPercent: 50 } },
    { outlierDetection: { consecutiveGatewayErrors: 0, maxEjectionPercent: 100 } },
    {},
  ])("accepts it: %#", (policy) => expect(found("MESH-08", [rule(policy)])).toEqual([]));

  it.each([
    { connectionPool: { http: { http2MaxRequests: "1" } } },
    { connectionPool: { http: { http1MaxPendingRequests: 2 } } },
    { portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { maxConnections: 1 } } }] },
    { outlierDetection: { consecutiveGatewayErrors: 2, maxEjectionPercent: "100" } },
  ])("refuses it: %#", (policy) => expect(found("MESH-08", [rule(policy)])).toHaveLength(1));
});
