import { principalsOf, speaksOf, statementsOf } from "../../aws/policy-document.ts";
import { type Claim, claimsOf, rolesMeant } from "../../aws/roles.ts";
import { ADDON, CLUSTER, HOSTED_MODEL, NODE_GROUP, POD_IDENTITY, ROLE } from "../../aws/types.ts";
import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { NODE_CLASS, SERVICE_ACCOUNT } from "../../kubernetes/types.ts";
import { at, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

interface Making {
  /** Whether pods and machines get only roles that the same stack makes. */
  own: boolean;
}
const OWN: Making = { own: true };

/** Properties that give a service a role, and the service that takes it. */
const GIVEN: Readonly<Record<string, readonly (readonly [path: readonly string[], service: string])[]>> = {
  [CLUSTER]: [[["roleArn"], "eks"]],
  [NODE_GROUP]: [[["nodeRoleArn"], "ec2"]],
  [NODE_CLASS]: [[["spec", "role"], "ec2"]],
  "aws:codebuild/project:Project": [[["serviceRole"], "codebuild"]],
  "aws:ec2/flowLog:FlowLog": [[["iamRoleArn"], "vpc-flow-logs"]],
  "aws:ecs/taskDefinition:TaskDefinition": [
    [["taskRoleArn"], "ecs-tasks"],
    [["executionRoleArn"], "ecs-tasks"],
  ],
  "aws:iam/instanceProfile:InstanceProfile": [[["role"], "ec2"]],
  "aws:lambda/function:Function": [[["role"], "lambda"]],
  "aws:rds/instance:Instance": [[["monitoringRoleArn"], "monitoring.rds"]],
  [HOSTED_MODEL]: [[["executionRoleArn"], "sagemaker"]],
  "aws:sagemaker/notebookInstance:NotebookInstance": [[["roleArn"], "sagemaker"]],
};

/** What may not borrow a role of another stack: whose pods or machines it was made for is seen only there. */
const OF_STACK = [POD_IDENTITY, ADDON, NODE_CLASS];

export const IAM_08 = stackRule<Making>({
  id: "IAM-08",
  title: "Pods, machines and services get a role that was made for them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.1.5"],
  remediation:
    "Make a role for each service account, pool and service, whose trust policy names what takes it, and hand over its ARN or name: `pods.eks.amazonaws.com` for pods, `ec2.amazonaws.com` for nodes.",
  parameters: { dev: OWN, staging: OWN, prod: OWN },
  elsewhere: { own: false },
  types: [ROLE, POD_IDENTITY, ADDON, SERVICE_ACCOUNT, ...Object.keys(GIVEN)],
  relate: (resources, { own }) =>
    ofEach(resources, (resource) =>
      together(givenRoles(resource).map((given) => () => roleFaults(resource, given, resources, own))),
    ),
});

interface Given extends Claim {
  /** The service that takes the role; absent where a token of the cluster does. */
  service?: string;
}

function givenRoles(resource: Resource): Given[] {
  const { type, inputs } = resource;
  const claims = claimsOf(resource).map((claim): Given => (type === SERVICE_ACCOUNT ? claim : { ...claim, service: "pods.eks" }));
  const properties = (GIVEN[type] ?? []).flatMap(([path, service]): Given[] =>
    isSet(inputs, ...path) ? [{ property: path.join("."), arn: () => text(inputs, ...path) ?? "nothing", service }] : [],
  );
  return [...claims, ...properties];
}

function roleFaults(
  resource: Resource,
  { property, arn, service }: Given,
  resources: readonly Resource[],
  own: boolean,
): Finding[] {
  const roles = rolesMeant(resource, arn, resources);
  if (roles.length === 0) {
    const isFree = !own || !OF_STACK.includes(resource.type);
    return unless(isFree, { resource, property, got: arn(), want: "a role that this stack makes for it" });
  }
  if (roles.some((role) => trusts(role, service))) {
    return [];
  }
  const taker = service === undefined ? "tokens of the cluster" : `${service}.amazonaws.com`;
  return [{ resource, property, got: arn(), want: `a role that ${taker} may take` }];
}

const trusts = ({ inputs }: Resource, service: string | undefined): boolean =>
  statementsOf(at(inputs, "assumeRolePolicy"), "assumeRolePolicy").some(
    (statement) =>
      statement.allows &&
      (service === undefined
        ? speaksOf(statement, "sts:AssumeRoleWithWebIdentity")
        : principalsOf(statement).Service.some((each) => each.startsWith(`${service}.amazonaws.com`))),
  );
