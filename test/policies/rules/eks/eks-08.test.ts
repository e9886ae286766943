import { describe, expect, it } from "vitest";
import { findingsOf } from "#policies/judge";
import { describeRule, resource, ruleOf } from "../../harness.ts";

const MAY_BREAK_THE_GLASS =
  "one of the roles in 'breakGlass' (arn:aws:iam::*:role/*-ci-deploy, arn:aws:iam::*:role/platform-engineers, arn:aws:iam::*:role/*-break-glass)";

describeRule("EKS-08", [
  {
    what: "a data scientist who administers the cluster",
    layer: "platform",
    resource: "access-admin-platform-engineers-policy",
    change: (inputs) => (inputs.principalArn = "arn:aws:iam::333333333333:role/risk-data-scientists"),
    says: `platform-prod/access-admin-platform-engineers-policy: 'principalArn' must be ${MAY_BREAK_THE_GLASS}, got 'arn:aws:iam::333333333333:role/risk-data-scientists'`,
    unknown: "principalArn",
  },
  {
    what: "a plan that may change what it reads",
    layer: "platform",
    add: {
      type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      name: "plan-policy",
      inputs: {
        clusterName: "millrace-prod",
        principalArn: "arn:aws:iam::333333333333:role/millrace-prod-ci-plan",
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
    },
    says: `platform-prod/plan-policy: 'principalArn' must be ${MAY_BREAK_THE_GLASS}, got 'arn:aws:iam::333333333333:role/millrace-prod-ci-plan'`,
    unknown: "policyArn",
  },
  {
    what: "a right to write in every namespace",
    layer: "platform",
    resource: "access-deploy-policy",
    change: (inputs) => (inputs.policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"),
    says: "platform-prod/access-deploy-policy: 'accessScope.type' must be namespace, got 'cluster'",
    unknown: "accessScope.type",
  },
  {
    what: "somebody who reads every namespace",
    layer: "platform",
    add: {
      type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      name: "everywhere",
      inputs: {
        clusterName: "millrace-prod",
        principalArn: "arn:aws:iam::333333333333:role/risk-ml-engineers",
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        accessScope: { type: "cluster" },
      },
    },
    says: "platform-prod/everywhere: 'accessScope.type' must be namespace, got 'cluster'",
    unknown: "principalArn",
  },
  {
    what: "somebody who administers the namespace of a controller",
    layer: "platform",
    add: {
      type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
      name: "controllers",
      inputs: {
        clusterName: "millrace-prod",
        principalArn: "arn:aws:iam::333333333333:role/risk-ml-engineers",
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
        accessScope: { type: "namespace", namespaces: ["models-risk", "kueue-system"] },
      },
    },
    says: "platform-prod/controllers: 'accessScope.namespaces' must be namespaces of teams, as controllers there act for the whole cluster, got 'kueue-system'",
    unknown: "accessScope.namespaces",
  },
  {
    what: "a group that no role binding can hold back",
    layer: "platform",
    resource: "access-member-risk-data-scientists",
    change: (inputs) => inputs.kubernetesGroups.push("system:masters"),
    says: "platform-prod/access-member-risk-data-scientists: 'kubernetesGroups' must be groups that role bindings use, got 'system:masters'",
    unknown: "kubernetesGroups",
  },
]);

describe("EKS-08 allows", () => {
  const rule = ruleOf("EKS-08");
  const faults = (policy: string, scope: string, role: string, parameters: object = rule.parameters?.prod ?? {}) => {
    const inputs = {
      principalArn: `arn:aws:iam::111111111111:role/${role}`,
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
      accessScope: { type: scope },
    };
    const type = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
    return findingsOf(rule, resource("one", inputs, { type }), parameters);
  };

  it.each([
    ["everything to those who deploy", "AmazonEKSClusterAdminPolicy", "cluster", "any-ci-deploy"],
    ["everything in a namespace to anybody", "AmazonEKSAdminPolicy", "namespace", "ann"],
    ["a plan to read everything but Secrets", "AmazonEKSViewPolicy", "cluster", "any-ci-plan"],
    ["machinery the whole cluster", "AmazonEKSBlockStorageClusterPolicy", "cluster", "storage"],
  ])("%s", (_, policy, scope, role) => {
    expect(faults(policy, scope, role)).toEqual([]);
  });

  it("nobody to write in the system's namespaces, and anybody to read there", () => {
    const within = (policy: string, role: string) =>
      findingsOf(
        rule,
        resource(
          "one",
          {
            principalArn: `arn:aws:iam::111111111111:role/${role}`,
            policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
            accessScope: { type: "namespace", namespaces: ["kube-system", "istio-ingress"] },
          },
          { type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation" },
        ),
        rule.parameters?.prod ?? {},
      );
    expect(within("AmazonEKSAdminPolicy", "ann")).toHaveLength(1);
    expect(within("AmazonEKSViewPolicy", "ann")).toEqual([]);
    expect(within("AmazonEKSAdminPolicy", "any-ci-deploy")).toEqual([]);
  });

  it("no plan to read Secrets", () => {
    expect(faults("AmazonEKSAdminViewPolicy", "cluster", "any-ci-plan")).toHaveLength(1);
    expect(faults("AmazonEKSSecretReaderPolicy", "cluster", "any-ci-plan")).toHaveLength(1);
  });

  it("the roles that the parameters name, and no others", () => {
    const parameters = { breakGlass: ["*/oncall"], readAll: [] };
    expect(faults("AmazonEKSClusterAdminPolicy", "cluster", "oncall", parameters)).toEqual([]);
    expect(faults("AmazonEKSClusterAdminPolicy", "cluster", "oncall-trainee", parameters)).toHaveLength(1);
    expect(faults("AmazonEKSViewPolicy", "cluster", "any-ci-plan", parameters)).toHaveLength(1);
  });
});
