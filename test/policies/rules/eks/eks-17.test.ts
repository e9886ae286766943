import { describe, expect, it } from "vitest";
import { describeRule, found, golden, of, said } from "../../harness.ts";

const ADDON = "aws:eks/addon:Addon";
const NODES = "aws:eks/nodeGroup:NodeGroup";

describeRule("EKS-17", [
  {
    what: "repairs that nobody asks for",
    layer: "platform",
    resource: "addons-after-nodes-eks-node-monitoring-agent",
    change: (inputs) => (inputs.addonName = "adot"),
    says: "platform-prod/cluster: 'the add-on eks-node-monitoring-agent' must be in the cluster, as 'system-nodes' relies on it, got 'nothing'",
    unknown: "addonName",
  },
]);

describe("EKS-17", () => {
  const cluster = (inputs: object = {}) => of("aws:eks/cluster:Cluster", "cluster", { name: "c", ...inputs });
  const addon = (addonName: string) => of(ADDON, addonName, { addonName });
  const scaler = (type: string) =>
    of("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "scaler", { spec: { metrics: [{ type }] } });

  const keda = (type: string) => of("kubernetes:keda.sh/v1alpha1:ScaledObject", "scaler", { spec: { triggers: [{ type }] } });

  it.each(["eks-pod-identity-agent", "metrics-server", "aws-ebs-csi-driver", "coredns", "kube-proxy", "vpc-cni"])(
    "misses %s in the golden stack",
    async (name) => {
      const resources = (await golden("platform", "prod")).filter(
        ({ type, inputs }) => type !== ADDON || inputs["addonName"] !== name,
      );
      expect(said("EKS-17", ...resources)).toHaveLength(1);
    },
  );

  it("says nothing where something else does the work", () => {
    const release = of("kubernetes:helm.sh/v3:Release", "measures", { chart: "metrics-server" });
    expect(found("EKS-17", [cluster(), addon("coredns"), scaler("Resource")])).toHaveLength(1);
    expect(found("EKS-17", [cluster(), addon("coredns"), scaler("Resource"), release])).toEqual([]);
    expect(found("EKS-17", [cluster(), addon("coredns"), scaler("External")])).toEqual([]);
    expect(found("EKS-17", [cluster(), addon("coredns"), keda("cpu")])).toHaveLength(1);
    expect(found("EKS-17", [cluster(), addon("coredns"), keda("prometheus")])).toEqual([]);
    expect(found("EKS-17", [cluster({ computeConfig: { enabled: true } }), addon("coredns"), scaler("Resource")])).toEqual([]);
  });

  it("says nothing of a cluster or of add-ons of another program", () => {
    const nodes = of(NODES, "nodes", { nodeRepairConfig: { enabled: true } });
    expect(found("EKS-17", [cluster(), nodes])).toEqual([]);
    expect(found("EKS-17", [nodes, addon("coredns"), scaler("Resource")])).toEqual([]);
  });
});
