import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";

const CONTROLLER = "millrace-prod-karpenter-controller-55a14ca";

describeRule("IAM-08", [
  {
    layer: "workloads",
    resource: "fraud-reader-association",
    what: "the role of another stack for a model",
    change: (inputs) => (inputs.roleArn = `arn:aws:iam::333333333333:role/${CONTROLLER}`),
    says: `workloads-prod/fraud-reader-association: 'roleArn' must be a role that this stack makes for it, got 'arn:aws:iam::333333333333:role/${CONTROLLER}'`,
    unknown: "roleArn",
  },
  {
    layer: "platform",
    resource: "cpu-class",
    what: "the role of a controller for machines",
    change: ({ spec }) => (spec.role = CONTROLLER),
    says: "platform-prod/cpu-class: 'spec.role' must be a role that ec2.amazonaws.com may take, got 'millrace-prod-karpenter-controller-55a14ca'",
    unknown: "spec.role",
  },
  {
    layer: "platform",
    resource: "cluster",
    type: "aws:eks/cluster:Cluster",
    what: "the role of nodes for the control plane",
    change: (inputs) => (inputs.roleArn = "arn:aws:iam::333333333333:role/millrace-prod-karpenter-node-e30da9c"),
    says: "platform-prod/cluster: 'roleArn' must be a role that eks.amazonaws.com may take, got 'arn:aws:iam::333333333333:role/millrace-prod-karpenter-node-e30da9c'",
  },
]);

describe("IAM-08", () => {
  const role = (name: string, statement: object) =>
    of("aws:iam/role:Role", name, {
      name,
      assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }] }),
    });
  const PODS = role("pods", { Principal: { Service: "pods.eks.amazonaws.com" } });
  const FUNCTIONS = role("functions", { Principal: { Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] } });
  const TOKENS = role("tokens", { Principal: { Federated: "arn" }, Action: "sts:AssumeRoleWithWebIdentity" });
  const ROLES = [PODS, FUNCTIONS, TOKENS];
  const association = (roleArn: unknown, dependencies: string[] = []) =>
    of("aws:eks/podIdentityAssociation:PodIdentityAssociation", "a", { roleArn }, dependencies);
  const account = (arn: string) =>
    of("kubernetes:core/v1:ServiceAccount", "s", { metadata: { annotations: { "eks.amazonaws.com/role-arn": arn } } });

  it("compares who takes a role with its trust", () => {
    expect(found("IAM-08", [...ROLES, association("arn:aws:iam::1:role/pods")])).toEqual([]);
    expect(found("IAM-08", [...ROLES, association("arn:aws:iam::1:role/functions")])).toEqual([
      "roleArn: arn:aws:iam::1:role/functions",
    ]);
    expect(found("IAM-08", [...ROLES, account("arn:aws:iam::1:role/tokens")])).toEqual([]);
    expect(found("IAM-08", [...ROLES, account("arn:aws:iam::1:role/pods")])).toHaveLength(1);
    expect(found("IAM-08", [...ROLES, of("aws:lambda/function:Function", "f", { role: "functions" })])).toEqual([]);
  });

  it("goes by what a resource waits for, as long as nobody knows the ARN", () => {
    expect(found("IAM-08", [...ROLES, association(UNKNOWN, ["pods"])])).toEqual([]);
    expect(found("IAM-08", [...ROLES, association(UNKNOWN, ["functions"])])).toEqual(["open: roleArn"]);
    expect(found("IAM-08", [...ROLES, association(UNKNOWN)])).toEqual(["open: roleArn"]);
  });

  it("lets programs of others use roles of their other stacks", () => {
    const foreign = association("arn:aws:iam::1:role/elsewhere");
    expect(found("IAM-08", [...ROLES, foreign], { own: false })).toEqual([]);
    expect(found("IAM-08", [...ROLES, foreign])).toHaveLength(1);
    expect(found("IAM-08", [of("aws:lambda/function:Function", "f", { role: "arn:aws:iam::1:role/elsewhere" })])).toEqual([]);
  });

  it("knows who takes the role of a model of SageMaker", () => {
    const model = of("aws:sagemaker/model:Model", "m", { executionRoleArn: "functions" });
    expect(found("IAM-08", [...ROLES, model])).toEqual(["executionRoleArn: functions"]);
  });
});
