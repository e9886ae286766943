import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("K8S-09", [
  {
    layer: "platform",
    resource: "addons-before-nodes-vpc-cni",
    what: "network policies that nobody keeps",
    change: (inputs) => {
      inputs.configurationValues = JSON.stringify({ enableNetworkPolicy: "false" });
    },
    says: "platform-prod/addons-before-nodes-vpc-cni: 'configurationValues.enableNetworkPolicy' must be true, got 'false'",
    unknown: "configurationValues",
  },
]);

const cni = (configurationValues?: unknown) =>
  of("aws:eks/addon:Addon", "cni", { addonName: "vpc-cni", ...(configurationValues !== undefined && { configurationValues }) });

describe("K8S-09", () => {
  it.each(['{"enableNetworkPolicy":true}', '{ "enableNetworkPolicy" : "true" }', 'env: {}\nenableNetworkPolicy: "true"\n'])(
    "accepts %s",
    (values) => expect(found("K8S-09", [cni(values)])).toEqual([]),
  );

  it.each([undefined, "", "{}", '{"enableNetworkPolicy":false}', "enableNetworkPolicy: false", "{", 7])("refuses %s", (values) =>
    expect(found("K8S-09", [cni(values)])).toHaveLength(1),
  );

  it("misses a plug-in only where a stack has policies for it", () => {
    const cluster = of("aws:eks/cluster:Cluster", "c", {});
    const other = of("aws:eks/addon:Addon", "dns", { addonName: "coredns" });
    const policy = of("kubernetes:networking.k8s.io/v1:NetworkPolicy", "p", {});
    expect(found("K8S-09", [cluster, other, policy])).toEqual(["add-on vpc-cni: nothing"]);
    expect(found("K8S-09", [cluster, other])).toEqual([]);
    expect(found("K8S-09", [cluster, policy])).toEqual([]);
  });
});
