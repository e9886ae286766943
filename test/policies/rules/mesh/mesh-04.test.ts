import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, of, said } from "../../harness.ts";

const ROUTE = "kubernetes:networking.istio.io/v1:VirtualService";

const split = (change: (http: any) => void) => (inputs: any) => change(inputs.spec.http[0]);

describeRule("MESH-04", [
  {
    what: "weights that lose users",
    layer: "workloads",
    resource: "fraud-split",
    change: split(({ route }) => (route[0].weight = 90)),
    says: "workloads-prod/fraud-split: 'spec.http[0].route' must be weights that add up to 100, got '90 + 0'",
    unknown: "spec.http.0.route.0.weight",
  },
  {
    what: "a version that is not there",
    layer: "workloads",
    environment: "staging",
    resource: "fraud-split",
    change: split(({ route }) => (route[1].destination.host = "fraud-green.models-risk.svc.cluster.local")),
    says: "workloads-staging/fraud-split: 'spec.http[0].route[1].destination.host' must be a Service of this stack, got 'fraud-green.models-risk.svc.cluster.local'",
    unknown: "spec.http.0.route.1.destination.host",
  },
  {
    what: "a version in another namespace",
    layer: "workloads",
    resource: "fraud-split",
    change: split(({ route }) => (route[1].destination.host = "fraud-canary.models-other")),
    says: "workloads-prod/fraud-split: 'spec.http[0].route[1].destination.host' must be a Service of this stack, got 'fraud-canary.models-other'",
  },
  {
    what: "a subset that is not there",
    layer: "workloads",
    resource: "fraud-split",
    change: split(({ route }) => (route[1].destination.subset = "v2")),
    says: "workloads-prod/fraud-split: 'spec.http[0].route[1].destination.subset' must be a subset of a DestinationRule of this stack, got 'v2'",
    unknown: "spec.http.0.route.1.destination.subset",
  },
  {
    what: "a request that may wait for ever",
    layer: "workloads",
    resource: "fraud-root",
    change: split((http) => delete http.timeout),
    says: "workloads-prod/fraud-root: 'spec.http[0].timeout' must be set to at most 300s, got 'nothing'",
    unknown: "spec.http.0.timeout",
  },
  {
    what: "a request that may wait for an hour",
    layer: "workloads",
    resource: "fraud-root",
    change: split((http) => (http.timeout = "1h0m0.5s")),
    says: "workloads-prod/fraud-root: 'spec.http[0].timeout' must be set to at most 300s, got '1h0m0.5s'",
  },
  {
    what: "retries without an end",
    layer: "workloads",
    resource: "fraud-root",
    change: split((http) => (http.retries.attempts = 10)),
    says: "workloads-prod/fraud-root: 'spec.http[0].retries.attempts' must be set to at most 3, got '10'",
    unknown: "spec.http.0.retries.attempts",
  },
  {
    what: "retries that hide the errors of a new version",
    layer: "workloads",
    environment: "dev",
    resource: "fraud-root",
    change: split((http) => (http.retries.retryOn = "connect-failure, 5xx")),
    says: "workloads-dev/fraud-root: 'spec.http[0].retries.retryOn' must be a list without the errors that releases are judged by, got '5xx'",
    unknown: "spec.http.0.retries.retryOn",
  },
  {
    what: "a release that begins with a fifth of the users",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => {
      inputs.spec.strategy.canary.steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }];
    },
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps' must be a list whose first weight is at most 5, got 'setWeight: 20'",
    unknown: "spec.strategy.canary.steps",
  },
  {
    what: "a release that jumps",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => {
      inputs.spec.strategy.canary.steps = [{ setWeight: 1 }, { pause: {} }, { setWeight: 100 }];
    },
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps' must be a list whose increases are of at most 95, got '1 to 100 at once'",
  },
  {
    what: "a release of several shares that jumps between two of them",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => (spec.strategy.canary.steps.find((step: any) => step.setWeight === 20).setWeight = 100),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps' must be a list whose increases are of at most 60, got '5 to 100 at once'",
    unknown: "spec.strategy.canary.steps",
  },
  {
    what: "a release without steps",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => delete inputs.spec.strategy.canary.steps,
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps' must be a list whose first weight is at most 5, got 'no weight'",
  },
  {
    what: "a canary Service that is not there",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.strategy.canary.canaryService = "fraud-new"),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.canaryService' must be a Service of this stack, got 'fraud-new'",
    unknown: "spec.strategy.canary.canaryService",
  },
  {
    what: "weights for a route that is not there",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.strategy.canary.trafficRouting.istio.virtualService.name = "fraud"),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.trafficRouting.istio' must be routes of the VirtualService 'fraud', got 'primary'",
    unknown: "spec.strategy.canary.trafficRouting.istio.virtualService.name",
  },
  {
    what: "weights for a VirtualService that is not there",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.strategy.canary.trafficRouting.istio.virtualService.name = "fraud-routes.models-risk"),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.trafficRouting.istio' must be a VirtualService of this stack, got 'fraud-routes.models-risk'",
  },
]);

