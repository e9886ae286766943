import { expect, it } from "vitest";
import { reachPermissions } from "#components/ci/reach-permissions";
import { STACKS, stackOf } from "../../harness/stacks.ts";

const SCOPE = {
  prefix: "millrace-test",
  account: "111111111111",
  region: "eu-west-1",
  tags: { project: "millrace", environment: "test" },
  domain: "models.internal",
  connectionArn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/1",
};
const actions = reachPermissions(SCOPE).flatMap((statement) => statement.actions);

/** What each type of the ways in and out needs to be made and to go (Service Authorization Reference). */
const NEEDS: Record<string, string[]> = {
  "aws:autoscaling/attachment:Attachment": [
    "autoscaling:AttachLoadBalancerTargetGroups",
    "autoscaling:DetachLoadBalancerTargetGroups",
  ],
  "aws:autoscaling/group:Group": [
    "autoscaling:CreateAutoScalingGroup",
    "autoscaling:DeleteAutoScalingGroup",
    "ssm:GetParameters",
  ],
  "aws:codebuild/project:Project": ["codebuild:CreateProject", "codebuild:DeleteProject", "codeconnections:PassConnection"],
  "aws:codebuild/webhook:Webhook": ["codebuild:CreateWebhook", "codebuild:DeleteWebhook"],
  "aws:lb/listener:Listener": ["elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener"],
  "aws:lb/loadBalancer:LoadBalancer": ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer"],
  "aws:lb/targetGroup:TargetGroup": ["elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteTargetGroup"],
  "aws:route53/record:Record": ["route53:ChangeResourceRecordSets"],
  // A person's.
  "aws:route53/zone:Zone": [],
};

const SERVICES = /^aws:(autoscaling|codebuild|lb|route53)\//;

it("the deploying role may make and delete every way in and out that a stack declares", async () => {
  const types = new Set<string>();
  for (const { layer, environment } of STACKS) {
    const { resources } = await stackOf(layer, environment);
    resources.filter(({ type }) => SERVICES.test(type)).forEach(({ type }) => types.add(type));
  }
  expect([...types].sort()).toEqual(Object.keys(NEEDS));
  expect(Object.values(NEEDS).flatMap((needed) => needed.filter((action) => !actions.includes(action)))).toEqual([]);
});

it("and nothing of another environment, where a resource has a name of ours", () => {
  const open = reachPermissions(SCOPE).filter(({ resources }) => resources.includes("*"));
  expect(open.map(({ sid }) => sid)).toEqual([]);
});
