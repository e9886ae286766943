import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const ROOT = "workloads-prod/fraud-root: 'spec.gateways' must be";

describeRule("MESH-07", [
  {
    layer: "workloads",
    resource: "fraud-root",
    what: "a model that every proxy of the mesh reaches",
    change: ({ spec }) => {
      delete spec.gateways;
    },
    says: `${ROOT} a list of gateways, without 'mesh', where models are served, got 'nothing, which is every proxy of the mesh'`,
  },
  {
    layer: "workloads",
    resource: "fraud-root",
    what: "a gateway that does not exist",
    change: ({ spec }) => {
      spec.gateways = ["ingress"];
    },
    says: `${ROOT} a gateway that exists, 'istio-ingress/ingress', got 'ingress'`,
    unknown: "spec.gateways",
  },
]);

const route = (namespace: string, ...gateways: string[]) =>
  of("kubernetes:networking.istio.io/v1beta1:VirtualService", "r", {
    metadata: { name: "r", namespace },
    spec: { hosts: ["a.example.com"], gateways },
  });
const gateway = of("kubernetes:networking.istio.io/v1:Gateway", "g", { metadata: { name: "g", namespace: "edge" }, spec: {} });
const models = of("kubernetes:core/v1:Namespace", "n", { metadata: { name: "models", labels: { "millrace.dev/serves": "a" } } });

describe("MESH-07", () => {
  it.each([
    route("web", "edge/g"),
    route("edge", "g"),
    route("edge", "./g"),
    route("web", "istio-ingress/ingress"),
    route("web", "mesh"),
    route("web"),
    route("models", "edge/g"),
  ])("accepts it: %#", (each) => expect(found("MESH-07", [models, gateway, each])).toEqual([]));

  it.each([
    route("web", "g"),
    route("web", "edge/h"),
    route("models", "edge/g", "mesh"),
    route("models", "mesh"),
    route("models"),
  ])("refuses it: %#", (each) => expect(found("MESH-07", [models, gateway, each])).toHaveLength(1));

  it("lets others name gateways of another stack", () => {
    const { elsewhere } = ruleOf("MESH-07");
    expect(found("MESH-07", [gateway, route("web", "other/h")], elsewhere)).toEqual([]);
    expect(found("MESH-07", [models, route("models", "mesh")], elsewhere)).toHaveLength(1);
  });
});
