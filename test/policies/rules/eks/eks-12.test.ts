import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, of, verdictOf } from "../../harness.ts";

const S3 = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

const ENOUGH =
  "one of AmazonEKSWorkerNodePolicy, AmazonEKSWorkerNodeMinimalPolicy, AmazonEC2ContainerRegistryPullOnly, AmazonEKS_CNI_Policy";

describeRule("EKS-12", [
  {
    what: "a role for every pod that names no account",
    layer: "workloads",
    resource: "fraud-reader-association",
    change: (inputs) => (inputs.serviceAccount = "default"),
    says: "workloads-prod/fraud-reader-association: 'serviceAccount' must be an account of its own, as every pod that names none has this one, got 'default'",
    unknown: "serviceAccount",
  },
  {
    what: "nodes that read every bucket",
    layer: "platform",
    resource: "karpenter-node-pull",
    change: (inputs) => (inputs.policyArn = S3),
    says: `platform-prod/karpenter-node-pull: 'policyArn' must be ${ENOUGH}, got '${S3}'`,
    unknown: "policyArn",
  },
  {
    what: "system nodes that push images",
    layer: "platform",
    environment: "dev",
    resource: "system-nodes-role-pull",
    change: (inputs) => (inputs.policyArn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"),
    says: `platform-dev/system-nodes-role-pull: 'policyArn' must be ${ENOUGH}, got 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser'`,
  },
  {
    what: "rights written onto the nodes' role",
    layer: "platform",
    add: {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: "short-cut",
      inputs: { role: UNKNOWN, policy: "{}" },
      dependencies: ["karpenter-node"],
    },
    says: "platform-prod/short-cut: 'policy' must be attached to the role of a service account, got 'an inline policy'",
  },
  {
    what: "policies among the role's own arguments",
    layer: "platform",
    resource: "karpenter-node",
    change: (inputs) => (inputs.managedPolicyArns = [S3]),
    says: `platform-prod/karpenter-node: 'managedPolicyArns' must be ${ENOUGH}, got '${S3}'`,
    unknown: "managedPolicyArns",
  },
  {
    what: "one role for two service accounts",
    layer: "platform",
    add: {
      type: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      name: "second",
      inputs: { namespace: "default", serviceAccount: "anybody", roleArn: UNKNOWN },
      dependencies: ["karpenter-controller"],
    },
    says: "platform-prod/second: 'roleArn' must be a role of its own, not that of karpenter-controller-association, got 'karpenter-controller'",
  },
]);

describe("EKS-12", () => {
  const resource = (type: string, name: string, inputs: object, dependencies: string[] = [], parent = ""): Resource => ({
    ...of(type, name, inputs, dependencies),
    parent,
  });
  const trust = (service: string): string => JSON.stringify({ Statement: { Principal: { Service: service } } });
  const role = (name: string, service: string, inputs: object = {}): Resource =>
    resource("aws:iam/role:Role", name, { assumeRolePolicy: trust(service), ...inputs }, [], `${name}-component`);
  const nodes = role("nodes", "ec2.amazonaws.com");
  const group = resource("aws:eks/nodeGroup:NodeGroup", "group", {}, ["nodes"]);
  const attachment = (inputs: object, dependencies: string[], parent = ""): Resource =>
    resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", inputs, dependencies, parent);
  const told = (...resources: Resource[]): string[] => {
    const { violations, open } = verdictOf("EKS-12", resources, "prod", []);
    return [
      ...violations.map(({ address, property, got }) => `${address.replace("test/", "")} ${property} ${got}`),
      ...open.map(({ path }) => `open: ${path}`),
    ];
  };

  it("leaves roles alone that EC2 takes outside the cluster", () => {
    expect(told(role("bastion", "ec2.amazonaws.com"), attachment({ policyArn: S3 }, ["bastion"]))).toEqual([]);
  });

  it("sees nodes of Auto Scaling, which come in by their access entry", () => {
    const entry = (type: string) => resource("aws:eks/accessEntry:AccessEntry", "entry", { type }, ["nodes"]);
    expect(told(nodes, entry("EC2_LINUX"), attachment({ policyArn: S3 }, ["nodes"]))).toEqual([`attachment policyArn ${S3}`]);
    expect(told(nodes, entry("STANDARD"), attachment({ policyArn: S3 }, ["nodes"]))).toEqual([]);
  });

  it("knows a policy of the stack by its name before it has an ARN", () => {
    const own = resource("aws:iam/policy:Policy", "wide", {});
    expect(told(nodes, group, own, attachment({ policyArn: UNKNOWN }, ["nodes", "wide"]))).toEqual(["attachment policyArn wide"]);
  });

  it("does not take a role for the policy that has its name", () => {
    const policyArn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";
    const own = resource("aws:iam/policy:Policy", "nodes", {});
    expect(told(nodes, group, own, attachment({ policyArn }, ["nodes"]))).toEqual([]);
  });

  it("is not taken in by a policy of one's own with a name of AWS's", () => {
    const policyArn = "arn:aws:iam::111111111111:policy/AmazonEKSWorkerNodePolicy";
    expect(told(nodes, group, attachment({ policyArn }, ["nodes"]))).toEqual([`attachment policyArn ${policyArn}`]);
  });

  it("tells whose policy it is where several roles are spoken of: by the component, and else by the name", () => {
    const pods = role("pods", "pods.eks.amazonaws.com");
    const both = ["nodes", "pods"];
    expect(told(nodes, pods, group, attachment({ policyArn: S3 }, both, "pods-component"))).toEqual([]);
    expect(told(nodes, pods, group, attachment({ policyArn: S3 }, both, "nodes-component"))).toEqual([
      `attachment policyArn ${S3}`,
    ]);
    expect(told(nodes, pods, group, attachment({ policyArn: S3, role: "pods-0a1b2c3" }, both))).toEqual([]);
    expect(told(nodes, pods, group, attachment({ policyArn: S3, role: "nodes-0a1b2c3" }, both))).toEqual([
      `attachment policyArn ${S3}`,
    ]);
    expect(told(nodes, pods, group, attachment({ policyArn: S3, role: UNKNOWN }, both))).toEqual(["open: role"]);
  });

  it("sees rights written into the role", () => {
    expect(told(role("nodes", "ec2.amazonaws.com", { inlinePolicies: [{ policy: "{}" }] }), group)).toEqual([
      "nodes inlinePolicies an inline policy",
    ]);
  });

  it("sees a role shared between Pod Identity, an add-on and an annotation", () => {
    const arn = "arn:aws:iam::111111111111:role/shared";
    const pod = resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "pod", { roleArn: arn });
    const addon = resource("aws:eks/addon:Addon", "addon", { podIdentityAssociations: [{ serviceAccount: "a", roleArn: arn }] });
    const annotations = { "eks.amazonaws.com/role-arn": arn };
    const account = resource("kubernetes:core/v1:ServiceAccount", "account", { metadata: { annotations } });
    expect(told(pod, addon, account)).toEqual([
      `addon podIdentityAssociations.0.roleArn ${arn}`,
      `account metadata.annotations.eks.amazonaws.com/role-arn ${arn}`,
    ]);
    expect(told(resource("kubernetes:core/v1:ServiceAccount", "plain", { metadata: { name: "plain" } }), addon)).toEqual([]);
  });
});
