import { expect, it } from "vitest";
import { record } from "#plan/record";
import { foundation } from "#stacks/foundation/foundation";
import { profiles } from "#stacks/inputs/environments/index";
import { accountOf } from "./account.ts";
import { allows, lets } from "./evaluate.ts";

const ACCOUNT = "333333333333";
const ADMINS = `arn:aws:iam::${ACCOUNT}:role/platform-engineers`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/millrace-prod-break-glass`;

const { resources } = await record(() =>
  foundation({
    profile: profiles.prod,
    settings: {
      account: ACCOUNT,
      region: "eu-north-1",
      owners: { roles: [ADMINS], networks: [], repository: "example/millrace", groups: {} },
      contact: "ml-platform@example.com",
      trackingImage: `sha256:${"1".repeat(64)}`,
      breakGlass: {
        for: "platform-engineer",
        person: "ada@example.com",
        reason: "INC-7: Argo is stuck",
        from: "2026-12-01T14:00:00Z",
        until: "2026-12-01T18:00:00Z",
        topic: `arn:aws:sns:eu-north-1:${ACCOUNT}:security`,
      },
    },
  }),
);
const named = (name: string) => resources.find((each) => each.custom && each.name === name)!.inputs;

const ADA = {
  principal: `arn:aws:sts::${ACCOUNT}:assumed-role/platform-engineers/ada@example.com`,
  userid: "AROAX:ada@example.com",
};
const EVE = {
  principal: `arn:aws:sts::${ACCOUNT}:assumed-role/platform-engineers/eve@example.com`,
  userid: "AROAX:eve@example.com",
};
const SCIENTIST = {
  principal: `arn:aws:sts::${ACCOUNT}:assumed-role/risk-data-scientists/ada@example.com`,
  userid: "AROAY:ada@example.com",
};

it.each<[string, typeof ADA, string, string, boolean]>([
  ["the person, in time", ADA, "2026-12-01T15:00:00Z", "eu-north-1", true],
  ["the person, as it begins", ADA, "2026-12-01T14:00:00Z", "eu-north-1", true],
  ["the person, in the last minute that leaves an hour", ADA, "2026-12-01T16:59:59Z", "eu-north-1", true],
  ["the person, when an hour would end too late", ADA, "2026-12-01T17:00:00Z", "eu-north-1", false],
  ["the person, on the next day", ADA, "2026-12-02T15:00:00Z", "eu-north-1", false],
  ["the person, too early", ADA, "2026-12-01T13:59:59Z", "eu-north-1", false],
  ["the person, where the alarm would not hear it", ADA, "2026-12-01T15:00:00Z", "us-east-1", false],
  ["a colleague", EVE, "2026-12-01T15:00:00Z", "eu-north-1", false],
  ["the person, from another role", SCIENTIST, "2026-12-01T15:00:00Z", "eu-north-1", false],
])("the role for emergencies is for %s: %o at %s in %s: %s", async (_, who, now, region, expected) => {
  const account = await accountOf("prod");
  const { assumeRolePolicy } = named("break-glass");
  const context = { "aws:userid": who.userid, "aws:CurrentTime": now, "aws:RequestedRegion": region };
  const request = { action: "sts:AssumeRole", resource: ROLE, context };
  expect(await lets(account, JSON.parse(assumeRolePolicy), who.principal, request)).toBe(expected);
});

it("the role has an hour, its own boundary, and nothing in AWS but the way to the cluster", async () => {
  expect(named("break-glass")).toMatchObject({ maxSessionDuration: 3600, name: "millrace-prod-break-glass" });
  const account = await accountOf("prod");
  const rights = { arn: ROLE, policies: [{ name: "own", policy: JSON.parse(named("break-glass-policy")["policy"]) }] };
  const may = (action: string, resource: string, now = "2026-12-01T15:00:00Z") =>
    allows(account, rights, { action, resource, context: { "aws:CurrentTime": now } });
  const cluster = `arn:aws:eks:eu-north-1:${ACCOUNT}:cluster/millrace-prod`;
  expect(await may("eks:DescribeCluster", cluster)).toBe(true);
  expect(await may("eks:DescribeCluster", cluster, "2026-12-01T18:00:00Z")).toBe(false);
  expect(await may("iam:UpdateAssumeRolePolicy", ROLE)).toBe(false);
  expect(await may("cloudtrail:StopLogging", `arn:aws:cloudtrail:eu-north-1:${ACCOUNT}:trail/millrace-prod-audit`)).toBe(false);
});

it("each use is told to the topic", () => {
  const { eventPattern, state } = named("break-glass-use");
  expect(JSON.parse(eventPattern)).toEqual({
    source: ["aws.sts"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: [ROLE] } },
  });
  expect(state).toBe("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
  expect(named("break-glass-told")["arn"]).toBe(`arn:aws:sns:eu-north-1:${ACCOUNT}:security`);
});

it("CI gives nobody the role, and does not silence its alarm", async () => {
  const account = await accountOf("prod");
  const deploy = account.roles.get("ci-deploy")!;
  const bounded = { "iam:PermissionsBoundary": `arn:aws:iam::${account.number}:policy/millrace-prod-roles` };
  const rule = `arn:aws:events:eu-north-1:${ACCOUNT}:rule/millrace-prod-break-glass`;
  for (const [action, resource] of [
    ["iam:UpdateAssumeRolePolicy", ROLE],
    ["iam:PutRolePermissionsBoundary", ROLE],
    ["iam:CreateRole", ROLE],
    ["iam:TagRole", ROLE],
    ["events:DeleteRule", rule],
    ["events:PutRule", rule],
    ["events:RemoveTargets", rule],
  ] as const) {
    expect([action, await allows(account, deploy, { action, resource, context: bounded })]).toEqual([action, false]);
  }
});
