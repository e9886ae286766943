import type { Account, Planned } from "./account.ts";
import { queueArn } from "./account.ts";
import { ACTIONS, type Call, type Needs } from "./actions-of-types.ts";
import { arnIn, type Context, knows, type Request, typesOf } from "./evaluate.ts";

export type Phase = keyof Needs;

/** What Pulumi asks of AWS for one planned resource in one phase of its life. */
export async function callsOf(account: Account, resource: Planned, phase: Phase): Promise<Request[]> {
  const needs = ACTIONS[resource.type];
  if (needs === undefined) {
    throw new Error(
      `test/iam/actions-of-types.ts must list ${resource.type}, got nothing: add what its creation, change and end call`,
    );
  }
  return (await Promise.all(needs[phase].map((call) => requestsOf(account, resource, phase, call)))).flat();
}

async function requestsOf(account: Account, resource: Planned, phase: Phase, call: Call): Promise<Request[]> {
  const [action, target] = call.split(" @") as [string, string | undefined];
  if (target === undefined && IN_EC2.test(resource.type)) {
    return inEc2(account, resource, phase, action);
  }
  const at = await targetOf(account, resource, action, target);
  return at === undefined ? [] : [{ action, resource: at, context: contextOf(account, resource, { action, target, at, phase }) }];
}

const IN_EC2 = /^aws:(ec2|vpc)\//;

/**
 * EC2 asks about every resource that an action touches: what it makes, which takes its tags from the request, and what is there already,
 * which has those of the environment. EC2 deals the numbers: one is as good as another.
 */
async function inEc2(account: Account, resource: Planned, phase: Phase, action: string): Promise<Request[]> {
  const creator = ACTIONS[resource.type]!.create[0]!;
  const tagging = /^ec2:(Create|Delete)Tags$/.test(action);
  const made = (await typesOf(creator)).find((each) => each.made)?.name;
  // AWS makes the default security group, without tags.
  const own = made ?? "security-group";
  const isNew = (name: string): boolean => phase === "create" && name === own && (made === undefined || tagging);
  const touched = (await typesOf(action)).filter(({ name, required }) => (tagging ? name === own : required || OURS.has(name)));
  return touched.map(({ name, form, made }) => ({
    action,
    resource: arnIn(account, form),
    context: {
      ...tagsIn("RequestTag", resource.tags),
      "aws:TagKeys": COMPARED,
      ...(tagging && phase === "create" && { "ec2:CreateAction": creator.replace("ec2:", "") }),
      ...(!made && !isNew(name) && tagsIn("ResourceTag", resource.tags)),
    },
  }));
}

/** Types of EC2 that a network of ours is made of. */
const OURS = new Set(["elastic-ip", "internet-gateway", "natgateway", "route-table", "security-group", "subnet", "vpc"]);

/** ARN of what an action is done to; undefined where the resource has none of it, such as a role. */
async function targetOf(account: Account, resource: Planned, action: string, target?: string): Promise<string | undefined> {
  const { number, region } = account;
  switch (target) {
    case undefined: {
      for (const arn of own(account, resource)) {
        if (await knows(action, arn)) {
          return arn;
        }
      }
      throw new Error(
        `test/iam/calls.ts must know the ARN of ${resource.type} for ${action}, got ${own(account, resource).join(", ")}`,
      );
    }
    case "any":
      return "*";
    case "cluster":
      return `arn:aws:eks:${region}:${number}:cluster/${clusterOf(resource)}`;
    case "role":
      return roleOf(resource);
    case "key":
      return keyOf(account, resource);
    case "logs":
      return /^arn:aws:s3:::[^/]+/.exec(resource.inputs["logDestination"] ?? "")?.[0];
    default:
      return target.includes(":")
        ? target.replace("{region}", region).replace("{account}", number).replace("{cluster}", clusterOf(resource))
        : `arn:aws:iam::${number}:role/aws-service-role/${target}/AWSServiceRoleForIt`;
  }
}

const clusterOf = ({ inputs }: Planned): string => inputs["clusterName"] ?? inputs["name"];

const roleOf = ({ inputs }: Planned): string | undefined =>
  inputs["roleArn"] ?? inputs["nodeRoleArn"] ?? inputs["podIdentityAssociations"]?.[0]?.roleArn;

const keyOf = ({ resources }: Account, { type, inputs }: Planned): string | undefined =>
  type === "aws:kms/alias:Alias"
    ? resources.find((each) => each.type === "aws:kms/key:Key" && each.outputs["keyId"] === inputs["targetKeyId"])?.arn
    : /arn:aws:kms:[^"]+:key\/[^"]+/.exec(JSON.stringify(inputs))?.[0];

