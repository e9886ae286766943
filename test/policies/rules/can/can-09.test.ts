import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { describeRule, found, of } from "../../harness.ts";
import { made, release, rollout } from "./samples.ts";

const split = { layer: "workloads", resource: "fraud-split" } as const;
const HOST = "fraud-canary.models-risk.svc.cluster.local";

describeRule("CAN-09", [
  {
    ...split,
    what: "a mirror beside the weights",
    change: ({ spec }) => {
      spec.http[0].mirror = { host: HOST };
    },
    says: `workloads-prod/fraud-split: 'spec.http[0].mirror' must be left out during a release, got '{"host":"${HOST}"}'`,
    unknown: "spec.http.0.mirror",
  },
  {
    ...split,
    what: "a route beside the managed one",
    change: ({ spec }) => spec.http.unshift({ name: "beside", route: [{ destination: { host: HOST } }] }),
    says: "workloads-prod/fraud-split: 'spec.http[0]' must be one of the routes that the Rollout manages, 'primary', got 'beside'",
  },
  {
    layer: "workloads",
    resource: "fraud-root",
    what: "a route round the delegate",
    change: ({ spec }) => spec.http.unshift({ name: "direct", route: [{ destination: { host: HOST } }] }),
    says: `workloads-prod/fraud-root: 'spec.http[0].route[0].destination.host' must be the delegate whose weights the release sets, got '${HOST}'`,
  },
  {
    ...release,
    what: "one Service for both versions",
    change: ({ spec }) => {
      spec.strategy.canary.canaryService = "fraud-stable";
    },
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.canaryService' must be a Service of its own, other than 'stableService', got 'fraud-stable'",
    unknown: "spec.strategy.canary.canaryService",
  },
  {
    layer: "workloads",
    resource: "fraud-canary",
    type: "kubernetes:core/v1:Service",
    what: "a selector of one version",
    change: ({ spec }) => {
      spec.selector.version = "v3";
    },
    says: "workloads-prod/fraud-canary: 'spec.selector' must be the labels by which the Rollout selects its pods, 'app=fraud', and no other, got 'app=fraud, version=v3'",
    unknown: "spec.selector.version",
  },
]);

const canary = (rest: object = {}): Resource =>
  rollout({ trafficRouting: { istio: { virtualService: { name: "split", routes: ["main"] } } }, ...rest });
const routed = (http: object[], name = "split"): Resource => made("networking.istio.io/v1:VirtualService", name, { http });
const to = (host: string, weight?: number) => ({ destination: { host }, ...(weight !== undefined && { weight }) });
const main = (...route: object[]) => ({ name: "main", route });

