import { describe, expect, it } from "vitest";
import { Addons, type AddonsArgs } from "#components/cluster/addons";
import { ADDONS } from "#components/versions";
import { record } from "../../harness/graph.ts";

const addons = async (phase: AddonsArgs["phase"]) =>
  record(() => void new Addons("addons", { clusterName: "millrace-test", phase }));
const made = async (phase: AddonsArgs["phase"]) => (await addons(phase)).filter(({ type }) => type === "aws:eks/addon:Addon");

describe("Addons", () => {
  it("installs before the nodes what makes a node ready", async () => {
    expect((await made("before-nodes")).map(({ name }) => name).sort()).toEqual([
      "addons-eks-pod-identity-agent",
      "addons-kube-proxy",
      "addons-vpc-cni",
    ]);
  });

  it("installs after the nodes what needs nodes", async () => {
    expect((await made("after-nodes")).map(({ name }) => name).sort()).toEqual([
      "addons-aws-ebs-csi-driver",
      "addons-coredns",
      "addons-eks-node-monitoring-agent",
      "addons-metrics-server",
    ]);
  });

  it("pins every version", async () => {
    for (const { inputs } of [...(await made("before-nodes")), ...(await made("after-nodes"))]) {
      expect(inputs).toMatchObject({
        clusterName: "millrace-test",
        addonVersion: ADDONS[inputs["addonName"] as keyof typeof ADDONS],
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      });
    }
  });

  it("lets the network plug-in enforce network policies and hand out addresses by the block", async () => {
    const plugin = (await made("before-nodes")).find(({ name }) => name === "addons-vpc-cni");
    expect(JSON.parse(plugin?.inputs["configurationValues"])).toMatchObject({
      enableNetworkPolicy: "true",
      env: { ENABLE_PREFIX_DELEGATION: "true" },
    });
  });

  it.each([
    ["before-nodes", "vpc-cni", "aws-node", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"],
    [
      "after-nodes",
      "aws-ebs-csi-driver",
      "ebs-csi-controller-sa",
      "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    ],
  ] as const)("%s: gives %s its rights by Pod Identity", async (phase, addon, serviceAccount, policyArn) => {
    const graph = await addons(phase);
    const attachment = graph.find(({ name }) => name === `addons-${addon}-role-policy`);
    expect(attachment?.inputs["policyArn"]).toBe(policyArn);
    const resource = graph.find(({ name }) => name === `addons-${addon}`);
    expect(resource?.inputs["podIdentityAssociations"]).toEqual([
      { serviceAccount, roleArn: expect.stringMatching(/^arn:aws:iam::111111111111:role\//) },
    ]);
    expect(resource?.dependencies).toContain(`addons-${addon}-role-policy`);
    const trust = JSON.parse(graph.find(({ name }) => name === `addons-${addon}-role`)?.inputs["assumeRolePolicy"]);
    expect(trust.Statement[0]).toMatchObject({
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    });
  });
});
