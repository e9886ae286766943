import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";

const GROUP = "aws:eks/nodeGroup:NodeGroup";
const ADDON = "aws:eks/addon:Addon";

describeRule("EKS-13", [
  {
    what: "nodes newer than the API server",
    layer: "platform",
    resource: "system-nodes",
    type: GROUP,
    change: (inputs) => (inputs.version = "1.37"),
    says: "platform-prod/system-nodes: 'version' must be of Kubernetes 1.36, or at most 3 minor versions older, got '1.37'",
    unknown: "version",
  },
  {
    what: "nodes four versions older",
    layer: "platform",
    resource: "system-nodes",
    type: GROUP,
    change: (inputs) => (inputs.version = "1.32"),
    says: "platform-prod/system-nodes: 'version' must be of Kubernetes 1.36, or at most 3 minor versions older, got '1.32'",
  },
  {
    what: "a kube-proxy newer than the API server",
    layer: "platform",
    resource: "addons-before-nodes-kube-proxy",
    change: (inputs) => (inputs.addonVersion = "v1.37.0-eksbuild.1"),
    says: "platform-prod/addons-before-nodes-kube-proxy: 'addonVersion' must be of Kubernetes 1.36, or at most 3 minor versions older, got 'v1.37.0-eksbuild.1'",
    unknown: "addonVersion",
  },
]);

describe("EKS-13", () => {
  const cluster = (name: string, version: unknown) => of("aws:eks/cluster:Cluster", name, { name, version });
  const group = (version: unknown, clusterName = "one") => of(GROUP, "group", { clusterName, version });

  it.each([
    ["1.36", "1.36", []],
    ["1.36", "1.33", []],
    ["1.36", undefined, []],
    ["1.36", "1.32", ["version: 1.32"]],
    ["1.35", "1.36", ["version: 1.36"]],
    [undefined, "1.36", []],
  ])("of a cluster %s and nodes %s finds %j", (server, nodes, faults) => {
    expect(found("EKS-13", [cluster("one", server), group(nodes)])).toEqual(faults);
  });

  it("compares with the cluster that is named where there are several", () => {
    const clusters = [cluster("one", "1.36"), cluster("two", "1.34")];
    expect(found("EKS-13", [...clusters, group("1.36")])).toEqual([]);
    expect(found("EKS-13", [...clusters, group("1.36", "two")])).toEqual(["version: 1.36"]);
  });

  it("does not judge other add-ons, or nodes of a cluster that is elsewhere", () => {
    expect(
      found("EKS-13", [cluster("one", "1.36"), of(ADDON, "dns", { addonName: "coredns", addonVersion: "v1.99.0" })]),
    ).toEqual([]);
    expect(found("EKS-13", [group("1.99")])).toEqual([]);
  });

  it("is open while the cluster's version is not known", () => {
    expect(found("EKS-13", [cluster("one", UNKNOWN), group("1.36")])).toEqual(["open: version"]);
  });
});
