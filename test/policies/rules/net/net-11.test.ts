import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const ZONE = "aws:route53/zone:Zone";

describeRule("NET-11", [
  {
    what: "names of models that everybody may ask for",
    layer: "foundation",
    resource: "models-zone",
    type: ZONE,
    change: (inputs) => delete inputs.vpcs,
    says: "foundation-prod/models-zone: 'vpcs' must be the networks that may ask it, got 'nothing, which is a zone for everybody'",
    unknown: "vpcs",
  },
]);

describe("NET-11", () => {
  const { elsewhere } = ruleOf("NET-11");

  it.each<[object, boolean, boolean]>([
    [{ name: "models.internal", vpcs: [{ vpcId: "vpc-1" }] }, true, true],
    [{ name: "models.internal", vpcs: [] }, false, false],
    [{ name: "corp.example.com.", vpcs: [] }, false, true],
    [{ name: "example.com" }, false, true],
    [{ name: "db.local" }, false, false],
    [{ name: "internal.example.com" }, false, true],
  ])("judges %j: %j in prod, %j in programs of others", (inputs, here, there) => {
    expect(found("NET-11", of(ZONE, "x", inputs))).toHaveLength(here ? 0 : 1);
    expect(found("NET-11", of(ZONE, "x", inputs), elsewhere)).toHaveLength(there ? 0 : 1);
  });

  it("takes listed zones, and reads namespaces of services", () => {
    expect(found("NET-11", of(ZONE, "x", { name: "shop.example.com" }), { public: ["*.example.com"] })).toEqual([]);
    const namespace = of("aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace", "x", { name: "models.internal" });
    expect(found("NET-11", namespace, elsewhere)).toEqual(["name: models.internal"]);
  });
});