describe("MESH-04", () => {
  const route = (http: object, more: object = { hosts: ["a.internal"] }) =>
    of(ROUTE, "route", { metadata: { name: "a", namespace: "shop" }, spec: { ...more, http: [http] } });
  const to = (host: string, weight?: number, subset?: string) => ({
    destination: { host, ...(subset && { subset }) },
    ...(weight !== undefined && { weight }),
  });
  const bounded = { timeout: "1m30s", retries: { attempts: 0 } };
  const service = of("kubernetes:core/v1:Service", "a", { metadata: { name: "a", namespace: "shop" } });

  it("takes subsets of a DestinationRule, whichever way its Service is written", () => {
    const subsets = of("kubernetes:networking.istio.io/v1:DestinationRule", "a", {
      metadata: { name: "a", namespace: "shop" },
      spec: { host: "a.shop.svc", subsets: [{ name: "v1" }, { name: "v2" }] },
    });
    const http = { ...bounded, route: [to("a", 95, "v1"), to("a.shop.svc.cluster.local", 5, "v2")] };
    expect(said("MESH-04", service, subsets, route(http))).toEqual([]);
    expect(said("MESH-04", service, route(http))).toHaveLength(2);
  });

  it("leaves hosts outside of the cluster, and routes to one version, as they are", () => {
    expect(said("MESH-04", service, route({ ...bounded, route: [to("a", 50), to("api.example.com", 50)] }))).toEqual([]);
    expect(said("MESH-04", route({ route: [to("elsewhere.other.svc.cluster.local")] }))).toEqual([]);
    expect(said("MESH-04", route({ redirect: { uri: "/" } }))).toEqual([]);
  });

  it("sees what is wrong with one route beside another that is not known yet", () => {
    const unknown = of(ROUTE, "other", { metadata: { name: "b", namespace: "shop" }, spec: { http: UNKNOWN } });
    const wrong = route({ ...bounded, route: [to("a", 95), to("a", 1)] });
    expect(said("MESH-04", service, unknown)).toEqual([]);
    expect(said("MESH-04", service, unknown, wrong)).toEqual([
      "MESH-04 test/route: 'spec.http[0].route' must be weights that add up to 100, got '95 + 1'",
    ]);
  });

  it("leaves releases alone that are no canary", () => {
    const blueGreen = { metadata: { name: "a", namespace: "shop" }, spec: { strategy: { blueGreen: { activeService: "a" } } } };
    expect(said("MESH-04", of("kubernetes:argoproj.io/v1alpha1:Rollout", "a", blueGreen))).toEqual([]);
  });

  it("refuses a port that a Service does not have, and takes any where it names none", () => {
    const ports = { metadata: { name: "p", namespace: "shop" }, spec: { ports: [{ port: 80 }, { port: "9000" }] } };
    const stack = [service, of("kubernetes:core/v1:Service", "p", ports)];
    const at = (host: string, number: unknown) => route({ route: [{ destination: { host, port: { number } } }] });
    expect(said("MESH-04", ...stack, at("p", 80))).toEqual([]);
    expect(said("MESH-04", ...stack, at("p.shop", "9000"))).toEqual([]);
    expect(said("MESH-04", ...stack, at("a", 81))).toEqual([]);
    expect(said("MESH-04", ...stack, at("elsewhere.com", 81))).toEqual([]);
    expect(said("MESH-04", ...stack, at("p", 81))).toHaveLength(1);
  });

  it("refuses times within which no model answers", () => {
    const split = (rest: object) => said("MESH-04", service, route({ ...bounded, ...rest, route: [to("a", 95), to("a", 5)] }));
    expect(split({ timeout: "500ms" })).toEqual([]);
    expect(split({ timeout: "0.001s" })).toHaveLength(1);
    expect(split({ retries: { attempts: 2, perTryTimeout: "1ms" } })).toHaveLength(1);
  });
});