/** ARNs by which actions know a resource, or what it is a part of. */
function own({ number, region, resources }: Account, { arn, inputs, outputs, type }: Planned): string[] {
  const parts = [
    inputs["bucket"] && `arn:aws:s3:::${inputs["bucket"]}`,
    inputs["role"] && `arn:aws:iam::${number}:role/${inputs["role"]}`,
    inputs["repository"] && `arn:aws:ecr:${region}:${number}:repository/${inputs["repository"]}`,
    inputs["rule"] && `arn:aws:events:${region}:${number}:rule/${inputs["rule"]}`,
    inputs["loadBalancerArn"],
    inputs["projectName"] && `arn:aws:codebuild:${region}:${number}:project/${inputs["projectName"]}`,
    inputs["queueUrl"] && queueArn(resources, inputs["queueUrl"]),
    type === "aws:kms/alias:Alias" && `arn:aws:kms:${region}:${number}:${outputs["name"]}`,
    type.startsWith("aws:eks/access") &&
      `arn:aws:eks:${region}:${number}:access-entry/${inputs["clusterName"]}/role/${number}/${String(inputs["principalArn"]).split("/").at(-1)}/a1`,
    type === "aws:eks/podIdentityAssociation:PodIdentityAssociation" && outputs["associationArn"],
    type === "aws:iam/serviceLinkedRole:ServiceLinkedRole" &&
      `arn:aws:iam::${number}:role/aws-service-role/${inputs["awsServiceName"]}/AWSServiceRoleForIt`,
    type === "aws:rds/instance:Instance" && `arn:aws:rds:${region}:${number}:snapshot:${outputs["identifier"]}-final`,
  ];
  return [arn, ...parts].filter((each): each is string => typeof each === "string" && each !== "");
}

interface Asked {
  action: string;
  target: string | undefined;
  at: string;
  phase: Phase;
}

function contextOf(account: Account, resource: Planned, { action, target, at, phase }: Asked): Context {
  const [service, name = ""] = action.split(":");
  const { inputs } = resource;
  const tagging = /Tag/.test(name);
  return {
    // A resource has its tags once it is there, and what it is made with in the request.
    ...(target === undefined && (phase !== "create" || isPart(resource)) && tagsIn("ResourceTag", resource.tags)),
    ...((phase === "create" || tagging) && { ...tagsIn("RequestTag", resource.tags), "aws:TagKeys": COMPARED }),
    ...(target === "key" && tagsIn("ResourceTag", tagsOfKey(account, at))),
    ...(service === "kms" &&
      /^(Decrypt|Encrypt|GenerateDataKey|ReEncrypt)/.test(name) && {
        "kms:ViaService": `${resource.type.startsWith("aws:dynamodb/") ? "dynamodb" : "rds"}.${account.region}.amazonaws.com`,
      }),
    ...(action === "ec2:CreateTags" && { "ec2:CreateAction": "RunInstances" }),
    ...(service === "autoscaling" &&
      at.includes("/eks-") && { "aws:ResourceTag/eks:cluster-name": `millrace-${account.environment}` }),
    ...(name === "ChangeResourceRecordSets" && { "route53:ChangeResourceRecordSetsNormalizedRecordNames": [inputs["name"]] }),
    ...(service === "iam" && boundaryOf(account, resource)),
    ...(name.endsWith("RolePolicy") && inputs["policyArn"] && { "iam:PolicyARN": inputs["policyArn"] }),
    ...(name === "PassRole" && { "iam:PassedToService": passedTo(resource.type) }),
    ...(name === "CreateServiceLinkedRole" && { "iam:AWSServiceName": target ?? inputs["awsServiceName"] }),
  };
}

/** Whether its actions are on something that was there before. */
const isPart = ({ type, arn }: Planned): boolean => arn === "" || type === "aws:kms/alias:Alias";

/** The tags that any policy of ours compares. */
const COMPARED = ["project", "environment"];

const tagsIn = (key: "ResourceTag" | "RequestTag", tags: Record<string, string>): Context =>
  Object.fromEntries(COMPARED.flatMap((tag) => (tags[tag] === undefined ? [] : [[`aws:${key}/${tag}`, tags[tag]]])));

const tagsOfKey = ({ resources }: Account, arn: string): Record<string, string> =>
  resources.find((each) => each.arn === arn)?.tags ?? {};

function boundaryOf({ resources }: Account, { inputs, outputs, type }: Planned): Context {
  const name = type === "aws:iam/role:Role" ? outputs["name"] : inputs["role"];
  const role = resources.find((each) => each.type === "aws:iam/role:Role" && each.outputs["name"] === name);
  const boundary = role?.inputs["permissionsBoundary"];
  return boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary };
}

const passedTo = (type: string): string =>
  type.includes("podIdentityAssociation") || type.includes("addon") ? "pods.eks.amazonaws.com" : "eks.amazonaws.com";