describe("CAN-09", () => {
  it("refuses Services that are swapped, a third destination, and weights without a router", () => {
    const swapped = canary({ canaryService: "m-stable", stableService: "m-canary" });
    expect(found("CAN-09", [swapped, routed([main(to("m-stable", 100), to("m-canary", 0))])])).toEqual([
      "spec.http[0].route: 100 for m-stable, 0 for m-canary",
    ]);
    expect(found("CAN-09", [canary(), routed([main(to("m-stable", 90), to("m-canary", 0), to("shadow", 10))])])).toHaveLength(1);
    expect(found("CAN-09", [canary({ trafficRouting: undefined })])).toEqual(["spec.strategy.canary.trafficRouting: nothing"]);
  });

  it("refuses routes of other kinds to its Services, and filters that move requests", () => {
    const httpRoute = of("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "r", {
      metadata: { name: "r", namespace: "models" },
      spec: { rules: [{ backendRefs: [{ name: "m-canary" }] }] },
    });
    const ingress = of("kubernetes:networking.k8s.io/v1:Ingress", "i", {
      metadata: { name: "i", namespace: "models" },
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: "m-stable" } } }] } }] },
    });
    const filter = (value: object) =>
      of("kubernetes:networking.istio.io/v1alpha3:EnvoyFilter", "f", { spec: { configPatches: [{ patch: { value } }] } });
    const hash = { route: { hash_policy: [{ header: { header_name: "x" } }], weighted_clusters: { use_hash_policy: true } } };
    expect(found("CAN-09", [canary(), httpRoute])).toEqual(["spec.rules[0].backendRefs[0].name: models/m-canary"]);
    expect(found("CAN-09", [canary(), ingress])).toHaveLength(1);
    expect(found("CAN-09", [canary(), filter({ route: { cluster: "outbound|80||m-canary" } })])).toEqual([
      "spec.configPatches[0].patch.value: cluster",
    ]);
    expect(found("CAN-09", [canary(), filter(hash)])).toEqual([]);
    const cookie = { route: { ...hash.route, hash_policy: [{ cookie: { name: "session" } }] } };
    expect(found("CAN-09", [canary(), filter(cookie)])).toEqual([]);
    expect(found("CAN-09", [filter({ route: { cluster: "x" } })])).toEqual([]);
  });

  it("accepts destinations in another order and by other names, and routes of others", () => {
    expect(found("CAN-09", [canary(), routed([main(to("m-canary.models", 0), to("m-stable.models.svc", 100))])])).toEqual([]);
    expect(found("CAN-09", [canary(), routed([{ route: [to("other")], fault: { delay: {} } }], "other")])).toEqual([]);
    expect(found("CAN-09", [rollout({ canaryService: undefined, stableService: undefined, trafficRouting: undefined })])).toEqual(
      [],
    );
  });

  it("refuses what steps and fields of a release do beside its weights", () => {
    const steps = (step: object) => found("CAN-09", [canary({ steps: [step] })]);
    expect(steps({ setMirrorRoute: { match: [{}], percentage: 50 } })).toHaveLength(1);
    expect(steps({ setMirrorRoute: { name: "off" } })).toEqual([]);
    expect(steps({ setHeaderRoute: { match: [{ headerValue: { regex: ".*" } }] } })).toHaveLength(1);
    expect(steps({ setHeaderRoute: { match: [{ headerValue: { exact: "canary" } }] } })).toEqual([]);
    expect(found("CAN-09", [canary({ trafficRouting: { istio: {}, maxTrafficWeight: 1000 } })])).toHaveLength(1);
  });

  it("refuses other protocols, a match of the managed route, and hosts that mean something else", () => {
    const tcp = made("networking.istio.io/v1:VirtualService", "split", { tcp: [{ route: [to("m-canary")] }] });
    expect(found("CAN-09", [canary(), tcp])).toHaveLength(1);
    expect(found("CAN-09", [canary(), routed([{ ...main(to("m-stable", 100)), match: [{ headers: {} }] }])])).toEqual([
      'spec.http[0].match: [{"headers":{}}]',
    ]);
    const host = (host: string) =>
      made("networking.istio.io/v1:DestinationRule", "d", { host, trafficPolicy: { outlierDetection: {} } });
    expect(found("CAN-09", [canary(), host("m-canary.models.svc.cluster.local")])).toHaveLength(1);
    expect(found("CAN-09", [canary(), host("redis")])).toEqual([]);
    expect(found("CAN-09", [canary(), made("networking.istio.io/v1:ServiceEntry", "e", { hosts: ["m-canary"] })])).toHaveLength(
      1,
    );
  });

  it("refuses a patch of every route of the gateway", () => {
    const patch = (applyTo: string, match?: object) =>
      found("CAN-09", [
        canary(),
        made("networking.istio.io/v1alpha3:EnvoyFilter", "f", { configPatches: [{ applyTo, match, patch: { value: {} } }] }),
      ]);
    const vhost = (host: object) => ({ context: "GATEWAY", routeConfiguration: { vhost: host } });
    expect(patch("HTTP_ROUTE", vhost({ route: { name: "a" } }))).toEqual([]);
    expect(patch("VIRTUAL_HOST", vhost({ name: "a.example.com:443" }))).toEqual([]);
    expect(patch("HTTP_ROUTE", { context: "SIDECAR_INBOUND" })).toEqual([]);
    expect(patch("HTTP_FILTER", { context: "GATEWAY" })).toEqual([]);
    expect(patch("HTTP_ROUTE", vhost({}))).toHaveLength(1);
    expect(patch("HTTP_ROUTE")).toHaveLength(1);
    expect(patch("VIRTUAL_HOST", { context: "GATEWAY", routeConfiguration: { name: "https.443" } })).toHaveLength(1);
  });

  it("refuses a Service that leads to a port that no pod has", () => {
    const pods = (...ports: object[]) => ({
      ...canary(),
      inputs: {
        ...canary().inputs,
        spec: { ...(canary().inputs["spec"] as object), template: { spec: { containers: [{ ports }] } } },
      },
    });
    const to = (port: object, ...ports: object[]) =>
      found("CAN-09", [pods(...ports), made("core/v1:Service", "m-canary", { selector: { app: "m" }, ports: [port] })]).filter(
        (each) => each.includes("targetPort"),
      );
    const http = { name: "http", containerPort: 8080 };
    expect(to({ port: 80, targetPort: "http" }, http)).toEqual([]);
    expect(to({ port: 80, targetPort: "8080" }, http)).toEqual([]);
    expect(to({ port: 8080 }, http)).toEqual([]);
    expect(to({ port: 80, targetPort: 9000 })).toEqual([]);
    expect(to({ port: 80, targetPort: "grpc" }, http)).toEqual(["spec.ports[0].targetPort: grpc"]);
    expect(to({ port: 80 }, http)).toEqual(["spec.ports[0].targetPort: 80"]);
  });

  it("refuses a header that asks for the new version in every request", () => {
    const forcing = canary({ steps: [{ setHeaderRoute: { name: "force", match: [{ headerName: "X-Version" }] } }] });
    const headers = (request: object) =>
      found("CAN-09", [forcing, routed([{ ...main(to("m-stable", 100)), headers: { request } }])]);
    expect(headers({ set: { "x-served-by": "a" } })).toEqual([]);
    expect(headers({ set: { "x-version": "canary" } })).toEqual(["spec.http[0].headers.request: x-version"]);
  });

  it("refuses Services that are reached past the gateway, or that lead out of the cluster", () => {
    const service = (type: string) =>
      found("CAN-09", [canary(), made("core/v1:Service", "m-canary", { type, selector: { app: "m" } })]);
    expect(service("ClusterIP").filter((each) => each.startsWith("spec.type"))).toEqual([]);
    for (const type of ["ExternalName", "NodePort", "LoadBalancer"]) {
      expect(service(type)).toEqual([`spec.type: ${type}`]);
    }
  });
});
