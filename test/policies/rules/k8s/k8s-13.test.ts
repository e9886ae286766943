import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const SERVICE = { layer: "platform", resource: "tracking-service" } as const;

describeRule("K8S-13", [
  {
    ...SERVICE,
    what: "a name outside of the cluster",
    change: ({ spec }) => Object.assign(spec, { type: "ExternalName", externalName: "mlflow.example.com" }),
    says: "platform-prod/tracking-service: 'spec.type' must be ClusterIP, got 'ExternalName'",
    unknown: "spec.type",
  },
  {
    ...SERVICE,
    what: "a Service without pods",
    change: ({ spec }) => (spec.selector = { app: "other" }),
    says: "platform-prod/tracking-service: 'spec.selector' must be labels of pods in the namespace 'mlflow', got 'app=other'",
    unknown: "spec.selector",
  },
  {
    layer: "platform",
    resource: "tracking-route",
    what: "a route that leaves the cluster",
    change: ({ spec }) => (spec.http[0].route[0].destination.host = "mlflow.example.com"),
    says: "platform-prod/tracking-route: 'spec.http[0].route[0].destination.host' must be a Service of the cluster, or a host of a ServiceEntry, got 'mlflow.example.com'",
    unknown: "spec.http.0.route.0.destination.host",
  },
]);

describe("K8S-13, routes", () => {
  const route = (spec: object, version = "v1") =>
    of(`kubernetes:networking.istio.io/${version}:VirtualService`, "r", { metadata: { namespace: "a" }, spec });
  const entry = (host: string) =>
    of("kubernetes:networking.istio.io/v1:ServiceEntry", "e", { metadata: { namespace: "a" }, spec: { hosts: [host] } });
  const to = (host: string) => route({ http: [{ route: [{ destination: { host } }] }] });

  it("lead to Services, by short names and by long ones", () => {
    for (const host of ["mlflow", "mlflow.mlflow", "mlflow.mlflow.svc", "mlflow.mlflow.svc.cluster.local"]) {
      expect(found("K8S-13", [to(host)])).toEqual([]);
    }
    expect(found("K8S-13", [route({ hosts: ["a.models.internal"], http: [{ delegate: { name: "b" } }] })])).toEqual([]);
  });

  it("lead out of the cluster only by a ServiceEntry", () => {
    expect(found("K8S-13", [to("api.example.com")])).toEqual(["spec.http[0].route[0].destination.host: api.example.com"]);
    expect(found("K8S-13", [to("api.example.com"), entry("api.example.com")])).toEqual([]);
    expect(found("K8S-13", [to("api.example.com"), entry("*.example.com")])).toEqual([]);
    expect(found("K8S-13", [to("api.example.com")], { hosts: ["*"] })).toEqual([]);
  });

  it("send copies and plain connections nowhere else either", () => {
    const copies = { http: [{ route: [{ destination: { host: "a" } }], mirror: { host: "copies.example.com" } }] };
    expect(found("K8S-13", [route(copies, "v1beta1")])).toEqual(["spec.http[0].mirror.host: copies.example.com"]);
    const tcp = { tcp: [{ route: [{ destination: { host: "db.example.com" } }] }] };
    expect(found("K8S-13", [route(tcp, "v1alpha3")])).toHaveLength(1);
  });
});
